// A professional's calendar feed: made with the keyboard alone, with and without script, read by
// whoever holds the address, replaced and cut; and the coordinator's pages of rights and retention.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import { Demo } from "../harness/server.mjs";
import { body, openOffer, raise, reaches, usualDoctor } from "../harness/story.mjs";

let demo;
let browser;
before(async () => {
  demo = await Demo.start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** A request accepted with an hour. */
async function booked(usual) {
  const operator = demo.account("operator");
  const request = body({ usual });
  const { id } = await raise(demo, operator, request);
  const offer = await openOffer(demo, usual, id);
  const { now } = await (await fetch(`${demo.base}/demo/clock`)).json();
  const at = new Date(new Date(now).getTime() + 2 * 3600 * 1000).toISOString();
  const yes = await demo.api(usual, "POST", `/offers/${offer.id}/accept`, {
    appointment: { mode: "at", at },
  });
  assert.equal(yes.status, 200, JSON.stringify(yes.body));
  await reaches(demo, operator, id, "scheduled");
  return { id, patient: request.patient };
}

for (const script of [true, false]) {
  test(`a calendar follows the appointments${script ? "" : ", without script"}`, async () => {
    const usual = usualDoctor(demo);
    const { id, patient } = await booked(usual);
    const doctor = await Person.at(browser, demo, PHONE, { script });
    await doctor.signIn(usual);
    await doctor.open("/activite");
    await doctor.page.getByRole("link", { name: "Mon agenda" }).press("Enter");
    const make = /Créer mon adresse|Remplacer l’adresse/;
    await doctor.page.getByRole("button", { name: make }).press("Enter");
    const shown = await doctor.page.getByText(/\/agenda\/[0-9A-Za-z]{22}\.ics/).innerText();
    if (script) await doctor.assertAccessible("an address just made");
    const path = new URL(shown.trim()).pathname;
    const feed = await fetch(`${demo.base}${path}`);
    assert.equal(feed.status, 200);
    assert.match(feed.headers.get("content-type"), /^text\/calendar/);
    assert.match(feed.headers.get("cache-control"), /private/);
    const text = (await feed.text()).replaceAll("\r\n ", "");
    assert.match(text, /STATUS:CONFIRMED/);
    assert.ok(text.includes(`UID:${id}-`), text);
    for (const trace of [patient.birth_name, patient.first_names, patient.phone]) {
      assert.ok(!text.toLowerCase().includes(trace.toLowerCase()), `${trace} in the feed`);
    }
    await doctor.open("/agenda");
    assert.ok(!(await doctor.page.content()).includes(path), "shown once");
    await doctor.page.getByRole("button", { name: "Couper l’adresse" }).press("Enter");
    await doctor.page.getByRole("button", { name: "Créer mon adresse" }).waitFor();
    assert.equal((await fetch(`${demo.base}${path}`)).status, 404, "cut");
    doctor.assertNoComplaint();
    await doctor.close();

    const coordinator = await Person.at(browser, demo, DESK, { script });
    await coordinator.signIn(demo.account("coordinator"));
    await coordinator.open(`/demandes/${id}`);
    await coordinator.page.getByRole("link", { name: "Qui a vu les données de ce patient" }).press("Enter");
    await coordinator.page.getByText("Professionnel qui a pris en charge").first().waitFor();
    if (script) await coordinator.assertAccessible("who saw the data");
    await coordinator.open("/reglages/conservation");
    await coordinator.page.locator('[name="photos"]').fill("0");
    await coordinator.page.getByRole("button", { name: "Enregistrer" }).press("Enter");
    await coordinator.page.getByText("De 1 jour à").first().waitFor();
    if (script) await coordinator.assertAccessible("a duration to correct");
    await coordinator.page.locator('[name="photos"]').fill("60");
    await coordinator.page.getByRole("button", { name: "Enregistrer" }).press("Enter");
    await coordinator.page.waitForURL(/conservation$/);
    assert.equal(await coordinator.page.locator('[name="photos"]').inputValue(), "60");
    coordinator.assertNeverSaw(patient);
    await coordinator.close();
  });
}

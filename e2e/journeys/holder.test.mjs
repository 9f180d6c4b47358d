// The patient's own page behind the link of their SMS, on a small phone without script: when, where,
// late, no longer needed, in large letters; and nothing of who they are.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import { Demo } from "../harness/server.mjs";
import { reaches, taken } from "../harness/story.mjs";

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

/** The address of the page in what the patient's phone received. */
async function link(patient) {
  const told = await demo.message(
    (m) => m.to === patient.phone && /\/p\/\w{22}/.test(m.text),
    "a message with the link",
  );
  return /\/p\/\w{22}/.exec(told.text)[0];
}

for (const script of [false, true]) {
  test(`late, then no longer needed${script ? "" : ", without script"}`, async () => {
    const { operator, id, patient, doctor } = await taken(demo);
    const page = await link(patient);
    const holder = await Person.at(browser, demo, PHONE, { script });
    const response = await holder.open(page);
    assert.match(response.headers()["cache-control"], /no-store/);
    assert.match(await holder.page.locator(".ticket .when").innerText(), /Aujourd.hui\s+à 12/);
    assert.ok((await holder.page.locator(".ticket").innerText()).includes(doctor.name.split(" ").at(-1)));
    if (script) await holder.assertAccessible("the patient's page");

    await holder.page.getByText("J’aurai du retard").click();
    await holder.page.locator("#retard label").nth(1).click();
    await holder.page.getByRole("button", { name: "Prévenir de mon retard" }).click();
    await holder.page.getByText("est prévenu de votre retard").waitFor();
    await demo.message(
      (m) => m.request === id && m.to === doctor.alert_number && /retard/.test(m.text),
      "the doctor told of the lateness",
    );

    await holder.page.getByText("Écrire plus gros").click();
    await holder.page.waitForURL(/gros=1/);
    if (script) await holder.assertAccessible("the patient's page in large letters");

    await holder.page.locator("#annuler summary").click();
    await holder.page.getByRole("button", { name: /j.annule ce rendez-vous/ }).click();
    await holder.page.getByRole("heading", { name: "Votre demande est annulée" }).waitFor();
    assert.match(holder.page.url(), /gros=1/, "the large letters are forgotten");
    await reaches(demo, operator, id, "cancelled");
    holder.assertNeverSaw(patient);
    holder.assertNoComplaint();
    await holder.close();
  });
}

test("the keyboard alone says late, and the calendar file opens", async () => {
  const { patient, id } = await taken(demo);
  const page = await link(patient);
  const holder = await Person.at(browser, demo, DESK);
  await holder.open(page);
  await holder.tabTo(holder.page.locator("#retard summary"));
  await holder.page.keyboard.press("Enter");
  await holder.tabTo(holder.page.locator("#retard input").first());
  await holder.page.keyboard.press("Space");
  await holder.tabTo(holder.page.getByRole("button", { name: "Prévenir de mon retard" }));
  await holder.page.keyboard.press("Enter");
  await holder.page.getByText("est prévenu de votre retard").waitFor();
  const file = await fetch(`${demo.base}${page}/rendez-vous.ics`);
  assert.equal(file.headers.get("content-type"), "text/calendar; charset=utf-8");
  const text = await file.text();
  assert.match(text, new RegExp(`UID:${id}@relais`));
  assert.ok(!text.includes(patient.birth_name));
  assert.ok(!demo.log.includes(page.slice(3)), "the secret stands in the log");
  await holder.close();
});

test("a link that opens nothing says so, to anybody", async () => {
  const response = await fetch(`${demo.base}/p/0000000000000000000000`);
  assert.equal(response.status, 404);
});

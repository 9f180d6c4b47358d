// A request that finds nobody: it climbs to "Besoin d'un coup de main" with a clock, an owner and
// the reasons; the patient is told; a late yes is still care; somebody must end it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, Person, launch } from "../harness/browser.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { asked, body, raise, reaches } from "../harness/story.mjs";

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

test("silence until the deadline asks for a hand, and a late yes is still care", async () => {
  const account = demo.account("operator");
  const operator = await Person.at(browser, demo, DESK);
  await operator.signIn(account);
  await operator.open("/direct");
  const request = body();
  const { id } = await raise(demo, account, request);
  const people = await eventually(async () => {
    const found = await asked(demo, account, id);
    return found.length > 0 && found;
  }, "somebody asked");

  await demo.advance("PT61M");
  await reaches(demo, account, id, "unfilled");
  const { body: shown } = await demo.api(account, "GET", `/requests/${id}`);
  assert.ok(shown.status_until, "an unfilled request has no due time (I5)");
  await operator.page
    .locator(`.live tbody#g-main a[href="/demandes/${id}"]`)
    .waitFor({ state: "attached" });

  await operator.open("/coup-de-main");
  const main = operator.page.locator("main");
  await main.locator(`a[href="/demandes/${id}"]`).first().waitFor();
  await operator.assertAccessible("the queue that needs a hand");
  await demo.message(
    (m) => m.request === id && m.to === request.patient.phone && /personne n'est libre/i.test(m.text),
    "the patient told that nobody is free yet",
  );
  for (const text of [await main.innerText(), await operator.page.title()]) {
    assert.ok(!text.includes(request.patient.birth_name), "the queue shows a name");
  }

  const [{ account: doctor, offer }] = people;
  const late = await demo.api(doctor, "POST", `/offers/${offer.id}/accept`, {
    appointment: { mode: "call" },
  });
  assert.equal(late.status, 200, JSON.stringify(late.body));
  assert.equal(late.body.patient.birth_name, request.patient.birth_name);
  operator.assertNoComplaint();
  await operator.close();
});

test("the request page shows the stages, the reasons and the messages, and ends with an outcome", async () => {
  const account = demo.account("operator");
  const operator = await Person.at(browser, demo, DESK);
  await operator.signIn(account);
  const { id } = await raise(demo, account, body());
  await demo.advance("PT61M");
  await reaches(demo, account, id, "unfilled");
  await operator.open(`/demandes/${id}`);
  await operator.assertAccessible("an unfilled request");
  const text = await operator.page.locator("main").innerText();
  assert.match(text, /distance|indisponible|plafond/, "no reason why others were left out");

  await demo.api(account, "POST", `/requests/${id}/cancel`, { reason: "patient" });
  const { body: ended } = await demo.api(account, "GET", `/requests/${id}`);
  assert.ok(["cancelled", "closed"].includes(ended.status), ended.status);
  assert.equal(ended.status_until, null);
  operator.assertNoComplaint();
  await operator.close();
});

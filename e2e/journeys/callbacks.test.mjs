// What a patient writes in their own words is read at the desk, by keyboard, by a journaled look; the
// list shows nothing of them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, Person, launch } from "../harness/browser.mjs";
import { assertShown, assertSilent } from "../harness/identity.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { body, raise } from "../harness/story.mjs";

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

test("free words are read and dealt with, by keyboard", async () => {
  const account = demo.account("operator");
  const request = body();
  const { id } = await raise(demo, account, request);
  await demo.message((m) => m.to === request.patient.phone, "the first news");
  await demo.reply(request.patient.phone, "où est l'entrée, dans la cour ?");
  await demo.message(
    (m) => m.to === request.patient.phone && /transmis a l'operateur/.test(m.text),
    "the patient answered",
  );
  const operator = await Person.at(browser, demo, DESK);
  await operator.signIn(account);
  await operator.open("/a-rappeler");
  await operator.assertAccessible("the list of calls to make");
  assertSilent(await operator.page.content(), request.patient, "the list of calls to make");
  await operator.tabTo(operator.page.getByRole("link", { name: "Lire un SMS" }).first());
  await operator.page.keyboard.press("Enter");
  await operator.page.waitForURL(/\/a-rappeler\/dtk_/);
  const read = await operator.page.locator("main").innerText();
  assert.match(read, /dans la cour/);
  assertShown(read, request.patient, "the call opened");
  await operator.assertAccessible("a call opened");
  await operator.tabTo(operator.page.getByRole("button", { name: "C’est réglé" }));
  await operator.page.keyboard.press("Enter");
  await operator.page.getByText("Personne n’attend un rappel").waitFor();
  const acts = await eventually(async () => {
    const { body: timeline } = await demo.api(account, "GET", `/requests/${id}/timeline`);
    const said = timeline.items.map((e) => e.act);
    return said.includes("patient.called") && said;
  }, "the act in the history");
  assert.ok(acts.includes("identity.opened"), "the look is not journaled");
  operator.assertNoComplaint();
  await operator.close();
});

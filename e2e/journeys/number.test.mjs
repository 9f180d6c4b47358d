// A number typed wrongly: the desk puts it right by keyboard, whoever answers at the right one hears how things stand,
// and the link that went to somebody else opens nothing any more.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, Person, launch } from "../harness/browser.mjs";
import { Demo } from "../harness/server.mjs";
import { body, raise } from "../harness/story.mjs";

const RIGHT = "+33639981777";

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

test("a wrong number is put right, by keyboard", async () => {
  const account = demo.account("operator");
  const request = body();
  const { id } = await raise(demo, account, request);
  const theirs = await demo.message((m) => m.to === request.patient.phone, "the first news");
  const link = new URL(theirs.text.match(/\S+\/p\/[A-Za-z0-9]+/)[0].replace(/^(?!http)/, "http://"));
  const operator = await Person.at(browser, demo, DESK);
  await operator.signIn(account);
  await operator.open(`/demandes/${id}`);
  const fold = operator.page.locator("#agir-telephone");
  await operator.tabTo(fold.locator("summary"));
  await operator.page.keyboard.press("Enter");
  const number = fold.getByLabel("Téléphone du patient");
  await operator.tabTo(number);
  await operator.page.keyboard.type("06 39 98 17");
  await operator.page.keyboard.press("Enter");
  await fold.getByText("Ce n’est pas un numéro de téléphone").waitFor();
  assert.equal(await number.inputValue(), "06 39 98 17", "what was typed is kept");
  await operator.assertAccessible("a number that is none");
  await operator.tabTo(number);
  await operator.page.keyboard.press("End");
  await operator.page.keyboard.type(" 77");
  await operator.page.keyboard.press("Enter");
  await operator.page.getByText("Téléphone corrigé. Le bon numéro reçoit").waitFor();
  const told = await demo.message((m) => m.to === RIGHT, "the right number hears of it");
  assert.match(told.text, /\/p\//);
  assert.ok(!told.text.includes(link.pathname), "another link");
  await operator.page.getByText("Téléphone du patient corrigé").first().waitFor();
  const old = await operator.page.request.get(demo.base + link.pathname);
  assert.equal(old.status(), 404);
  operator.assertNoComplaint();
  await operator.close();
});

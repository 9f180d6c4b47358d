// « Un résumé »: a doctor asks for one by keyboard alone, gets it by mail at the hour they chose, once, in counts only,
// and gives it up.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, Person, launch } from "../harness/browser.mjs";
import { Demo } from "../harness/server.mjs";
import { asked, body, raise } from "../harness/story.mjs";

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

/** The digests that went so far, whatever the spaces. */
async function digests() {
  const rows = (await demo.phones()).map((row) => ({ ...row, text: row.text.replaceAll("\u00a0", " ") }));
  return rows.filter((row) => /demandes? vous (a|ont) été proposée/.test(row.text));
}

test("a doctor asks for a digest, reads it once, gives it up", async () => {
  const operator = demo.account("operator");
  const patient = body();
  const request = await raise(demo, operator, patient);
  const [{ account: doctor }] = await asked(demo, operator, request.id);
  const person = await Person.at(browser, demo, PHONE);
  try {
    await person.signIn(doctor);
    await person.open("/activite");
    await person.page.getByRole("link", { name: /^Mes notifications/ }).press("Enter");
    await person.page.waitForURL("**/notifications");
    const field = (name) => person.page.getByLabel(name, { exact: true });
    const form = person.page.getByRole("form", { name: "Un résumé" });
    const save = form.getByRole("button", { name: "Enregistrer" });
    assert.equal(await field("Il vient").inputValue(), "", "off until asked for");
    await field("Il vient").selectOption("day");
    await field("À").selectOption("21");
    await save.press("Enter");
    await person.page.getByText("C’est noté, le résumé viendra à son heure.").waitFor();
    await person.page.getByText(/^Le prochain\s: aujourd’hui à 21\sh, par courriel\.$/).waitFor();
    await person.assertAccessible("/notifications with a digest");

    const second = await raise(demo, operator, body());
    assert.ok((await asked(demo, operator, second.id)).some(({ account }) => account === doctor));
    await demo.advance("PT13H");
    const said = await digests();
    assert.equal(said.length, 1, JSON.stringify(said));
    assert.match(said[0].text, /depuis 10 h, \d+ demandes? vous (a|ont) été proposée/);
    assert.ok(!said[0].text.includes(patient.patient.birth_name), "no identity");
    await demo.advance("PT24H");
    assert.equal((await digests()).length, 1, "nothing more was asked");

    await person.open("/notifications");
    assert.equal(await field("À").inputValue(), "21", "what was chosen is found again");
    await field("Il vient").selectOption("");
    await save.press("Enter");
    await person.page.getByText("C’est noté, pas de résumé.").waitFor();
    assert.equal(await field("Il vient").inputValue(), "");
  } finally {
    await person.close();
  }
});

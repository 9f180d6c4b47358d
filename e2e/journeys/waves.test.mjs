// « Vagues de sollicitation »: a coordinator reads what a choice makes of observed answers, saves it, and the next
// request goes out in waves; a number that is none is refused with what was typed. And the month's drill: owed, read where
// the coordinator lands, done.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, Person, launch } from "../harness/browser.mjs";
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

test("a coordinator sizes waves by what was answered", async () => {
  const coordinator = demo.account("coordinator");
  const operator = demo.account("operator", (a) => a.network === coordinator.network);
  const before = await raise(demo, operator, body());
  const everybody = await asked(demo, operator, before.id);
  assert.ok(everybody.length > 3, "all at once");
  const person = await Person.at(browser, demo, DESK);
  const { page } = person;
  try {
    await person.signIn(coordinator);
    await person.open("/reseau");
    await page.getByRole("link", { name: "Vagues de sollicitation" }).press("Enter");
    await page.waitForURL("**/reglages/vagues");
    await person.assertAccessible("/reglages/vagues");
    const field = (name) => page.getByLabel(name, { exact: true });
    await field("Par vagues, selon les réponses observées").check();
    await field("Personnes par vague").fill("2");
    await field("Personnes par vague, au plus").fill("1");
    await page.getByRole("button", { name: "Voir l’effet" }).press("Enter");
    await page.getByText("Au moins autant que de réponses voulues").first().waitFor();
    assert.match(await page.title(), /^Erreur/);
    assert.equal(await field("Personnes par vague").inputValue(), "2", "nothing typed is lost");

    await field("Personnes par vague, au plus").fill("8");
    await page.getByRole("button", { name: "Voir l’effet" }).press("Enter");
    const effect = page.getByRole("form", { name: "L’effet de ce choix" });
    const row = effect.getByRole("row", { name: /^Médecins généralistes/ });
    assert.match(await row.innerText(), /2 sur \d+/);
    assert.match(await row.innerText(), /moins de 50 sollicitations/);
    await person.assertAccessible("/reglages/vagues with an effect");
    await effect.getByRole("button", { name: "Enregistrer ce réglage" }).press("Enter");
    await page.getByText("Réglage enregistré.").waitFor();
    assert.match(await page.getByRole("region", { name: "Versions" }).innerText(), /par vagues selon les réponses/);

    const next = await raise(demo, operator, body());
    assert.equal((await asked(demo, operator, next.id)).length, 2, "the first wave");
    person.assertNoComplaint();
  } finally {
    await person.close();
  }
});

test("the month's drill is owed where the coordinator lands, and no more once it is done", async () => {
  const coordinator = demo.account("coordinator");
  const person = await Person.at(browser, demo, DESK);
  const { page } = person;
  try {
    await person.signIn(coordinator);
    await person.open("/demandes");
    await page.getByText(/L’essai mensuel des canaux n’a pas été fait/).waitFor();
    await page.getByRole("link", { name: "Faire l’essai" }).press("Enter");
    await page.waitForURL("**/essai-des-canaux");
    await page.getByRole("button", { name: "Envoyer l’essai à tous" }).press("Enter");
    await page.getByText("Essai envoyé.").waitFor();
    await person.open("/demandes");
    assert.equal(await page.getByRole("link", { name: "Faire l’essai" }).count(), 0);
    await demo.advance("P30D");
    await demo.advance("P5D");
    await person.signIn(coordinator);
    await person.open("/reseau");
    await page.getByText(/L’essai mensuel des canaux est à faire depuis/).waitFor();
    await person.assertAccessible("/reseau with a drill owed");
  } finally {
    await person.close();
  }
});

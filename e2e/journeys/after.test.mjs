// After the visit: the next request ticked as one closes, the choices of a patient on their own page, what the
// coordinator reads and sets.

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

for (const script of [true, false]) {
  test(`a nurse is asked as the visit is closed${script ? "" : ", without script"}`, async () => {
    const { operator, id, doctor } = await taken(demo);
    const person = await Person.at(browser, demo, PHONE, { script });
    await person.signIn(doctor);
    await person.open(`/prises/${id}/cloture`);
    const { page } = person;
    await page.getByText("Et ensuite ?").click();
    await page.getByRole("checkbox", { name: "Soins infirmiers" }).check();
    if (script) await person.assertAccessible("the closing page with what comes next");
    await page.getByRole("button", { name: "Clore sans note" }).click();
    await page.getByText("la suite est lancée").waitFor();
    await reaches(demo, operator, id, "closed");
    await person.open("/mes-demandes");
    await page.locator('a[href^="/mes-demandes/req_"]').first().click();
    await page.getByText("Suite de la demande").waitFor();
    await person.open(`/prises/${id}`);
    await page.getByText("Suite demandée").waitFor();
    await page.getByRole("link", { name: /Demander la suite/ }).click();
    await page.getByRole("button", { name: "Demander" }).click();
    await page.getByText("Cochez ce dont ce patient a besoin").first().waitFor();
    if (script) await person.assertAccessible("the page of what comes next");
    person.assertNoComplaint();
    await person.close();
  });
}

test("a patient who wants no message is called, and the desk reads it", async () => {
  const { id, patient, operator } = await taken(demo);
  const told = await demo.message(
    (m) => m.to === patient.phone && /\/p\/\w{22}/.test(m.text),
    "a message with the link",
  );
  const holder = await Person.at(browser, demo, PHONE, { script: false });
  await holder.open(/\/p\/\w{22}/.exec(told.text)[0]);
  await holder.page.locator("#choix summary").click();
  await holder.page.getByLabel(/Ne m.envoyez plus de message/).check();
  await holder.page.getByRole("button", { name: "Enregistrer mes choix" }).click();
  await holder.page.getByText("Vos choix sont enregistrés").waitFor();
  holder.assertNeverSaw(patient);
  await holder.close();
  const desk = await Person.at(browser, demo, DESK);
  await desk.signIn(operator);
  await desk.open(`/demandes/${id}`);
  await desk.page.getByText("ne veut pas de message automatique").first().waitFor();
  await desk.assertAccessible("a request with the patient's choices");
  await desk.tabTo(desk.page.locator("#choix summary"));
  await desk.page.keyboard.press("Enter");
  await desk.page.getByLabel(/SMS aillent au second numéro/).check();
  await desk.page.getByRole("button", { name: "Enregistrer ses choix" }).click();
  await desk.page.getByText("Choix du patient inscrits").waitFor();
  await desk.close();
});

test("the coordinator reads shares with their base, and sets the question", async () => {
  const person = await Person.at(browser, demo, DESK);
  await person.signIn(demo.account("coordinator"));
  await person.open("/rendez-vous");
  await person.page.getByText("Des rendez-vous dont l’heure est passée").waitFor();
  await person.assertAccessible("the appointments");
  await person.page.getByRole("link", { name: "Voir la liste" }).click();
  await person.page.getByRole("heading", { name: "Cherchent un médecin traitant" }).waitFor();
  await person.open("/reglages/rendez-vous");
  await person.page.getByLabel(/Avez-vous été reçu/).fill("soon");
  await person.page.getByRole("button", { name: "Enregistrer ces réglages" }).click();
  await person.page.getByText("Un nombre d’heures de 0").first().waitFor();
  await person.assertAccessible("the settings, one of them wrong");
  await person.page.getByLabel(/Avez-vous été reçu/).fill("3");
  await person.page.getByRole("button", { name: "Enregistrer ces réglages" }).click();
  await person.page.getByText("Réglages enregistrés").waitFor();
  await person.close();
});

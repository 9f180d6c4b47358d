// The coordinator's members, by keyboard: found, suspended with a reason, reinstated; dates that end
// what the member has open; a second place. The member's own phone says the rest.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import { choose, type } from "../harness/keyboard.mjs";
import { assertSilent } from "../harness/identity.mjs";
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

test("a member is found, suspended, reinstated, dated and placed, by keyboard", async () => {
  const coordinator = await Person.at(browser, demo, DESK);
  await coordinator.signIn(demo.account("coordinator"));
  const { page } = coordinator;
  await coordinator.open("/reseau");
  await coordinator.tabTo(page.getByRole("link", { name: "Membres", exact: true }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/membres$/);
  await coordinator.assertAccessible("the members");

  const doctor = demo.account("professional", (a) => a.declared_patients > 0 && a.alert_number);
  await type(coordinator, page.getByLabel("Nom, commune ou numéro RPPS"), doctor.rpps);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "1 membre", exact: true }).waitFor();
  await coordinator.tabTo(page.locator("tbody a").first());
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/membres\/pro_/);
  await coordinator.assertAccessible("a member");
  const address = new URL(page.url()).pathname;
  assert.ok(!(await page.content()).includes(doctor.alert_number), "the alert number is shown");

  // Without a reason nothing is done; with one the member is told, without it.
  await coordinator.tabTo(page.getByRole("button", { name: "Suspendre" }));
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: /Écrivez la raison/ }).waitFor();
  await type(coordinator, page.getByLabel("Raison, inscrite au journal"), "Convenu par téléphone");
  await coordinator.tabTo(page.getByRole("button", { name: "Suspendre" }));
  await page.keyboard.press("Enter");
  await page.getByText("Adhésion suspendue. La personne est prévenue.").waitFor();
  const news = await demo.message(
    (m) => m.to === doctor.alert_number && /suspendue/.test(m.text),
    "the member is told",
  );
  assert.ok(!news.text.includes("Convenu"), "the reason is told");
  await coordinator.tabTo(page.getByRole("button", { name: "Rétablir" }));
  await page.keyboard.press("Enter");
  await page.getByText("Adhésion rétablie. La personne est prévenue.").waitFor();

  // Dates that are past close the member's own page.
  const dates = page.getByRole("form", { name: "Titre et dates d’exercice" });
  const phone = await Person.at(browser, demo, PHONE);
  await phone.signIn(doctor);
  await phone.open("/activite");
  await choose(coordinator, page.getByLabel("Titre", { exact: true }), "locum");
  await page.getByLabel("Premier jour du contrat").fill("2020-01-01");
  await dates.getByLabel("Dernier jour, compris").fill("2020-02-01");
  await coordinator.tabTo(page.getByRole("button", { name: "Enregistrer l’exercice" }));
  await page.keyboard.press("Enter");
  await page.getByText("Exercice enregistré. La personne est prévenue.").waitFor();
  await page.getByText(/Ses dates d’exercice sont passées/).waitFor();
  await phone.page.goto("/activite");
  assert.equal(new URL(phone.page.url()).pathname, "/connexion", "still open");
  await coordinator.open("/membres?voir=contrats");
  await page.locator(`tbody a[href="${address}"]`).waitFor();

  // In their own name again, at a second place.
  await coordinator.open(address);
  await choose(coordinator, page.getByLabel("Titre", { exact: true }), "titular");
  await page.getByLabel("Premier jour du contrat").fill("");
  await dates.getByLabel("Dernier jour, compris").fill("");
  await coordinator.tabTo(page.getByRole("button", { name: "Enregistrer l’exercice" }));
  await page.keyboard.press("Enter");
  await page.getByText("Exercice enregistré. La personne est prévenue.").waitFor();
  await phone.open("/activite");
  const added = page.getByRole("group", { name: "Ajouter un lieu" });
  await type(coordinator, added.getByLabel("Nom du lieu"), "Maison de santé");
  await type(coordinator, added.getByLabel("Commune"), "Palaiseau 91120");
  await coordinator.tabTo(page.getByRole("button", { name: "Enregistrer les lieux" }));
  await page.keyboard.press("Enter");
  await page.getByText("Lieux enregistrés.").waitFor();
  await page.getByRole("group", { name: "Lieu 2" }).waitFor();

  // A role beside the account: given here, put on by the doctor, taken from the team's page.
  const surname = (await page.locator("h1").innerText()).split(/\s/).pop();
  await choose(coordinator, page.getByLabel("Rôle à donner"), "operator");
  await coordinator.tabTo(page.getByRole("button", { name: "Donner ce rôle" }));
  await page.keyboard.press("Enter");
  await page.getByText("Rôle donné. Il vaut dès maintenant.").waitFor();
  await phone.open("/activite");
  await phone.tabTo(phone.page.getByRole("link", { name: "Mes rôles" }));
  await phone.page.keyboard.press("Enter");
  await phone.page.waitForURL("**/mes-roles");
  await phone.assertAccessible("one's roles");
  await phone.tabTo(phone.page.getByRole("button", { name: /Agir ainsi/ }));
  await phone.page.keyboard.press("Enter");
  await phone.page.waitForURL("**/direct");
  await coordinator.open("/equipe");
  await coordinator.assertAccessible("the team");
  await coordinator.tabTo(page.getByRole("button", { name: new RegExp(`Retirer Opérateur à .*${surname}`) }));
  await page.keyboard.press("Enter");
  await page.getByText("Rôle retiré. Rien ne s’ouvre plus par lui.").waitFor();
  await phone.page.goto("/offres");
  assert.equal(new URL(phone.page.url()).pathname, "/offres", "a professional again");
  phone.assertNoComplaint();
  await phone.close();
  coordinator.assertNoComplaint();
  await coordinator.close();
});

test("the patient of whoever may see them no more is called, and somebody else is looked for, by keyboard", async () => {
  const { operator: account, id, patient, doctor } = await taken(demo);
  const coordinator = await Person.at(browser, demo, DESK);
  await coordinator.signIn(demo.account("coordinator"));
  await coordinator.open(`/membres/${doctor.professional}`);
  const dates = coordinator.page.getByRole("form", { name: "Titre et dates d’exercice" });
  assert.match(await coordinator.page.locator("main").innerText(), /Patients en cours\s+1/);
  await choose(coordinator, coordinator.page.getByLabel("Titre", { exact: true }), "locum");
  await coordinator.page.getByLabel("Premier jour du contrat").fill("2020-01-01");
  await dates.getByLabel("Dernier jour, compris").fill("2020-02-01");
  await coordinator.tabTo(coordinator.page.getByRole("button", { name: "Enregistrer l’exercice" }));
  await coordinator.page.keyboard.press("Enter");
  await coordinator.page.getByText("Exercice enregistré. La personne est prévenue.").waitFor();
  coordinator.assertNoComplaint();
  await coordinator.close();

  const operator = await Person.at(browser, demo, DESK);
  await operator.signIn(account);
  const { page } = operator;
  await operator.open("/a-rappeler");
  await operator.tabTo(page.getByRole("link", { name: /^Appeler/ }).first());
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/a-rappeler\/dtk_/);
  await page.getByText("ne pourra finalement pas s’occuper de vous").waitFor();
  await operator.assertAccessible("the call about whoever has gone");
  await operator.open(`/demandes/${id}`);
  assertSilent(await page.content(), patient, "the request of whoever has gone");
  await operator.assertAccessible("the request of whoever has gone");
  await operator.tabTo(page.locator("#agir-rendre summary"));
  await page.keyboard.press("Enter");
  const form = page.locator("#agir-rendre form");
  await operator.assertAccessible("the request of whoever has gone, the form open");
  await type(operator, form.getByLabel("Pourquoi"), "Contrat terminé");
  await operator.tabTo(form.getByRole("button", { name: "Chercher quelqu’un d’autre" }));
  await page.keyboard.press("Enter");
  await page.getByText("La recherche reprend. Le patient est prévenu.").waitFor();
  await reaches(demo, account, id, "asking_community");
  assert.equal(await page.locator("#agir-rendre").count(), 0, "offered still");
  operator.assertNoComplaint();
  await operator.close();
});

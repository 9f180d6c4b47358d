// The coordinator invites somebody to the team, who chooses how they sign in and works; then the account is closed,
// and what they had open closes with it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import { totp } from "../harness/codes.mjs";
import { pocket } from "../harness/keys.mjs";
import { Demo } from "../harness/server.mjs";

const PASSWORD = "une phrase assez longue";

let demo;
let browser;
let coordinator;
before(async () => {
  demo = await Demo.start();
  browser = await launch();
  demo.base = `http://localhost:${demo.port}`;
  coordinator = await Person.at(browser, demo, DESK);
  await coordinator.open(new URL(demo.account("coordinator").login_url, demo.base).pathname);
});
after(async () => {
  await coordinator?.close();
  await browser?.close();
  await demo?.stop();
});

/** Fills in the invitation. */
async function invite(name, mail, role, rpps = "") {
  const { page } = coordinator;
  await coordinator.open("/equipe");
  await page.getByLabel("Nom et prénom").fill(name);
  await page.getByLabel("Courriel").fill(mail);
  await page.getByLabel(role, { exact: true }).check();
  if (rpps) await page.getByLabel("Son numéro RPPS").fill(rpps);
  await page.getByRole("button", { name: "Envoyer l’invitation" }).press("Enter");
}

/** Where the last mail to an address leads. */
async function link(mail) {
  const told = await demo.message((m) => m.to === mail && /\/invitation\//.test(m.text), `an invitation at ${mail}`);
  return new URL(/https?:\S+\/invitation\/\S+/.exec(told.text)[0]).pathname;
}

test("an operator is invited, works, and her account is closed under her", async () => {
  const mail = "odile.mersan@exemple.fr";
  await invite("Odile Mersan", "odile.mersan", "Opérateur");
  await coordinator.page.getByText("ce sera son identifiant").first().waitFor();
  await coordinator.assertAccessible("/equipe, a wrong address");
  await coordinator.page.getByLabel("Courriel").fill(mail);
  await coordinator.page.getByRole("button", { name: "Envoyer l’invitation" }).press("Enter");
  await coordinator.page.getByText("Invitation envoyée").first().waitFor();
  await coordinator.page.getByRole("heading", { name: "Invitations sans réponse" }).waitFor();
  await coordinator.assertAccessible("/equipe, somebody invited");

  const odile = await Person.at(browser, demo, DESK, { script: false });
  const { page } = odile;
  const address = await link(mail);
  await odile.open(address);
  const secret = (await page.locator("section p b").innerText()).replaceAll(/\s/g, "");
  await page.getByLabel("Un mot de passe").fill("court");
  await page.getByLabel("Le code qu’elle montre").fill(totp(secret));
  await page.getByRole("button", { name: "Ouvrir mon compte" }).click();
  await page.getByText("Au moins 12 caractères").first().waitFor();
  await page.getByLabel("Un mot de passe").fill(PASSWORD);
  await page.getByLabel("Le code qu’elle montre").fill(totp(secret));
  await page.getByRole("button", { name: "Ouvrir mon compte" }).click();
  await page.waitForURL((url) => url.pathname === "/direct");
  const over = await page.goto(address);
  assert.equal(over?.status(), 404, "once");
  await page.getByText("Cette invitation ne vaut plus").first().waitFor();

  // Somewhere else, with script: her board is open and follows what happens.
  const board = await Person.at(browser, demo, DESK);
  await board.context.addCookies(await odile.context.cookies());
  await board.open("/direct");
  await coordinator.open("/equipe");
  const row = coordinator.page.locator("tr", { hasText: "Odile Mersan" });
  assert.match(await row.innerText(), /Dernière utilisation/);
  await row.getByText("Fermer le compte").press("Enter");
  await row.getByRole("button", { name: "Fermer ce compte" }).press("Enter");
  await coordinator.page.getByText("Compte fermé. Rien ne s’ouvre plus par lui.").first().waitFor();
  assert.match(await coordinator.page.locator("tr", { hasText: "Odile Mersan" }).innerText(), /compte fermé/);
  await coordinator.assertAccessible("/equipe, an account closed");
  const answer = await page.goto("/demandes");
  assert.equal(new URL(page.url()).pathname, "/connexion", `the next request: ${answer?.status()}`);
  coordinator.assertNoComplaint();
  await board.close();
  await odile.close();
});

test("a doctor is invited to regulate, by a passkey on a telephone", async () => {
  const mail = "y.corvo@exemple.fr";
  await invite("Philippine Nervaux", mail, "Médecin régulateur", "99710000029");
  await coordinator.page.getByText("Seul un médecin peut être régulateur").first().waitFor();
  await invite("Ysaline Corvo", mail, "Médecin régulateur", "99710000011");
  await coordinator.page.getByText("Invitation envoyée").first().waitFor();
  const doctor = await Person.at(browser, demo, PHONE);
  const phone = await pocket(doctor);
  await doctor.open(await link(mail));
  await doctor.assertAccessible("an invitation, 360×640");
  await doctor.page.getByRole("button", { name: "Créer la clé et ouvrir mon compte" }).click();
  await doctor.page.waitForURL((url) => url.pathname === "/direct");
  assert.equal((await phone.keys()).length, 1);
  doctor.assertNoComplaint();
  await doctor.close();
});

// Passkeys with Chromium's own virtual authenticators, on a name (browsers keep no key for a number):
// a newcomer joins by one, signs in, adds and takes away, loses them all, and is let in again in person.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import { totp } from "../harness/codes.mjs";
import { pocket } from "../harness/keys.mjs";
import { Demo } from "../harness/server.mjs";
import { RPPS, proved } from "../harness/signup.mjs";

const PASSWORD = "une phrase assez longue";

let demo;
let browser;
let member;
let coordinator;
before(async () => {
  demo = await Demo.start();
  browser = await launch();
  const numbered = await Person.at(browser, demo, PHONE);
  await numbered.open("/connexion");
  assert.equal(await numbered.page.getByText("Avec une clé d’accès").isVisible(), false, "no key for a number");
  await numbered.close();
  demo.base = `http://localhost:${demo.port}`;
  member = await Person.at(browser, demo, PHONE);
  coordinator = await Person.at(browser, demo, DESK);
  await coordinator.open(new URL(demo.account("coordinator").login_url, demo.base).pathname);
});
after(async () => {
  await member?.close();
  await coordinator?.close();
  await browser?.close();
  await demo?.stop();
});

/** Somebody at the door with a pocket of keys. */
async function atTheDoor(keys = []) {
  const person = await Person.at(browser, demo, PHONE);
  const phone = await pocket(person);
  for (const key of keys) await phone.put(key);
  await person.open("/connexion");
  return { person, phone, page: person.page };
}

test("one joins with a key, signs in by it, and keeps a second one", async () => {
  const phone = await pocket(member);
  await proved(member.page, demo);
  await member.assertAccessible("sign-up, a key");
  const make = member.page.getByRole("button", { name: "Créer la clé et envoyer ma demande" });
  await member.tabTo(make);
  await member.page.keyboard.press("Enter");
  await member.page.getByRole("heading", { name: "Demande envoyée" }).waitFor();
  assert.equal((await phone.keys()).length, 1);

  await coordinator.open("/candidatures");
  await coordinator.page.getByRole("link", { name: /Corvo/i }).click();
  await coordinator.page.getByRole("button", { name: "Accepter l’adhésion" }).click();
  await coordinator.page.getByText("Adhésion acceptée").first().waitFor();

  const keys = await phone.keys();
  const door = await atTheDoor(keys);
  const { page } = door;
  await page.waitForURL((url) => url.pathname !== "/connexion");
  await door.person.open("/mes-cles");
  await page.getByText("Ajoutez-en une seconde").waitFor();
  await door.person.assertAccessible("one's ways in");
  await page.getByRole("button", { name: "Ajouter une clé sur cet appareil" }).click();
  await page.getByText("La clé n’a pas été créée").waitFor();
  assert.equal((await door.phone.keys()).length, 1, "this device has one already");

  // Another device of the same person.
  const tablet = await Person.at(browser, demo, DESK);
  await tablet.context.addCookies(await door.person.context.cookies());
  const second = await pocket(tablet);
  await tablet.open("/mes-cles");
  await tablet.page.getByRole("button", { name: "Ajouter une clé sur cet appareil" }).click();
  await tablet.page.getByText("Clé d’accès ajoutée").first().waitFor();
  const added = await second.keys();
  assert.equal(added.length, 1);
  await tablet.page.getByText("Renommer ou retirer").last().click();
  await tablet.page.getByLabel("Nouveau nom").last().fill("Tablette du cabinet");
  await tablet.page.getByRole("button", { name: "Renommer" }).last().click();
  await tablet.page.getByText("Nom enregistré").first().waitFor();
  await tablet.page.getByText("Tablette du cabinet").first().waitFor();
  await tablet.assertAccessible("one's ways in, two keys");

  // The second is taken away: it opens nothing, the first still does.
  await page.reload();
  await page.locator("summary", { hasText: "Tablette du cabinet" }).click();
  await page.getByRole("button", { name: "Retirer cette clé Tablette du cabinet" }).click();
  await page.getByText("Clé d’accès retirée").first().waitFor();
  const gone = await atTheDoor(added);
  await gone.page.getByText("n’ouvre pas de compte ici").first().waitFor();
  await gone.person.assertAccessible("the door after a key that ended");
  member.assertNoComplaint();
  await Promise.all([tablet.close(), gone.person.close(), door.person.close()]);
});

test("every way in lost, a coordinator in person gives one back, once", async () => {
  await coordinator.open("/reglages/acces");
  await coordinator.assertAccessible("an access given back");
  await coordinator.page.getByLabel("Son identifiant").fill("99710000999");
  await coordinator.page.getByRole("button", { name: "Donner un code" }).click();
  await coordinator.page.getByText("Personne de votre réseau n’a cet identifiant").first().waitFor();
  await coordinator.page.getByLabel("Son identifiant").fill(RPPS);
  await coordinator.page.getByRole("button", { name: "Donner un code" }).click();
  await coordinator.page.getByRole("heading", { name: /Le code de/ }).waitFor();
  await coordinator.assertAccessible("the code");
  const code = (await coordinator.page.locator(".code-out").innerText()).replaceAll(/\D/g, "");
  assert.match(code, /^\d{8}$/);

  const { person, page, phone } = await atTheDoor();
  await page.getByRole("link", { name: "J’ai perdu tous mes moyens de connexion" }).click();
  await person.assertAccessible("an access found again");
  const typed = async (digits) => {
    await page.getByLabel("Identifiant").fill(RPPS);
    await page.getByLabel("Code donné par la coordination").fill(digits);
    await page.getByRole("button", { name: "Continuer" }).click();
  };
  await typed("00000000");
  await page.getByText("Identifiant ou code refusé").first().waitFor();
  await typed(code);
  await page.getByRole("heading", { name: "Mes moyens de connexion" }).waitFor();
  await page.getByText("Aucune clé d’accès").waitFor();
  await person.assertAccessible("one's ways in, all lost");
  await page.getByRole("button", { name: "Ajouter une clé sur cet appareil" }).click();
  await page.getByText("Clé d’accès ajoutée").first().waitFor();
  assert.equal((await phone.keys()).length, 1);

  // A password too, for the days without it; and it signs in.
  const secret = (await page.locator("section p b").last().innerText()).replaceAll(/\s/g, "");
  await page.getByRole("textbox", { name: "Un mot de passe" }).fill(PASSWORD);
  await page.getByLabel("Le code qu’elle montre").fill(totp(secret));
  await page.getByRole("button", { name: "Garder ce mot de passe" }).click();
  await page.getByText("Mot de passe enregistré").first().waitFor();

  const other = await Person.at(browser, demo, PHONE, { script: false });
  await other.open("/connexion");
  await other.page.getByLabel("Identifiant").fill(RPPS);
  await other.page.getByLabel("Mot de passe").fill(PASSWORD);
  await other.page.getByLabel("Code à six chiffres").fill(totp(secret));
  await other.page.getByRole("button", { name: "Se connecter" }).click();
  await other.page.waitForURL((url) => url.pathname !== "/connexion");
  await other.open("/connexion/secours");
  await other.page.getByLabel("Identifiant").fill(RPPS);
  await other.page.getByLabel("Code donné par la coordination").fill(code);
  await other.page.getByRole("button", { name: "Continuer" }).click();
  await other.page.getByText("Identifiant ou code refusé").first().waitFor();
  for (const private_ of [code, secret, PASSWORD]) assert.ok(!demo.log.includes(private_), "nothing private in the log");
  person.assertNoComplaint();
  await Promise.all([person.close(), other.close()]);
});

// A newcomer's first five minutes, on a 360×640 telephone: from the network's poster to the first patient taken.
// Counted in gestures, which do not depend on the machine; the seconds are said beside.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import { codeAt, totp } from "../harness/codes.mjs";
import { Hands } from "../harness/hands.mjs";
import { pocket } from "../harness/keys.mjs";
import { Demo } from "../harness/server.mjs";
import { body, raise, reaches } from "../harness/story.mjs";

const FIVE_MINUTES = 300;
const PASSWORD = "une phrase assez longue";

let demo;
let browser;
let coordinator;
before(async () => {
  demo = await Demo.start();
  browser = await launch();
  // Browsers keep keys for a name, not for a number.
  demo.base = `http://localhost:${demo.port}`;
  coordinator = await Person.at(browser, demo, DESK);
  await coordinator.open(new URL(demo.account("coordinator").login_url, demo.base).pathname);
});
after(async () => {
  await coordinator?.close();
  await browser?.close();
  await demo?.stop();
});

/** The newcomer's own part, up to the answer of the coordinator. */
async function apply(hands, who) {
  const { page } = hands;
  const next = page.getByRole("button", { name: "Continuer" });
  await page.goto(`/inscription?reseau=${demo.account("coordinator").network}`);
  await hands.type(page.getByLabel("Numéro RPPS"), who.rpps);
  await hands.type(page.getByLabel("Nom d’exercice"), who.name);
  await hands.tap(next);
  // The poster's link says which network; the directory, where they practise and the practice's number.
  await page.getByLabel("Votre mobile").waitFor();
  assert.equal(await page.getByLabel("Code du réseau").inputValue(), demo.account("coordinator").network);
  assert.equal(await page.getByLabel("Dernier jour de votre contrat").isVisible(), false, "no contract, no last day");
  if (who.town) await hands.tap(page.getByText(who.town, { exact: true }));
  await hands.type(page.getByLabel("Votre mobile"), who.phone);
  await hands.type(page.getByLabel("Votre courriel"), who.mail);
  await hands.tap(page.getByRole("button", { name: "Recevoir les codes" }));
  await page.getByRole("heading", { name: "Les deux codes reçus" }).waitFor();
  await hands.type(page.getByLabel("Le code reçu par SMS"), await codeAt(demo, who.e164));
  await hands.type(page.getByLabel("Le code reçu par courriel"), await codeAt(demo, who.mail));
  await hands.tap(next);
  await page.getByRole("heading", { name: "Comment vous vous connecterez" }).waitFor();
}

async function approved(name) {
  const hands = new Hands(coordinator.page);
  await coordinator.open("/candidatures");
  await hands.tap(coordinator.page.getByRole("link", { name: new RegExp(name, "i") }));
  await hands.tap(coordinator.page.getByRole("button", { name: "Accepter l’adhésion" }));
  await coordinator.page.getByText("Adhésion acceptée").first().waitFor();
  return hands;
}

/** Signed in on `/offres`: the first request comes, and is taken. */
async function takes(hands, who, profession) {
  const { page } = hands;
  const operator = demo.account("operator");
  const request = body();
  request.need.profession = profession;
  if (profession === "nurse") request.need.care_type = "pansement";
  const { id } = await raise(demo, operator, request);
  const asked = (m) => m.request === id && m.to === who.e164 && /OUI \d+/.test(m.text);
  const alert = await demo.message(asked, `${who.name} asked by SMS`);
  assert.ok(!alert.text.includes(request.patient.birth_name));
  await page.goto("/offres");
  await hands.tap(page.locator('a[href^="/offres/"]').first());
  await hands.tap(page.getByRole("button", { name: "J’accepte" }));
  await page.waitForURL(/\/prises\//);
  await hands.tap(page.locator(".times label").nth(1));
  await hands.tap(page.getByRole("button", { name: /rendez-vous/i }).first());
  await reaches(demo, operator, id, "scheduled");
}

test("with a passkey: from the poster to the first patient", async (t) => {
  const who = { rpps: "99710000011", name: "Corvo", phone: "0639989101", e164: "+33639989101", mail: "corvo@exemple.fr" };
  const person = await Person.at(browser, demo, PHONE);
  const phone = await pocket(person);
  const hands = new Hands(person.page);
  await apply(hands, who);
  await hands.tap(person.page.getByRole("button", { name: "Créer la clé et envoyer ma demande" }));
  await person.page.getByRole("heading", { name: "Demande envoyée" }).waitFor();
  assert.equal((await phone.keys()).length, 1);
  const yes = await approved(who.name);
  // The SMS of the answer leads where requests are, through the key.
  const told = await demo.message((m) => m.to === who.e164 && /acceptee/.test(m.text), "the answer by SMS");
  const link = /https?:\S+/.exec(told.text);
  assert.ok(link, told.text);
  const at = new URL(link[0]);
  await person.page.goto(at.pathname + at.search);
  await person.page.waitForURL((url) => url.pathname === "/offres");
  await takes(hands, who, "gp");
  t.diagnostic(hands.said("the newcomer"));
  t.diagnostic(yes.said("the coordinator"));
  t.diagnostic(`by a person's hands, about ${Math.round(hands.seconds + yes.seconds)} s`);
  assert.ok(hands.seconds + yes.seconds <= FIVE_MINUTES, hands.said("too long"));
  person.assertNoComplaint();
  await person.close();
});

test("with a password and an authenticator, on a browser that keeps no key", async (t) => {
  const who = {
    rpps: "99710000029",
    name: "Nervaux",
    town: "Massy",
    phone: "0639989102",
    e164: "+33639989102",
    mail: "nervaux@exemple.fr",
  };
  const person = await Person.at(browser, demo, PHONE);
  const { page } = person;
  const hands = new Hands(page);
  await apply(hands, who);
  const secret = (await page.locator("section p b").innerText()).replaceAll(/\s/g, "");
  await hands.type(page.getByLabel("Un mot de passe"), PASSWORD);
  await hands.type(page.getByLabel("Le code qu’elle montre"), totp(secret));
  await hands.tap(page.getByRole("button", { name: "Envoyer ma demande", exact: true }));
  await page.getByRole("heading", { name: "Demande envoyée" }).waitFor();
  const yes = await approved(who.name);
  await demo.message((m) => m.to === who.e164 && /acceptee/.test(m.text), "the answer by SMS");
  // Still on the page of the application: it says the answer by itself, and leads on.
  await page.getByRole("heading", { name: "Vous êtes membre" }).waitFor({ timeout: 20_000 });
  await hands.tap(page.getByRole("link", { name: "Me connecter" }));
  await hands.type(page.getByLabel("Identifiant"), who.rpps);
  await hands.type(page.getByLabel("Mot de passe"), PASSWORD);
  await hands.type(page.getByLabel("Code à six chiffres"), totp(secret));
  await hands.tap(page.getByRole("button", { name: "Se connecter" }));
  await page.waitForURL((url) => url.pathname === "/offres");
  await takes(hands, who, "nurse");
  t.diagnostic(hands.said("the newcomer"));
  const seconds = Math.round(hands.seconds + yes.seconds);
  t.diagnostic(`by a person's hands, about ${seconds} s`);
  assert.ok(seconds <= FIVE_MINUTES, hands.said("too long"));
  person.assertNoComplaint();
  await person.close();
});

// Pro Santé Connect with an independent provider: a newcomer's application is proved and says for
// which activity; a member signs in by it and out of both; refused, unknown, another number, down.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import { totp } from "../harness/codes.mjs";
import { Psc, SECRET, holder } from "../harness/psc.mjs";
import { Demo } from "../harness/server.mjs";
import { RPPS, proved } from "../harness/signup.mjs";

const PLACES = ["CABINET DES LILAS", "CLINIQUE DU NORD"];

let demo;
let browser;
let psc;
let newcomer;
before(async () => {
  demo = await Demo.start();
  browser = await launch();
  psc = await Psc.start(demo.base);
  demo.elsewhere = [psc.issuer];
  // The application is made where telephones are fake; the rest is served as an installation would.
  newcomer = await Person.at(browser, demo, PHONE, { script: false });
  await applied(newcomer.page);
  await demo.kill();
  const master = await readFile(path.join(demo.data, "master.key"));
  await demo.serve({
    RELAIS_KEYS_MASTER: master.toString("base64"),
    RELAIS_HTTP_PUBLIC_URL: demo.base,
    ...psc.variables(),
  });
  const [kept] = (await newcomer.context.cookies()).filter((one) => one.name === "relais-inscription");
  await newcomer.context.addCookies([{ ...kept, name: "__Secure-relais-inscription", secure: true }]);
});
after(async () => {
  await newcomer?.close();
  await browser?.close();
  await psc?.stop();
  await demo?.stop();
});

/** Signs up to the page that says that the coordinator has it. */
async function applied(page) {
  await proved(page, demo);
  const secret = (await page.locator("section p b").innerText()).replaceAll(/\s/g, "");
  await page.getByLabel("Un mot de passe").fill("une phrase assez longue");
  await page.getByLabel("Le code qu’elle montre").fill(totp(secret));
  await page.getByRole("button", { name: "Envoyer ma demande" }).click();
  await page.getByRole("heading", { name: "Demande envoyée" }).waitFor();
  assert.equal(await page.getByText("Pro Santé Connect").count(), 0, "off until it is configured");
}

test("a newcomer proves who they are and says for which activity", async () => {
  const { page } = newcomer;
  await newcomer.open("/inscription/suivi");
  psc.person = holder("99700218896", PLACES);
  await page.getByRole("link", { name: "Prouver avec Pro Santé Connect" }).click();
  await page.getByText("un autre numéro RPPS que celui de cette inscription").waitFor();

  // The card's own session of the other person is over: theirs is asked for.
  await newcomer.context.clearCookies({ name: /^_(session|interaction)/ });
  psc.person = holder(RPPS, PLACES);
  await page.getByRole("link", { name: "Prouver avec Pro Santé Connect" }).click();
  await page.getByText("Pro Santé Connect a prouvé qui vous êtes").waitFor();
  await page.getByRole("button", { name: "Garder cette activité" }).click();
  await page.getByText("Choisissez l’activité").first().waitFor();
  await page.getByLabel("CLINIQUE DU NORD").check();
  await page.getByRole("button", { name: "Garder cette activité" }).click();
  await page.getByText("prouvé qui vous êtes : Médecin, libéral, CLINIQUE DU NORD, 91300").waitFor();
  assert.equal(psc.signed, 2);
  newcomer.assertNoComplaint();
});

test("a member signs in by it, and out of both", async () => {
  const doctor = demo.account("professional", (a) => a.profession === "gp");
  const person = await Person.at(browser, demo, PHONE);
  const { page } = person;
  psc.person = holder(doctor.rpps);
  await person.open("/connexion?suite=/activite");
  await person.assertAccessible("the door with Pro Santé Connect");
  const link = page.getByRole("link", { name: "Avec Pro Santé Connect" });
  await person.tabTo(link);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${demo.base}/activite`);
  const [surname] = doctor.name.split(/\s/).slice(-1);
  await page.locator("form[action='/deconnexion']", { hasText: surname }).waitFor();

  await page.locator("form[action='/deconnexion'] button").click();
  await page.getByRole("heading", { name: "Vous êtes déconnecté de Relais" }).waitFor();
  await person.assertAccessible("signed out");
  await page.getByRole("link", { name: "Fermer Pro Santé Connect" }).click();
  await page.waitForURL((url) => url.origin === psc.issuer);
  await page.locator("button[name=logout]").first().click();
  await page.waitForURL((url) => url.origin === demo.base && url.pathname === "/connexion");
  const back = await page.request.get("/activite", { maxRedirects: 0 });
  assert.equal(back.headers().location, "/connexion?suite=/activite&raison=fin");
  person.assertNoComplaint();
  await person.close();
});

test("refused, unknown, down: each says what happened, and the password stays", async () => {
  const person = await Person.at(browser, demo, DESK);
  const { page } = person;
  const leave = async () => {
    await person.open("/connexion");
    await page.getByRole("link", { name: "Avec Pro Santé Connect" }).click();
  };
  psc.answers = "no";
  await leave();
  await page.getByText("Vous avez renoncé à Pro Santé Connect").waitFor();
  await person.assertAccessible("the door after a refusal");

  psc.answers = "yes";
  psc.person = holder("99700218896");
  await leave();
  await page.getByText("Aucun compte n’a ici votre numéro RPPS").waitFor();

  // The address one came back with is worth nothing a second time.
  const returned = person.received.map((one) => one.url).filter((url) => url.includes("/psc/retour?code="));
  assert.equal(returned.length, 1);
  await person.open(returned[0]);
  await page.getByText("a pris plus de dix minutes, ou a commencé dans un autre navigateur").waitFor();

  await psc.stop();
  await leave();
  await page.getByText("Pro Santé Connect ne répond pas").waitFor();
  await page.getByLabel("Mot de passe").waitFor();
  await psc.listen(psc.port);
  await leave();
  await page.getByText("Aucun compte n’a ici votre numéro RPPS").waitFor();
  for (const secret of [SECRET, "eyJ", "99700218896"]) {
    assert.ok(!demo.log.includes(secret), `nothing private in the log: ${secret}`);
  }
  person.assertNoComplaint();
  await person.close();
});

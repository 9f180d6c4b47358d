// A newcomer joins from a small phone, with and without script: directory, codes, password and
// authenticator, then the coordinator says yes and they sign in as a member.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import { codeAt, totp } from "../harness/codes.mjs";
import { Demo } from "../harness/server.mjs";

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

const PASSWORD = "une phrase assez longue";

const PEOPLE = [
  { script: false, rpps: "9971 000001 1", name: "Corvo", phone: "06 39 98 91 01", e164: "+33639989101" },
  { script: true, rpps: "99710000029", name: "nervaux", phone: "06 39 98 91 02", e164: "+33639989102" },
];

for (const who of PEOPLE) {
  test(`${who.name} joins${who.script ? "" : ", without script"}`, async () => {
    const person = await Person.at(browser, demo, PHONE, { script: who.script });
    const { page } = person;
    const check = async (where) => who.script && (await person.assertAccessible(where));
    const mail = `${who.name.toLowerCase()}@exemple.fr`;
    await person.open("/connexion");
    await page.getByRole("link", { name: "Rejoindre un réseau" }).click();
    await check("sign-up, who");
    await page.getByLabel("Numéro RPPS").fill(who.rpps);
    await page.getByLabel("Nom d’exercice").fill("Durand");
    await page.getByRole("button", { name: "Continuer" }).click();
    await page.getByText("à un autre nom").first().waitFor();
    await check("sign-up, another name");
    await page.getByLabel("Nom d’exercice").fill(who.name);
    await page.getByRole("button", { name: "Continuer" }).click();

    await page.getByText("trouvé dans l’annuaire").waitFor();
    await check("sign-up, network");
    const network = demo.account("coordinator").network;
    await page.getByLabel("Code du réseau").fill(network.toLowerCase());
    if ((await page.locator("input[name=insee]").count()) > 0) await page.getByText("Palaiseau").click();
    await page.getByLabel("Votre mobile").fill(who.phone);
    await page.getByLabel("Votre courriel").fill(mail);
    await page.getByRole("button", { name: "Recevoir les codes" }).click();

    await page.getByRole("heading", { name: "Les deux codes reçus" }).waitFor();
    await check("sign-up, codes");
    await page.getByLabel("Le code reçu par SMS").fill(await codeAt(demo, who.e164));
    await page.getByLabel("Le code reçu par courriel").fill("000 000");
    await page.getByRole("button", { name: "Continuer" }).click();
    await page.getByText("Votre mobile est vérifié").waitFor();
    await page.getByLabel("Le code reçu par courriel").fill(await codeAt(demo, mail));
    await page.getByRole("button", { name: "Continuer" }).click();

    await page.getByRole("heading", { name: "Comment vous vous connecterez" }).waitFor();
    await check("sign-up, sign-in");
    const secret = (await page.locator("section p b").innerText()).replaceAll(/\s/g, "");
    await page.getByLabel("Un mot de passe").fill(PASSWORD);
    await page.getByLabel("Le code qu’elle montre").fill(totp(secret));
    await page.getByRole("button", { name: "Envoyer ma demande" }).click();
    await page.getByRole("heading", { name: "Demande envoyée" }).waitFor();
    await check("sign-up, sent");
    // The photo of the card: what is not one is said, what is one reaches the coordinator.
    const card = page.getByLabel("Photo de votre carte de professionnel");
    await card.setInputFiles({ name: "carte.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") });
    await page.getByRole("button", { name: "Envoyer la photo" }).click();
    await page.getByText("pas une photo JPEG").first().waitFor();
    await card.setInputFiles({ name: "carte.png", mimeType: "image/png", buffer: await page.screenshot() });
    await page.getByRole("button", { name: "Envoyer la photo" }).click();
    await page.getByText("La photo de votre carte est reçue").waitFor();

    const coordinator = await Person.at(browser, demo, DESK);
    await coordinator.signIn(demo.account("coordinator"));
    await coordinator.open("/candidatures");
    await coordinator.assertAccessible("applications");
    await coordinator.page.getByRole("link", { name: new RegExp(who.name, "i") }).click();
    await coordinator.assertAccessible("an application");
    const shown = coordinator.page.getByRole("link", { name: "Voir la photo de la carte" });
    const href = await shown.getAttribute("href");
    const kind = await coordinator.page.evaluate(async (at) => (await fetch(at)).headers.get("content-type"), href);
    assert.equal(kind, "image/jpeg");
    await coordinator.page.getByRole("button", { name: "Accepter l’adhésion" }).click();
    await coordinator.page.getByText("Adhésion acceptée").first().waitFor();
    coordinator.assertNoComplaint();
    await coordinator.close();

    await demo.message((m) => m.to === who.e164 && /acceptee/.test(m.text), "told by SMS");
    await page.reload();
    await page.getByRole("heading", { name: "Vous êtes membre" }).waitFor();
    await page.getByRole("link", { name: "Me connecter" }).click();
    await page.getByLabel("Identifiant").fill(who.rpps.replaceAll(" ", ""));
    await page.getByLabel("Mot de passe").fill(PASSWORD);
    await page.getByLabel("Code à six chiffres").fill(totp(secret));
    await page.getByRole("button", { name: "Se connecter" }).click();
    // Nothing to activate where notifications are not sent: requests come by SMS.
    await page.waitForURL((url) => url.pathname === "/offres");
    person.assertNoComplaint();
    await person.close();
  });
}

// The territory's sheets: read by whoever answers, written again, tried, read again, signed and put in
// force by the coordinator, with the keyboard and without script; printed for when the machine is down.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import { Demo, eventually } from "../harness/server.mjs";

const WIDE = { width: 1920, height: 1080 };
const SHOTS = process.env.RELAIS_TEST_SHOTS;

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

const main = (person) => person.page.locator("main").innerText();

async function shot(person, name) {
  if (SHOTS) await person.page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: false });
}

/** Goes on to the control of that name with Tab alone. */
async function tabTo(page, name) {
  for (let step = 0; step < 250; step += 1) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(() => {
      const focused = document.activeElement;
      return focused?.textContent?.trim() ?? "";
    });
    if (here === name) return;
  }
  assert.fail(`Tab does not reach ${name}`);
}

test("a sheet goes from a new version to its signature and into force, without script", async () => {
  const account = demo.account("coordinator");
  const coordinator = await Person.at(browser, demo, DESK, { script: false });
  const regulator = await Person.at(browser, demo, DESK, { script: false });
  const answering = await Person.at(browser, demo, DESK);
  const signing = await Person.at(browser, demo, PHONE, { script: false });
  const { page } = coordinator;
  try {
    await coordinator.signIn(account);
    await coordinator.open("/protocoles");
    assert.match(await main(coordinator), /40 fiches, 40 en vigueur, 0 sous une signature/);
    assert.match(await main(coordinator), /NON VALIDÉ/);
    assert.match(await main(coordinator), /ne pose aucun diagnostic/);

    await coordinator.open("/protocoles/GORGE");
    await page.getByRole("button", { name: "Préparer une nouvelle version" }).click();
    const first = page.locator("#texte-0");
    const sentence = await first.inputValue();
    await first.fill("");
    await page.getByRole("button", { name: "Enregistrer le brouillon" }).click();
    assert.match(await page.title(), /^Erreur/);
    assert.match(await main(coordinator), /gorge-1\s: Il manque la phrase à lire/);
    await page.locator("#texte-0").fill(`${sentence.trim().replace(/\?$/, "")}maintenant ?`);
    await page.getByRole("button", { name: "Enregistrer le brouillon" }).click();
    assert.doesNotMatch(await page.title(), /^Erreur/);

    await page.getByRole("link", { name: "Revenir à la fiche" }).click();
    await page.getByRole("link", { name: "Comparer la Version 1 avec celle-ci" }).click();
    assert.match(await main(coordinator), /De la version 1 à la version 2/);
    assert.match(await main(coordinator), /Question gorge-1/);

    // Nobody reads their own words again: the regulator does.
    assert.match(await main(coordinator), /une autre personne la relit/);
    assert.equal(await page.getByRole("button", { name: "J’ai relu cette version" }).count(), 0);
    await regulator.signIn(demo.account("regulator", (a) => a.network === account.network));
    await regulator.open("/protocoles/GORGE?version=2");
    await regulator.page.getByRole("link", { name: "Comparer avec la version en vigueur" }).click();
    assert.match(await main(regulator), /De la version 1 à la version 2/);
    await regulator.page.getByRole("button", { name: "J’ai relu cette version" }).click();
    assert.match(await main(regulator), /Relue, à signer/);
    await page.reload();
    await page.getByRole("link", { name: "Demander la signature" }).click();
    await page.getByLabel("Qui signe").fill("10000000000");
    await page.getByRole("button", { name: "Demander la signature" }).click();
    assert.match(await page.title(), /^Erreur/);
    assert.match(await main(coordinator), /n’est pas celui d’un médecin/);
    const doctor = demo.account("professional", (a) => a.profession === "gp" && a.network === account.network);
    await page.getByLabel("Qui signe").fill(doctor.rpps);
    await page.getByRole("button", { name: "Demander la signature" }).click();
    assert.match(await main(coordinator), /Signature demandée à .* pour 12 mois/);

    // The doctor signs, from an own account: read on a phone, ticked, signed.
    await signing.signIn(doctor);
    await signing.open("/offres");
    await signing.page.getByRole("link", { name: "Une fiche d’orientation attend votre signature" }).click();
    await signing.page.getByRole("link", { name: "Mal de gorge" }).click();
    await shot(signing, "signature-360");
    assert.match(await main(signing), /Ce qui change de la version 1/);
    assert.match(await main(signing), new RegExp(`RPPS ${doctor.rpps}`));
    await signing.page.getByRole("button", { name: "Je signe cette version" }).click();
    assert.match(await signing.page.title(), /^Erreur/);
    await signing.page.getByLabel("J’ai lu la fiche en entier").check();
    await signing.page.getByRole("button", { name: "Je signe cette version" }).click();
    assert.match(await signing.page.locator("body").innerText(), /Fiche signée/);
    assert.match(await main(signing), /Aucune fiche n’attend votre signature/);
    await page.reload();
    assert.match(await main(coordinator), /Signée/);

    // A call is going on with the version about to be replaced.
    await answering.signIn(demo.account("operator", (a) => a.network === account.network));
    await answering.open("/direct");
    const asked = () => answering.page.evaluate(() => document.querySelector("#q-texte")?.textContent ?? "");
    const say = async (key) => {
      const before_ = await asked();
      await answering.page.keyboard.press(`Alt+Key${key}`);
      await eventually(async () => (await asked()) !== before_, `something after ${before_}`);
    };
    for (let n = 0; n < 40 && (await asked()) !== ""; n += 1) await say("N");
    await answering.page.keyboard.type("gorge");
    await answering.page.keyboard.press("Enter");
    await eventually(async () => (await asked()).includes(sentence.trim().slice(2, 30)), "the sheet's first question");
    await say("N");
    await say("N");

    await page.getByRole("button", { name: "Mettre en vigueur" }).click();
    await answering.page.keyboard.press("Alt+KeyN");
    await answering.page.locator("#call-changed [role=status]").waitFor();
    assert.match(await answering.page.locator("#call-changed").innerText(), /vient de changer.*à poser de nouveau/);
    assert.match(await asked(), /maintenant/, "the first question again, in its new words");
    assert.match(await answering.page.locator("#call-motive").innerText(), /gorge/i, "the rest of the call stays");
    await answering.assertAccessible("a sheet that changed during a call");
    answering.assertNoComplaint();
    assert.match(await main(coordinator), /Signée, en vigueur/);
    assert.match(await main(coordinator), new RegExp(doctor.rpps));
    await coordinator.open("/protocoles");
    assert.match(await main(coordinator), /40 en vigueur, 1 sous une signature/);

    // Whoever answers asks the new sentence at once; the old version is kept, and says so.
    const operator = demo.account("operator", (a) => a.network === account.network);
    const { body } = await demo.api(operator, "GET", "/protocols/GORGE");
    assert.equal(body.version, 2);
    assert.equal(body.signed_by !== null && !body.demonstration, true);
    assert.match(body.questions[0].text, /maintenant/);
    await coordinator.open("/protocoles/GORGE?version=1");
    assert.match(await main(coordinator), /Remplacée/);
    assert.match(await main(coordinator), new RegExp(sentence.trim().slice(0, 30)));
  } finally {
    await answering.close();
    await signing.close();
    await regulator.close();
    await coordinator.close();
  }
});

test("a sheet is tried with the keyboard: a yes stops at 15, doubt goes to the regulator", async () => {
  const operator = await Person.at(browser, demo, DESK);
  const { page } = operator;
  try {
    await operator.signIn(demo.account("operator"));
    await operator.open("/protocoles/OREILLE/essai?version=1");
    await operator.assertAccessible("essai");
    await shot(operator, "essai-1366");
    await page.keyboard.press("Alt+n");
    await page.waitForURL(/oreille-1/);
    await page.keyboard.press("Alt+o");
    await page.waitForURL(/oreille-2/);
    assert.match(await main(operator), /Transférer au 15/);
    assert.match(await main(operator), /Aucune demande ne peut partir/);
    await page.getByRole("link", { name: "Recommencer" }).click();
    for (let asked = 0; asked < 20; asked += 1) {
      if ((await page.getByRole("button", { name: "Ne sait pas" }).count()) === 0) break;
      const word = asked === 0 ? "Ne sait pas" : "Non";
      await tabTo(page, word);
      await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    }
    assert.match(await main(operator), /Médecin régulateur/);
    assert.match(await main(operator), /Ne sait pas\s: /);
    // Read by whoever answers, written by the coordinator alone.
    await operator.open("/protocoles/OREILLE");
    assert.equal(await page.getByRole("button", { name: /Préparer/ }).count(), 0);
  } finally {
    await operator.close();
  }
});

test("the pages fit every screen, and each sheet is printed on a page of its own", async () => {
  const account = demo.account("coordinator");
  const writer = await Person.at(browser, demo, DESK);
  await writer.signIn(account);
  await writer.open("/protocoles/DOS");
  await writer.page.getByRole("button", { name: "Préparer une nouvelle version" }).click();
  await writer.page.waitForURL(/modifier/);
  await writer.close();
  for (const [name, viewport] of [["360", PHONE], ["1366", DESK], ["1920", WIDE]]) {
    const person = await Person.at(browser, demo, viewport);
    try {
      await person.signIn(account);
      for (const [word, path] of [
        ["liste", "/protocoles"],
        ["importer", "/protocoles/importer"],
        ["signer", "/protocoles/TOUX/signer"],
        ["fiche", "/protocoles/TOUX"],
        ["editeur", "/protocoles/DOS/modifier?version=2"],
        ["essai", "/protocoles/TOUX/essai"],
        ["papier", "/protocoles/TOUX/imprimer"],
      ]) {
        await person.open(path);
        // Between a phone and a wall only the width changes.
        if (viewport !== WIDE) await person.assertAccessible(`${path} at ${name}`);
        await shot(person, `${word}-${name}`);
        const sideways = await person.page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        assert.equal(sideways, 0, `${path} at ${name}`);
      }
    } finally {
      await person.close();
    }
  }
  const person = await Person.at(browser, demo, DESK);
  try {
    await person.signIn(account);
    await person.open("/protocoles/imprimer");
    assert.equal(await person.page.locator("article.papier").count(), 40);
    const boxes = await person.page.locator("article.papier .case").count();
    assert.ok(boxes > 600, `${boxes} boxes to tick`);
    await person.page.emulateMedia({ media: "print" });
    assert.equal(await person.page.locator(".page__head").isVisible(), false);
  } finally {
    await person.close();
  }
});

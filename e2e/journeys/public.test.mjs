// The public form as people meet it: without script, on a small phone, at 400 % zoom, with the back
// button; what reaches the desk; and the page of a closed service.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { canary } from "../harness/identity.mjs";

const HOME = "/n/essonne-nord";
/** About 400 % of a desk of 1366 pixels. */
const ZOOM = { width: 341, height: 640 };

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

const button = (person, name) => person.page.getByRole("button", { name }).click();

/** Goes through every question; `look` sees each page. */
async function fill(person, patient, look = async () => {}) {
  const { page } = person;
  await person.open(HOME);
  await look("signs");
  await button(person, "Non, aucun de ces signes");
  await look("for whom");
  await page.getByLabel("Pour moi", { exact: true }).check();
  await button(person, "Continuer");
  await look("name");
  await page.getByLabel("Prénom").fill(patient.first_names);
  await page.getByLabel("Nom de famille").fill(patient.birth_name);
  await button(person, "Continuer");
  await look("birth");
  await page.getByLabel("Date de naissance").fill(patient.birth_date.split("-").reverse().join("/"));
  await button(person, "Continuer");
  await look("commune");
  await page.getByLabel(/Dans quelle commune/).fill("massy");
  await button(person, "Continuer");
  await look("phone");
  await page.getByLabel(/À quel numéro/).fill(patient.phone.replace("+33", "0"));
  await button(person, "Continuer");
  await look("motive");
  await page.getByLabel("Mal à l’oreille").check();
  await button(person, "Continuer");
  await look("doctor");
  await page.getByLabel("Je ne sais pas").check();
  await button(person, "Continuer");
  await look("availability");
  await page.getByLabel(/À tout moment/).check();
  await button(person, "Continuer");
  await look("review");
}

for (const [name, viewport, script] of [
  ["on a small phone without script", PHONE, false],
  ["at 400 % zoom", ZOOM, true],
  ["on a desk", DESK, true],
]) {
  test(`a form filled in ${name} is promised a call back`, async () => {
    const patient = canary("91377", "91300");
    const person = await Person.at(browser, demo, viewport, { script });
    try {
      const look = script
        ? (where) => person.assertAccessible(`${where}, ${name}`)
        : async (where) => {
            const h1 = await person.page.locator("h1").count();
            assert.equal(h1, 1, where);
          };
      await fill(person, patient, look);
      await button(person, "Envoyer ma demande");
      await person.page.getByRole("heading", { name: /On vous rappelle avant/ }).waitFor();
      await look("done");
      person.assertNoComplaint();
      for (const { url } of person.received) {
        const said = decodeURIComponent(url);
        for (const word of [patient.birth_name, patient.phone.slice(3), "Massy", "oreille"]) {
          assert.ok(!said.includes(word), `${word} in the address ${url}`);
        }
      }
      const sms = await demo.message((m) => m.to === patient.phone, "the confirmation by SMS");
      assert.match(sms.text, /demande recue\. Un operateur vous appelle avant/);
      assert.ok(sms.text.length <= 160, sms.text);
    } finally {
      await person.close();
    }
  });
}

test("two tabs without script are two forms, and both arrive", async () => {
  const [first, second] = [canary("91377", "91300"), canary("91377", "91300")];
  const person = await Person.at(browser, demo, PHONE, { script: false });
  try {
    await fill(person, first);
    const tab = person.page;
    person.page = await person.context.newPage();
    await fill(person, second);
    await button(person, "Envoyer ma demande");
    const promised = { name: /On vous rappelle avant/ };
    await person.page.getByRole("heading", promised).waitFor();
    person.page = tab;
    // The first is as it was left, and the back button leads through its own answers.
    await tab.getByRole("link", { name: /Modifier.*Nom/ }).click();
    assert.equal(await tab.getByLabel("Nom de famille").inputValue(), first.birth_name);
    await tab.goBack();
    await tab.getByRole("heading", { name: "Relisez avant d’envoyer" }).waitFor();
    await button(person, "Envoyer ma demande");
    await tab.getByRole("heading", promised).waitFor();
    for (const { phone } of [first, second]) {
      await demo.message((m) => m.to === phone && /demande recue/.test(m.text), phone);
    }
  } finally {
    await person.close();
  }
});

test("an old address says so, and leads on", async () => {
  const person = await Person.at(browser, demo, PHONE);
  const { page } = person;
  try {
    await person.open("/n/ESSONNE-NORD/");
    await page.getByRole("heading", { name: "Avez-vous l’un de ces signes" }).waitFor();
    assert.ok(page.url().endsWith(HOME), page.url());
    await page.goto("/n/ancienne-affiche");
    await page.getByRole("heading", { name: "Cette adresse ne mène plus nulle part" }).waitFor();
    await person.assertAccessible("an address that leads nowhere");
    await page.getByRole("link", { name: /Essonne Nord/ }).click();
    await page.getByRole("heading", { name: "Avez-vous l’un de ces signes" }).waitFor();
  } finally {
    await person.close();
  }
});

test("an error keeps what was typed, and the back button keeps what was answered", async () => {
  const patient = canary("91377", "91300");
  const person = await Person.at(browser, demo, PHONE, { script: false });
  const { page } = person;
  try {
    await fill(person, patient);
    await page.goto(`${HOME}/telephone`);
    await page.getByLabel(/À quel numéro/).fill("06 39 98 41");
    await button(person, "Continuer");
    await page.getByRole("alert").getByText("Il manque deux chiffres à votre numéro").waitFor();
    assert.match(await page.title(), /^Erreur/);
    assert.equal(await page.getByLabel(/À quel numéro/).inputValue(), "06 39 98 41");
    await page.getByRole("link", { name: "Question précédente" }).click();
    assert.equal(await page.getByLabel(/Dans quelle commune/).inputValue(), "massy");
    await page.goto(`${HOME}/relecture`);
    await page.getByRole("link", { name: /Modifier.*Nom/ }).click();
    await page.getByLabel("Prénom").fill("Autre");
    await button(person, "Continuer");
    await page.getByRole("heading", { name: "Relisez avant d’envoyer" }).waitFor();
    await page.goBack();
    assert.equal(await page.getByLabel("Prénom").inputValue(), "Autre");
    await page.goBack();
    await page.getByRole("heading", { name: "Relisez avant d’envoyer" }).waitFor();
  } finally {
    await person.close();
  }
});

test("the error summary is heard first, by keyboard alone", async () => {
  const person = await Person.at(browser, demo, PHONE);
  const { page } = person;
  try {
    await person.open(HOME);
    await person.tabTo(page.getByRole("button", { name: "Non, aucun de ces signes" }));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /Pour qui/ }).waitFor();
    await person.tabTo(page.getByRole("button", { name: "Continuer" }));
    await page.keyboard.press("Enter");
    const summary = page.getByRole("alert");
    await summary.waitFor();
    await eventually(
      () => summary.evaluate((element) => element === document.activeElement),
      "the focus on the error summary",
    );
    await person.assertAccessible("a refused question");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await person.tabTo(page.getByLabel("Pour moi", { exact: true }));
    await page.keyboard.press("Space");
    await person.tabTo(page.getByRole("button", { name: "Continuer" }));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /Comment s’appelle/ }).waitFor();
  } finally {
    await person.close();
  }
});

test("a sign of alarm leads to the 15", async () => {
  const person = await Person.at(browser, demo, PHONE, { script: false });
  try {
    await person.open(HOME);
    await button(person, "Oui, au moins un");
    await person.page.getByRole("heading", { name: "Appelez le 15 maintenant" }).waitFor();
    const call = person.page.getByRole("link", { name: "Appeler le 15" });
    assert.equal(await call.getAttribute("href"), "tel:15");
  } finally {
    await person.close();
  }
});

test("closed, the page gives the numbers of the commune, in every size", async () => {
  await demo.advance("PT11H");
  for (const viewport of [PHONE, ZOOM, DESK]) {
    const person = await Person.at(browser, demo, viewport);
    try {
      await person.open(HOME);
      await person.page.getByRole("heading", { name: "Nous ouvrons demain à 8 h" }).waitFor();
      await person.assertAccessible(`closed, ${viewport.width}`);
      await person.page.getByLabel(/Votre commune/).fill("Longjumeau");
      await button(person, "Voir les numéros");
      await person.page.getByText("Maison médicale de garde de Longjumeau").waitFor();
      assert.ok(person.page.url().endsWith("/horaires/essonne-nord/91345"));
      await person.assertAccessible(`closed, with a commune, ${viewport.width}`);
      person.assertNoComplaint();
    } finally {
      await person.close();
    }
  }
  const voice = await fetch(`${demo.base}/horaires/essonne-nord/voix`);
  assert.match(await voice.text(), /Nous ouvrons demain à 8 h\./);
});

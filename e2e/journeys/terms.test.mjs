// « Mes réglages »: a doctor types all their terms on a phone, sees what last week would have brought with
// them, saves them, and finds them again; with the keyboard alone, and nothing typed is lost.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, Person, launch } from "../harness/browser.mjs";
import { Demo } from "../harness/server.mjs";
import { body, raise } from "../harness/story.mjs";

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

test("a doctor tries terms on last week, corrects them, saves them", async () => {
  const doctor = demo.account("professional", (a) => a.profession === "gp" && a.smartphone !== false);
  const operator = demo.account("operator", (a) => a.network === doctor.network);
  for (let n = 0; n < 3; n += 1) await raise(demo, operator, body());
  const person = await Person.at(browser, demo, PHONE);
  try {
    await person.signIn(doctor);
    await person.open("/activite");
    await person.page.getByRole("link", { name: "Tous mes réglages" }).press("Enter");
    await person.page.waitForURL("**/activite/reglages");
    await person.assertAccessible("/activite/reglages");
    const field = (name) => person.page.getByLabel(name, { exact: true });
    const button = (name) => person.page.getByRole("button", { name });

    await field("Lundi").fill("8h-12h, 11h-14h");
    await field("Par heure, au plus").fill("beaucoup");
    await button("La semaine dernière avec ces réglages").press("Enter");
    await person.page.getByText("Des heures comme 8h-12h").first().waitFor();
    assert.match(await person.page.title(), /^Erreur/);
    assert.equal(await field("Lundi").inputValue(), "8h-12h, 11h-14h", "nothing typed is lost");

    await field("Lundi").fill("8h-12h et 14h-18h30");
    await field("Par heure, au plus").fill("");
    await field("Sollicitations par jour, au plus").fill("4");
    await field("Ou seulement dans ces communes").fill("Massy 91300\nPalaiseau 91120");
    // By which ways, in which order, and what the locked phone shows.
    await field("D’abord").selectOption("sms");
    await field("Sans accusé de réception, ensuite").selectOption("sms");
    await person.page.getByLabel(/^Seulement «/).check();
    await button("La semaine dernière avec ces réglages").press("Enter");
    await person.page.getByText("déjà choisi plus haut").first().waitFor();
    await field("Sans accusé de réception, ensuite").selectOption("push");
    await field("En dernier").selectOption("");
    await button("La semaine dernière avec ces réglages").press("Enter");
    const week = person.page.getByRole("region", { name: "La semaine dernière" });
    await week.waitFor();
    assert.match(await week.innerText(), /Sollicitations/);
    assert.match(await week.innerText(), /demandes? de votre profession/);
    await person.assertAccessible("the page with last week");
    const before = await demo.api(doctor, "GET", "/me/activity");
    assert.notEqual(before.body.daily_max, 4, "a trial saves nothing");

    await button("Enregistrer").press("Enter");
    await person.page.waitForURL("**/activite?dit=reglages");
    await person.open("/activite/reglages");
    assert.equal(await field("Lundi").inputValue(), "8h-12h, 14h-18h30");
    assert.equal(await field("Sollicitations par jour, au plus").inputValue(), "4");
    assert.match(await field("Ou seulement dans ces communes").inputValue(), /Massy 91300/);
    assert.equal(await field("D’abord").inputValue(), "sms");
    assert.ok(await person.page.getByLabel(/^Seulement «/).isChecked());
    const saved = await demo.api(doctor, "GET", "/me/activity");
    assert.deepEqual([saved.body.channels, saved.body.lock_screen], [["sms", "push"], "nothing"]);
    person.assertNoComplaint();
  } finally {
    await person.context.close();
  }
});

test("a doctor says days away in advance, the desk reads until when, then they come back", async () => {
  const doctor = demo.account("professional", (a) => a.profession === "gp" && a.smartphone !== false);
  const operator = demo.account("operator", (a) => a.network === doctor.network);
  const person = await Person.at(browser, demo, PHONE);
  try {
    await person.signIn(doctor);
    await person.open("/activite");
    const field = (name) => person.page.getByLabel(name, { exact: true });
    const add = person.page.getByRole("button", { name: "Ajouter cette absence" });
    const { now } = await demo.now();
    const today = new Date(now).toISOString().slice(0, 10);
    const day = (n) => new Date(Date.parse(today) + n * 86_400_000).toISOString().slice(0, 10);

    const unfold = async () => {
      // Wrong days are shown again, unfolded.
      if (!(await add.isVisible())) await person.page.getByText("Dire une absence").press("Enter");
    };
    await unfold();
    await field("Premier jour").fill(day(3));
    await field("Dernier jour, compris").fill(day(1));
    await add.press("Enter");
    await person.page.getByText("Le dernier jour est avant le premier").first().waitFor();
    assert.equal(await field("Premier jour").inputValue(), day(3), "nothing typed is lost");
    for (const [first, last] of [
      [day(0), day(2)],
      [day(60), day(75)],
    ]) {
      await unfold();
      await field("Premier jour").fill(first);
      await field("Dernier jour, compris").fill(last);
      await add.press("Enter");
      await person.page.waitForURL("**/activite?dit=absence");
    }
    await person.page.getByRole("heading", { name: "Absent", exact: true }).waitFor();
    await person.assertAccessible("/activite with days away");
    const terms = await demo.api(doctor, "GET", "/me/activity");
    assert.deepEqual(terms.body.absences, [
      { from: day(0), to: day(2) },
      { from: day(60), to: day(75) },
    ]);
    const { id } = await raise(demo, operator, body());
    const verdicts = await demo.api(operator, "GET", `/requests/${id}/verdicts`);
    assert.match(JSON.stringify(verdicts.body), /absent jusqu’au/);

    await person.page.getByRole("button", { name: "Redevenir disponible" }).press("Enter");
    await person.page.waitForURL("**/activite?dit=disponible");
    await person.page.getByRole("button", { name: /^Retirer/ }).press("Enter");
    await person.page.waitForURL("**/activite?dit=absence-retiree");
    const after = await demo.api(doctor, "GET", "/me/activity");
    assert.deepEqual(after.body.absences, []);
    person.assertNoComplaint();
  } finally {
    await person.context.close();
  }
});

for (const script of [true, false]) {
  test(`how many more, by one thumb${script ? "" : ", without script"}`, async () => {
    const who = demo.account("professional", (a) => a.profession === (script ? "gp" : "nurse") && a.alert_number);
    const person = await Person.at(browser, demo, PHONE, { script });
    const { page } = person;
    await person.signIn(who);
    await person.open("/activite");
    if ((await page.getByRole("button", { name: "Redevenir disponible" }).count()) > 0) {
      await page.getByRole("button", { name: "Redevenir disponible" }).click();
      await page.waitForURL(/dit=disponible/);
    }
    const left = page.locator(".counter output");
    assert.equal(await left.innerText(), "Sans limite");
    const tap = async (name, expected) => {
      await page.getByRole("button", { name, exact: true }).click();
      if (!script) await page.waitForURL(/dit=/);
      await page.waitForFunction(
        ([shown]) => document.querySelector(".counter output")?.textContent === shown,
        [expected],
      );
    };
    const saved = async () => script && (await page.waitForURL(/dit=/));
    await tap("Un de plus", "1");
    await tap("Un de plus", "2");
    await saved();
    await page.getByText("jusqu’à 18").first().waitFor();
    if (script) await person.assertAccessible("/activite, two more");
    await person.open("/activite");
    assert.equal(await left.innerText(), "2", "kept");
    await tap("Un de moins", "1");
    await tap("Un de moins", "0");
    await saved();
    await page.getByRole("heading", { name: "Plus rien aujourd’hui" }).waitFor();
    assert.equal(await left.innerText(), "0");
    assert.ok(await page.getByRole("button", { name: "Un de moins" }).isDisabled());
    await page.getByRole("link", { name: "Jusqu’au…" }).click();
    await page.getByLabel("Indisponible jusqu’au").waitFor();
    if (script) await person.assertAccessible("/activite, nothing more, a day to choose");
    person.assertNoComplaint();
    await person.close();
  });
}

test("the switches of discretion are saved by one thumb, and nothing else moves", async () => {
  const doctor = demo.account("professional", (a) => a.profession === "nurse" && a.smartphone !== false);
  const person = await Person.at(browser, demo, PHONE);
  const { page } = person;
  try {
    await person.signIn(doctor);
    const before = (await demo.api(doctor, "GET", "/me/activity")).body;
    await person.open("/activite");
    const discretion = page.getByRole("region", { name: "Discrétion" });
    const flip = (name) => discretion.getByRole("switch", { name }).press("Space");
    await flip(/^Silence de/);
    await discretion.getByText("Changer les heures du silence").press("Enter");
    await page.getByLabel("Silence de", { exact: true }).fill("21:30");
    await page.getByLabel("À", { exact: true }).fill("21:30");
    const save = page.getByRole("button", { name: "Enregistrer mes réglages" });
    await save.press("Enter");
    await page.getByText("Le silence finit à une autre heure").first().waitFor();
    assert.match(await page.title(), /^Erreur/);
    assert.ok(await discretion.getByRole("switch", { name: /^Silence de/ }).isChecked(), "nothing said is lost");
    await page.getByLabel("À", { exact: true }).fill("07:00");
    await flip(/^SMS si la notification/);
    await flip(/^Seulement les patients/);
    await save.press("Enter");
    await page.waitForURL("**/activite?dit=reglages");
    await discretion.getByText("Silence de 21 h 30 à 7 h").waitFor();
    await person.assertAccessible("/activite with its switches");
    const after = (await demo.api(doctor, "GET", "/me/activity")).body;
    const { quiet, channels, own_patients_only, ...rest } = after;
    assert.deepEqual(quiet, { from_minute: 1290, until_minute: 420 });
    assert.deepEqual(channels, before.channels.includes("sms") ? ["push", "mail"] : ["push", "sms", "mail"]);
    assert.equal(own_patients_only, !before.own_patients_only);
    const { quiet: _q, channels: _c, own_patients_only: _o, ...held } = before;
    assert.deepEqual(rest, held, "nothing else moves");
    person.assertNoComplaint();
  } finally {
    await person.context.close();
  }
});

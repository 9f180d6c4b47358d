// « Mon secrétariat » : a doctor lets somebody answer in their name; she opens her account, chooses for whom, says yes,
// gives the hour; the desk reads both names; the doctor ends it and her open page is over.

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

test("a secretary answers in a doctor's name until he ends it", async () => {
  const secretary = demo.account("secretary", () => true);
  const operator = demo.account("operator", (a) => a.network === secretary.network);
  const hers = await Person.at(browser, demo, PHONE);
  const his = await Person.at(browser, demo, PHONE);
  try {
    // Nobody chosen yet: she is led to choose.
    await hers.signIn(secretary);
    await hers.open("/offres");
    await hers.page.waitForURL("**/secretariat");
    await hers.assertAccessible("/secretariat");
    const first = hers.page.getByRole("button", { name: /^Répondre au nom de/ }).first();
    const name = (await first.innerText()).replace("Répondre au nom de ", "").trim();
    const doctor = demo.account("professional", (a) => name.replace(/\s/g, " ").includes(a.name.split(" ").pop()));
    const { id } = await raise(demo, operator, body({ usual: doctor }));
    await first.press("Enter");
    await hers.page.waitForURL("**/offres");
    await hers.page.getByText(/^Au nom de/).waitFor();
    await hers.assertAccessible("/offres in a name");

    // The same two taps; no name before the yes.
    await hers.page.locator("main a[href^='/offres/off_']").first().press("Enter");
    await hers.page.waitForURL("**/offres/off_*");
    const shown = await hers.page.locator("main").innerText();
    const { patient } = body();
    assert.ok(!shown.toLowerCase().includes(patient.birth_name.toLowerCase()), "no name before the yes");
    await hers.page.locator("button[value=oui]").first().press("Enter");
    await hers.page.waitForURL("**/prises/req_*");
    await hers.page.getByRole("button", { name: /Donner rendez-vous/ }).first().press("Enter");
    await hers.page.waitForURL("**/prises/*?dit=rendez-vous");
    assert.equal(await hers.page.getByRole("link", { name: /Note au médecin/ }).count(), 0, "notes are the doctor's");
    await hers.assertAccessible("the patient's card in a name");

    const timeline = await demo.api(operator, "GET", `/requests/${id}/timeline`);
    const yes = timeline.body.items.find((item) => /au nom de/.test(item.say));
    assert.ok(yes, JSON.stringify(timeline.body.items.map((item) => item.say)));
    assert.equal(yes.actor, secretary.name);
    assert.match(yes.in_name_of.replace(/\s/g, " "), new RegExp(doctor.name.split(" ").pop()));

    // Terms are not hers to set.
    await hers.open("/activite");
    assert.equal(await hers.page.getByRole("link", { name: "Tous mes réglages" }).count(), 0);
    await hers.assertAccessible("/activite in a name");

    // She answers for two: a page opened for one changes nothing of the other.
    const older = await hers.context.newPage();
    await older.goto("/activite");
    const choose = async (which) => {
      await hers.open("/secretariat");
      await hers.page.getByRole("button", { name: /^Répondre au nom de/ }).filter(which).first().press("Enter");
      await hers.page.waitForURL("**/offres");
    };
    await choose({ hasNotText: name });
    await older.locator("button[value='24h']").press("Enter");
    await older.getByText("rien n’a changé").first().waitFor();
    await hers.open("/activite");
    await hers.page.getByText("Disponible").first().waitFor();
    await older.close();
    await choose({ hasText: name });

    // The doctor ends it: the page she has open leads back to the choice, and so does the next she asks for.
    await his.signIn(doctor);
    await his.open("/mes-secretaires");
    await his.assertAccessible("/mes-secretaires");
    await his.page.getByRole("button", { name: /^Retirer/ }).press("Enter");
    await his.page.waitForURL("**/mes-secretaires?dit=secretariat-fini");
    await hers.page.waitForURL("**/secretariat");
    await hers.open("/offres");
    await hers.page.waitForURL("**/secretariat");
    const left = await hers.page.getByRole("button", { name: /^Répondre au nom de/ }).count();
    assert.equal(left, 1, "the other doctor still lets her");
  } finally {
    await hers.context.close();
    await his.context.close();
  }
});

test("a doctor opens an account for somebody, who chooses how to sign in", async () => {
  const doctor = demo.account("professional", (a) => a.profession === "gp" && a.smartphone !== false);
  const his = await Person.at(browser, demo, PHONE);
  const hers = await Person.at(browser, demo, PHONE);
  try {
    await his.signIn(doctor);
    await his.open("/activite");
    await his.page.getByRole("link", { name: "Mon secrétariat" }).press("Enter");
    await his.page.waitForURL("**/mes-secretaires");
    const add = his.page.getByRole("button", { name: "Laisser répondre en mon nom" });
    await his.page.getByLabel("Son identifiant").fill("ida.roux");
    await add.press("Enter");
    await his.page.getByText("Écrivez son prénom et son nom").first().waitFor();
    await his.page.getByLabel(/^Son prénom et son nom/).fill("Ida Roux");
    await add.press("Enter");
    const said = his.page.getByRole("status").filter({ hasText: "Le code de Ida Roux" });
    await said.waitFor();
    const code = (await said.locator(".code-out").innerText()).replace(/\D/g, "");
    assert.match(code, /^\d{8}$/);
    await his.assertAccessible("/mes-secretaires with a code");

    await hers.open("/connexion/secours");
    await hers.page.getByLabel("Identifiant").fill("ida.roux");
    await hers.page.getByLabel(/code/i).fill(code);
    await hers.page.locator("main button[type=submit]").first().press("Enter");
    await hers.page.waitForURL("**/mes-cles*");
    await hers.open("/secretariat");
    await hers.page.getByRole("button", { name: /^Répondre au nom de/ }).waitFor();
  } finally {
    await his.context.close();
    await hers.context.close();
  }
});

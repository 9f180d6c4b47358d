// What a call must not lose on a slow line, or when a sheet changes under it: what comes back is held
// with our own hands, so that each race is played the same way on any machine. And a file of sheets
// brought from the page.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import * as desk from "../harness/desk.mjs";
import { canary } from "../harness/identity.mjs";
import { choose, pick, type } from "../harness/keyboard.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { MASSY } from "../harness/story.mjs";

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

async function shot(person, name) {
  if (SHOTS) await person.page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: false });
}

/** Holds what an address answers until `release` is called; what left meanwhile waits too. */
async function hold(page, pattern) {
  let release = () => undefined;
  const held = new Promise((resolve) => { release = resolve; });
  let left = 0;
  await page.route(pattern, async (route) => { left += 1; await held; await route.continue(); });
  return {
    /** How many left the page. */
    left: () => left,
    /** Waits until that many questions left the page. */
    gone: (count = 1) => eventually(() => left >= count, `${count} to ${pattern} on their way`),
    /** Lets them go, and waits for an answer to begin: one that leads elsewhere never ends here. What
     *  leaves afterwards is not held. */
    async release() {
      const back = page.waitForResponse(pattern);
      release();
      await back;
    },
  };
}

const seated = (index = 0) => desk.seated(browser, demo, { index });
const answer = ({ page }, key) => desk.answer(page, key);

async function endCall(operator) {
  const { page } = operator;
  await page.keyboard.press("Alt+KeyI");
  await choose(operator, page.getByLabel("Issue de l’appel"), "wrong-number");
  await operator.tabTo(page.getByRole("button", { name: /^Clore l’appel/ }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/dit=appel/);
}

test("an answer changed while another is on its way is the one that counts, and the keyboard stays on it", async () => {
  const operator = await seated();
  const { page } = operator;
  await answer(operator, "N");
  await answer(operator, "N");
  await page.locator("#flags > summary").focus();
  await page.keyboard.press("Enter");
  const line = await hold(page, "**/direct/suite");
  await page.keyboard.press("Alt+KeyN");
  await line.gone();
  // She looks at the first question again: it was a doubt.
  const doubt = page.locator("#call-answers li").first().getByLabel("Ne sait pas");
  await doubt.focus();
  await page.keyboard.press("Space");
  await line.release();
  await eventually(async () => /1 «\sne sait pas\s» sur/.test(await page.locator("#call-gravity").innerText()), "the doubt is counted");
  assert.ok(await doubt.isChecked());
  assert.ok(await doubt.evaluate((one) => one === document.activeElement), "the keyboard stays where she is");
  await endCall(operator);
  operator.assertNoComplaint();
  await operator.close();
});

test("a call ended while its first words are being kept: the end is alone on the line, nothing moves the call under it", async () => {
  const operator = await seated();
  const { page } = operator;
  const line = await hold(page, "**/direct/garder");
  const steps = await hold(page, "**/direct/suite");
  await page.keyboard.type("0639989999");
  await page.keyboard.press("Alt+KeyI");
  await line.gone();
  await page.keyboard.press("Control+Enter");
  await line.release();
  await page.locator(".errsum").waitFor();
  assert.match(await page.locator(".errsum").innerText(), /Choisissez l’issue de l’appel/);
  assert.equal(steps.left(), 0, "a question left beside the end of the call");
  await page.unroute("**/direct/suite");
  await endCall(operator);
  operator.assertNoComplaint();
  await operator.close();
});

test("a need chosen while the sheet's own is on its way is not replaced by it", async () => {
  const operator = await seated();
  const { page } = operator;
  await type(operator, page.getByLabel("Nom de naissance"), "Polymnie");
  await page.keyboard.press("Tab");
  await eventually(async () => /brouillon gardé/.test(await page.locator("#call-kept").innerText()), "kept");
  const line = await hold(page, "**/direct/suite");
  await page.keyboard.press("Alt+KeyN");
  await line.gone();
  const profession = page.getByLabel("Profession", { exact: true });
  await choose(operator, profession, "nurse");
  await choose(operator, page.getByLabel("Lieu", { exact: true }), "visit");
  await line.release();
  await eventually(async () => /Question 2 sur/.test(await page.locator(".ask__meta").innerText()), "the next question");
  assert.equal(await profession.inputValue(), "nurse");
  assert.equal(await page.getByLabel("Lieu", { exact: true }).inputValue(), "visit");
  await endCall(operator);
  operator.assertNoComplaint();
  await operator.close();
});

test("a caller picked from those known never overwrites what was typed since, and an older list comes too late", async () => {
  const operator = await seated();
  const { page } = operator;
  const patient = canary(MASSY.insee, MASSY.postcode);
  const raised = await demo.api(demo.account("operator"), "POST", "/requests", {
    patient: { ...patient, sex: "F", address: { insee: MASSY.insee, postcode: MASSY.postcode } },
    usual: { doctor: "no" },
    triage: { red_flags: "none" },
    need: { profession: "gp", mode: "consultation", within_hours: 12, motives: [{ code: "otalgie" }] },
    origin: "patient",
  });
  assert.equal(raised.status, 201, JSON.stringify(raised.body));
  await type(operator, page.getByLabel("Téléphone", { exact: true }), `0${patient.phone.slice(3)}`);
  const found = page.locator("[data-known-pick]").first();
  await found.waitFor();
  const line = await hold(page, "**/direct/patients");
  await found.focus();
  await page.keyboard.press("Enter");
  await line.gone();
  const name = page.getByLabel("Prénoms");
  await type(operator, name, "Calliope");
  await line.release();
  await eventually(async () => (await page.getByLabel("Nom de naissance").inputValue()) === patient.birth_name, "the rest is filled in");
  assert.equal(await name.inputValue(), "Calliope", "what she typed stays");
  await endCall(operator);
  operator.assertNoComplaint();
  await operator.close();
});

test("signs ticked on the pharmacist's form survive the questions that come back", async () => {
  const pharmacist = await Person.at(browser, demo, PHONE);
  const { page } = pharmacist;
  await pharmacist.signIn(demo.account("professional", (a) => a.profession === "pharmacist"));
  await pharmacist.open("/demander");
  const line = await hold(page, "**/demander/fiche");
  await type(pharmacist, page.getByLabel("Motif", { exact: true }), "gorge");
  await page.keyboard.press("Tab");
  await line.gone();
  const sign = page.locator("[data-severity] input[name=sign]").first();
  await sign.evaluate((one) => one.closest("details")?.setAttribute("open", ""));
  await sign.check();
  await line.release();
  await eventually(async () => (await page.locator("[data-severity] input[name=sheet_shown]").inputValue()) === "GORGE", "the sheet's own questions");
  assert.ok(await page.locator("[data-severity] input[name=sign]").first().isChecked(), "the sign stays ticked");
  pharmacist.assertNoComplaint();
  await pharmacist.close();
});

test("a file of sheets is refused with its lines, put right on the page, and arrives as drafts", async () => {
  const coordinator = await Person.at(browser, demo, DESK, { script: false });
  const { page } = coordinator;
  await coordinator.signIn(demo.account("coordinator"));
  await coordinator.open("/protocoles");
  await page.getByRole("link", { name: "Importer un fichier" }).click();
  const sheet = (second) => `{"protocoles": [
{"code": "GENOU", "libelle": "Genou", "inclusion": "Genou tordu", "motifs": ["entorse"],
 "destinations": ["15", "MK"], "fin": ["MK"], "protocoles_cooperation": ["cheville"], "questions": [
{"cle": "genou-1", "genre": "alerte", "texte": "La jambe est-elle déformée ?", "si_oui": "15"},
${second}
]}
]}`;
  const wrong = sheet(`{"cle": "genou-2", "genre": "exclusion", "texte": "", "si_oui": "MT", "seulement_si": {"question": "genou-2", "reponse": "oui"}}`);
  await page.getByLabel("Choisir le fichier").setInputFiles({ name: "fiches.json", mimeType: "application/json", buffer: Buffer.from(wrong) });
  await page.getByRole("button", { name: "Importer en brouillons" }).click();
  assert.match(await page.title(), /^Erreur/);
  const told = await page.locator("main").innerText();
  assert.match(told, /Ligne 5, fiche GENOU\s+Il manque la phrase à lire/);
  assert.match(told, /Ligne 5, fiche GENOU\s+Sa condition tourne en rond/);
  await shot(coordinator, "importer-refuse-1366");
  assert.equal(await page.getByLabel("Texte du fichier").inputValue(), wrong, "put right on the page");
  const right = sheet(`{"cle": "genou-2", "genre": "exclusion", "texte": "Est-ce une douleur ancienne ?", "si_oui": "MT"}`);
  await page.getByLabel("Texte du fichier").fill(right);
  await page.getByRole("button", { name: "Importer en brouillons" }).click();
  assert.match(await page.locator("body").innerText(), /1 nouvelle, aucune modifiée, aucune inchangée/);
  await coordinator.open("/protocoles/GENOU");
  assert.match(await page.locator("main").innerText(), /Brouillon/);
  assert.match(await page.locator("main").innerText(), /Torsion de cheville/);
  await page.getByRole("link", { name: "Modifier ce brouillon" }).click();
  await page.getByText("Protocoles de coopération", { exact: true }).click();
  assert.ok(await page.getByLabel(/^Torsion de cheville/).isChecked());
  coordinator.assertNoComplaint();
  await coordinator.close();
});

test("a yes towards the 15 survives the version that no longer asks its question, even waiting its turn", async () => {
  const operator = await seated(1);
  const { page } = operator;
  const asked = await desk.question(page);
  // What was typed first is on its way, the yes behind it, while the coordinator puts a trunk without
  // that question in force.
  const line = await hold(page, "**/direct/suite");
  await pick(operator, "sex", "F");
  await type(operator, page.getByLabel("Nom de naissance"), "Érato");
  await page.keyboard.press("Tab");
  await line.gone();
  await page.keyboard.press("Alt+KeyO");
  const writer = await Person.at(browser, demo, DESK, { script: false });
  await writer.signIn(demo.account("coordinator"));
  await writer.open("/protocoles/TRONC");
  await writer.page.getByRole("button", { name: "Préparer une nouvelle version" }).click();
  await writer.page.locator("#retirer-0").check();
  await writer.page.getByRole("button", { name: "Enregistrer le brouillon" }).click();
  await writer.page.getByRole("link", { name: "Revenir à la fiche" }).click();
  await writer.page.getByRole("button", { name: "Mettre en vigueur" }).click();
  await writer.close();
  await line.release();
  await page.waitForURL(/\/direct\/15/);
  const words = asked.replaceAll(/[«»\u00a0]/g, " ").trim();
  const said = async () => (await page.getByRole("alertdialog").innerText()).replaceAll("\u00a0", " ");
  assert.ok((await said()).includes(words.slice(0, 40)), "the question as it was read");
  await page.goto("/direct");
  assert.ok(page.url().endsWith("/direct/15"), "a reload does not leave it");
  assert.ok((await said()).includes(words.slice(0, 40)));
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/dit=transferee/);
  operator.assertNoComplaint();
  await operator.close();
});

// Six calls as an operator who has never seen the page takes them, with the keyboard alone: simple,
// red flag, "ne sait pas", out of scope, out of territory, duplicate. Then what happens when the
// machine, the other window or the other desk gets in the way: nothing typed is lost.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../harness/browser.mjs";
import * as desk from "../harness/desk.mjs";
import { canary } from "../harness/identity.mjs";
import { choose, pick, type } from "../harness/keyboard.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { MASSY } from "../harness/story.mjs";

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

const seated = (index = 0) => desk.seated(browser, demo, { index });
const requests = () => desk.requests(demo);
const answer = ({ page }, key) => desk.answer(page, key);
const through = ({ page }) => desk.through(page);

/** Who calls, for whom, where. */
async function caller(operator, patient, town = "Massy 91300") {
  const { page } = operator;
  await type(operator, page.getByLabel("Téléphone", { exact: true }), `0${patient.phone.slice(3)}`);
  await type(operator, page.getByLabel("Nom de naissance"), patient.birth_name);
  await type(operator, page.getByLabel("Prénoms"), patient.first_names);
  const [year, month, day] = patient.birth_date.split("-");
  await type(operator, page.getByLabel("Né ou née le"), `${day}/${month}/${year}`);
  await pick(operator, "sex", "F");
  await type(operator, page.getByLabel("Commune", { exact: true }), town);
}

async function motive(operator, words) {
  const { page } = operator;
  await type(operator, page.getByLabel("Motif", { exact: true }), words);
  await page.keyboard.press("Enter");
  await eventually(async () => (await page.locator("#call-motive").innerText()) !== "Pourquoi la personne appelle", `the motive of « ${words} »`);
}

async function usual(operator) {
  const { page } = operator;
  await pick(operator, "usual", "no");
  await eventually(async () => (await page.locator("#call-usual").innerText()).startsWith("Aucun"), "no usual doctor", 10_000).catch(() => undefined);
}

async function contacts(operator) {
  const today = await operator.page.request.get("/appels");
  return today.text();
}

test("a simple call: questions one at a time, the need as the sheet proposes it, launched, undone", async () => {
  const operator = await seated();
  const { page } = operator;
  const patient = canary(MASSY.insee, MASSY.postcode);
  const before_ = (await requests()).length;
  await operator.assertAccessible("a call that begins");
  await caller(operator, patient);
  await through(operator);
  await motive(operator, "mal d'oreille");
  await through(operator);
  assert.match(await page.locator("#call-gravity").innerText(), /Aucun des \d+ signes/);
  assert.equal(await page.getByLabel("Profession", { exact: true }).inputValue(), "gp", "proposed by the sheet");
  assert.match(await page.locator("#call-ask").innerText(), /La fiche propose/);
  await usual(operator);
  await eventually(
    async () => /[1-9]\d*.*sollicité/s.test(await page.locator("[data-reach-out]").innerText()),
    "how many would be asked",
  );
  await operator.assertAccessible("a call ready to launch");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/\/demandes\//);
  const launched = new URL(page.url()).pathname.split("/").at(-1);
  assert.equal((await requests()).length, before_ + 1);
  const undo = page.getByRole("button", { name: /Annuler/ }).and(page.locator(".toast button"));
  await undo.waitFor();
  await page.keyboard.press("Alt+KeyZ");
  await page.waitForURL(/\/direct/);
  assert.equal((await requests()).find((one) => one.id === launched).status, "cancelled");
  assert.equal(await page.getByLabel("Nom de naissance").inputValue(), patient.birth_name, "back on the call, nothing lost");
  operator.assertNoComplaint();
  await operator.close();
});

test("a red flag: only the 15, the call is closed with its sign", async () => {
  const operator = await seated(1);
  const { page } = operator;
  const before_ = (await requests()).length;
  await caller(operator, canary(MASSY.insee, MASSY.postcode));
  await answer(operator, "N");
  await answer(operator, "O");
  await page.waitForURL(/\/direct\/15/);
  await page.getByRole("alertdialog").waitFor();
  const first = await page.evaluate(() => document.activeElement?.getAttribute("href"));
  assert.equal(first, "tel:15", "the focus is on the 15");
  await page.keyboard.press("Escape");
  assert.ok(page.url().endsWith("/direct/15"), "Escape does not leave");
  await operator.assertAccessible("the interruption");
  const said = await page.getByRole("alertdialog").innerText();
  assert.match(said, /si le 15 ne répond pas\s: 01 99 00 15 91/);
  await page.goto("/direct");
  assert.ok(page.url().endsWith("/direct/15"), "a reload does not leave either");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/dit=transferee/);
  assert.equal((await requests()).length, before_, "a red flag raised a request");
  assert.ok(/s-15"[^§]*Transfert au 15/.test(await contacts(operator)), "the day's log says so");
  operator.assertNoComplaint();
  await operator.close();
});

test("« ne sait pas » to a red flag: the regulator decides before anybody is asked", async () => {
  const operator = await seated();
  const { page } = operator;
  // The call undone above is still on the desk: closed first.
  await end(operator, "wrong-number");
  await caller(operator, canary(MASSY.insee, MASSY.postcode));
  await answer(operator, "S");
  await through(operator);
  await motive(operator, "oreille");
  await through(operator);
  assert.match(await page.locator("#call-ask").innerText(), /Avis du médecin régulateur/);
  await usual(operator);
  if ((await page.getByLabel("Profession", { exact: true }).inputValue()) === "") {
    await choose(operator, page.getByLabel("Profession", { exact: true }), "gp");
  }
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/dit=a-qualifier/);
  const id = new URL(page.url()).pathname.split("/").at(-1);
  const raised = (await requests()).find((one) => one.id === id);
  assert.equal(raised.status, "to_qualify");
  await operator.close();
});

/** Ends the call on the desk with an outcome, by keyboard. */
async function end(operator, outcome, scope = "") {
  const { page } = operator;
  if (page.url().includes("/demandes/")) await operator.open("/direct");
  await page.keyboard.press("Alt+KeyI");
  await choose(operator, page.getByLabel("Issue de l’appel"), outcome);
  if (scope) await choose(operator, page.getByLabel("Si hors du champ"), scope);
  await operator.tabTo(page.getByRole("button", { name: /^Clore l’appel/ }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/dit=appel/);
}

test("out of scope: a renewal ends with its code, no request", async () => {
  const operator = await seated();
  const before_ = (await requests()).length;
  await caller(operator, canary(MASSY.insee, MASSY.postcode));
  await end(operator, "out-of-scope", "renewal");
  assert.equal((await requests()).length, before_);
  assert.ok(/issue=out-of-scope/.test(await contacts(operator)), "the day's log says so");
  await operator.close();
});

test("out of territory: the page says so before anything is filled in, and launches nothing", async () => {
  const operator = await seated();
  const { page } = operator;
  const before_ = (await requests()).length;
  await caller(operator, canary(MASSY.insee, MASSY.postcode), "Marseille 13001");
  await through(operator);
  await eventually(async () => /n’est pas dans votre secteur/.test(await page.locator("#call-ask").innerText()), "whose it is not");
  assert.equal(await page.getByRole("button", { name: /^Lancer/ }).count(), 0);

  // The commune said again is on its way while she already fills in how the call ends: what comes back leaves her there.
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route("**/direct/suite", async (route) => { await held; await route.continue(); });
  // Folded or not yet, as the last answer left it: no answer folds what the keyboard is in, and what is
  // open is not closed by opening it.
  const fold = page.locator("#pas-appelant");
  await operator.tabTo(fold.locator("> summary"));
  if (!(await fold.evaluate((one) => one.open))) await page.keyboard.press("Enter");
  await type(operator, page.getByLabel("Commune", { exact: true }), "Marseille 13002");
  await page.keyboard.press("Alt+KeyI");
  const outcome = page.getByLabel("Issue de l’appel");
  await choose(operator, outcome, "out-of-scope");
  const taken = page.evaluate(() => new Promise((done) => {
    document.querySelector("form[data-call]")?.addEventListener("relais:count", () => setTimeout(done, 0), { once: true });
  }));
  release();
  await taken;
  assert.ok(await outcome.evaluate((element) => element === document.activeElement), "the keyboard stays where she put it");
  await end(operator, "out-of-territory");
  assert.equal((await requests()).length, before_);
  await operator.close();
});

test("a call cut by a crash is found again, on hold by another, taken on another desk", async () => {
  const operator = await seated();
  const { page } = operator;
  const patient = canary(MASSY.insee, MASSY.postcode);
  await type(operator, page.getByLabel("Nom de naissance"), patient.birth_name);
  await page.keyboard.press("Tab");
  await eventually(async () => /brouillon gardé/.test(await page.locator("#call-kept").innerText()), "kept within two seconds", 2_500);
  await answer(operator, "N");
  await demo.killAndRestart();
  await operator.open("/direct");
  assert.equal(await page.getByLabel("Nom de naissance").inputValue(), patient.birth_name);
  assert.match(await page.locator(".ask__meta").innerText(), /Question 2 sur/, "where one was");

  // A second call: the first waits, and loses nothing.
  await page.keyboard.press("Alt+KeyA");
  await page.waitForURL(/dit=attente/);
  assert.equal(await page.getByLabel("Nom de naissance").inputValue(), "");
  const other = await seated(1);
  await other.page.getByRole("button", { name: /1 en attente/ }).waitFor();
  await other.page.keyboard.press("Alt+KeyA");
  await eventually(
    async () => (await other.page.getByLabel("Nom de naissance").inputValue()) === patient.birth_name,
    "the call on the other desk",
  );
  await end(other, "hung-up");
  operator.assertNoComplaint();
  await operator.close();
  await other.close();
});

test("two windows on one call: the second is told, and its words stay", async () => {
  const operator = await seated();
  const { page } = operator;
  await type(operator, page.getByLabel("Nom de naissance"), "Terpsichore");
  await page.keyboard.press("Tab");
  await eventually(async () => /brouillon gardé/.test(await page.locator("#call-kept").innerText()), "kept");
  const second = await operator.context.newPage();
  await second.goto("/direct");
  await second.getByLabel("Prénoms").fill("Ondine");
  await second.keyboard.press("Tab");
  await eventually(async () => (await second.locator("#call-kept").innerText()).includes("brouillon gardé"), "kept by the second");
  await second.waitForTimeout(300);
  await type(operator, page.getByLabel("Adresse"), "3 rue des Lilas");
  await page.keyboard.press("Tab");
  await page.locator("#call-clash [role=alert]").waitFor();
  assert.match(await page.locator("#call-clash").innerText(), /Rien de ce que vous avez tapé n’est perdu/);
  assert.equal(await page.getByLabel("Adresse").inputValue(), "3 rue des Lilas");
  await operator.tabTo(page.getByRole("button", { name: "Garder ce qui est affiché ici" }));
  await page.keyboard.press("Enter");
  await eventually(async () => (await page.locator("#call-clash [role=alert]").count()) === 0, "settled");
  await operator.open("/direct");
  assert.equal(await page.getByLabel("Adresse").inputValue(), "3 rue des Lilas");
  await end(operator, "wrong-number");
  await operator.close();
});

/** What the exchange says of a call. */
async function exchange(event, id, from, desk) {
  const told = await demo.api(demo.account("partner"), "POST", "/calls", { event, call_id: id, from, ...(desk ? { desk } : {}) });
  assert.ok(told.status < 300, JSON.stringify(told.body));
}

test("answered on her telephone, the call opens by itself; a second one is told and takes nothing away", async () => {
  const operator = await seated(1);
  const { page } = operator;
  const login = demo.accounts.filter((a) => a.role === "operator")[1].login;
  const [first, second] = [canary(MASSY.insee, MASSY.postcode), canary(MASSY.insee, MASSY.postcode)];
  const national = ({ phone }) => `0${phone.slice(3)}`.replace(/(..)(?=.)/g, "$1 ").trim();
  await exchange("ringing", "e2e-1", national(first));
  await exchange("answered", "e2e-1", national(first), login);
  await eventually(async () => (await page.getByLabel("Téléphone", { exact: true }).inputValue()) === national(first), "the call on her page");
  await type(operator, page.getByLabel("Nom de naissance"), first.birth_name);
  await exchange("ringing", "e2e-2", national(second));
  await exchange("answered", "e2e-2", national(second), login);
  await page.locator("#call-second p").waitFor();
  assert.equal(await page.getByLabel("Nom de naissance").inputValue(), first.birth_name, "nothing typed moves");
  await operator.assertAccessible("a second call on the same desk");
  await operator.tabTo(page.getByRole("button", { name: "Passer à l’autre appel" }));
  await page.keyboard.press("Enter");
  await eventually(async () => (await page.getByLabel("Téléphone", { exact: true }).inputValue()) === national(second), "the second call");
  await end(operator, "wrong-number");
  await page.keyboard.press("Alt+KeyA");
  await eventually(async () => (await page.getByLabel("Nom de naissance").inputValue()) === first.birth_name, "the first again");
  await end(operator, "hung-up");
  operator.assertNoComplaint();
  await operator.close();
});

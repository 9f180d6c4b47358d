// The six practice calls, as a stranger plays them: only what the page says, only the keyboard, one
// after the other, each to the end its script asks for. The log of the day must then say the same.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../harness/browser.mjs";
import * as desk from "../harness/desk.mjs";
import { choose, pick, type } from "../harness/keyboard.mjs";
import { Demo, eventually } from "../harness/server.mjs";

let demo;
let browser;
let operator;
let page;
before(async () => {
  demo = await Demo.start();
  browser = await launch();
  operator = await desk.seated(browser, demo);
  page = operator.page;
});
after(async () => {
  await operator?.close();
  await browser?.close();
  await demo?.stop();
});

/** What the person says, as it is written beside the page. */
const facts = () => page.evaluate(() => Object.fromEntries(
  [...document.querySelectorAll(".practice dl > div")].map((one) => [one.querySelector("dt").textContent, one.querySelector("dd").textContent]),
));
const says = () => page.locator(".practice__say").innerText();
const asked = () => desk.question(page);
const answer = (key) => desk.answer(page, key);
const through = () => desk.through(page);
const led = () => page.locator("#call-ask").innerText();
const field = (label) => page.getByLabel(label, { exact: true });
const requests = () => desk.requests(demo);
/** How many calls of the day ended so. */
const ended = async (outcome, code = null) => {
  const { body } = await demo.api(demo.account("operator"), "GET", `/contacts?limit=100&outcome=${outcome}`);
  return body.items.filter((one) => code === null || one.reason_code === code).length;
};

/** On the page of a practice call, where the one before led unless it failed. */
async function at(name) {
  if (!page.url().endsWith(`exemple=${name}`)) await operator.open(`/direct?exemple=${name}`);
}

/** The number finds whoever is known; the rest is typed for the others. */
async function caller(town) {
  const said = await facts();
  await page.keyboard.type(said["Téléphone"].replaceAll(/\D/g, ""));
  await page.getByRole("button", { name: /née? en \d{4}/ }).first().waitFor();
  await page.keyboard.press("Alt+Digit1");
  await eventually(async () => (await field("Nom de naissance").inputValue()) === said["Nom de naissance"], "the form filled");
  if (town) {
    await eventually(async () => !(await page.locator("#pas-appelant").evaluate((one) => one.open)), "the caller in one line");
    await page.locator("#pas-appelant > summary").press("Enter");
    await type(operator, field("Commune"), said["Commune"]);
    await page.keyboard.press("Tab");
  }
}

async function motive(words) {
  await eventually(() => page.evaluate(() => document.activeElement?.id === "motive"), "the keyboard on the motive");
  await page.keyboard.type(words);
  await page.keyboard.press("Enter");
  await eventually(async () => (await page.locator("#call-motive").innerText()) !== "Pourquoi la personne appelle", "the motive");
}

/** The end of a call, and the next one, whose script says something else. */
async function onward(says_) {
  await page.locator(".toast").waitFor();
  const before_ = page.url();
  await page.keyboard.press("Alt+KeyE");
  await page.waitForURL((url) => url.href !== before_);
  if (says_) assert.match(await says(), says_);
}

test("a simple call: launched, the usual doctor alone first", async () => {
  await operator.open("/demo");
  await operator.open("/direct?exemple=essai-simple");
  assert.match(await says(), /mal à l’oreille/);
  await caller();
  await through();
  await motive("oreille");
  await through();
  await eventually(async () => /sollicité/.test(await page.locator("[data-reach-out]").innerText()), "the count");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/\/demandes\/req_.*dit=lancee/);
  assert.match(await page.locator("main").innerText(), /Médecin traitant/);
  await onward(/poitrine/);
});

test("a red flag: yes to the chest, nothing but the 15, the transfer done", async () => {
  await at("essai-alerte");
  await caller();
  for (let n = 0; n < 20 && !(await asked()).includes("poitrine"); n += 1) await answer("N");
  await answer("O");
  await page.waitForURL(/\/direct\/15/);
  await page.getByRole("alertdialog").waitFor();
  for (const box of await page.locator("input[name=fait]").all()) {
    await operator.tabTo(box);
    await page.keyboard.press("Space");
  }
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/dit=transferee/);
  await onward(/ne (le|la) vois plus/);
});

test("« ne sait pas »: nobody is asked before the regulator; the letter on the key counts, not its place", async () => {
  await at("essai-doute");
  await caller();
  // A French keyboard: the key that says A stands where others have their Q.
  await page.getByRole("button", { name: /^Attente/ }).waitFor();
  const client = await operator.context.newCDPSession(page);
  const key = { key: "a", code: "KeyQ", modifiers: 1, windowsVirtualKeyCode: 65 };
  await client.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...key });
  await client.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
  await client.detach();
  await page.waitForURL(/dit=attente/);
  await page.keyboard.press("Alt+KeyA");
  await eventually(async () => (await field("Nom de naissance").inputValue()) !== "", "the call taken again");
  await answer("S");
  await through();
  await motive("oreille");
  await through();
  assert.match(await led(), /Avis du médecin régulateur/);
  await pick(operator, "usual", "no");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/dit=a-qualifier/);
  const id = new URL(page.url()).pathname.split("/").at(-1);
  assert.equal((await requests()).find((one) => one.id === id).status, "to_qualify");
  await onward(/ordonnance/);
});

test("out of scope: the page gives the words, the same key closes the call with its code", async () => {
  await at("essai-ordonnance");
  const renewals = await ended("out-of-scope", "renewal");
  const before_ = (await requests()).length;
  await caller();
  await through();
  await motive("ordonnance");
  await through();
  assert.match(await led(), /hors du service[\s\S]*C’est dit, clore l’appel/);
  await operator.assertAccessible("a call that leaves the service");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/dit=appel/);
  assert.equal((await requests()).length, before_);
  assert.equal(await ended("out-of-scope", "renewal"), renewals + 1);
  await onward(/Marseille/);
});

test("out of territory: said as soon as no sign stops the call, closed with the same key", async () => {
  await at("essai-ailleurs");
  const strangers = await ended("out-of-territory");
  const before_ = (await requests()).length;
  await caller(true);
  await through();
  assert.match(await led(), /Marseille.* n’est pas dans votre secteur/);
  assert.equal(await page.getByRole("button", { name: /^Lancer/ }).count(), 0, "nothing to launch");
  await operator.assertAccessible("a call from elsewhere");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/dit=appel/);
  assert.equal((await requests()).length, before_);
  assert.equal(await ended("out-of-territory"), strangers + 1);
  await onward(/déjà appelé/);
});

test("a duplicate: joined to the open request by its key, with what the caller adds", async () => {
  await at("essai-doublon");
  const before_ = (await requests()).length;
  await caller();
  await page.getByRole("button", { name: /C’est la même demande/ }).first().waitFor();
  await page.keyboard.press("Alt+KeyM");
  await page.getByRole("button", { name: /Rattacher/ }).waitFor();
  await page.keyboard.type("Rappelle, c’est toujours pareil");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/dit=rattachee/);
  assert.equal((await requests()).length, before_, "another request was raised");
  await onward();
  assert.ok(page.url().endsWith("/demo"), "the six are played");
  operator.assertNoComplaint();
});

test("another outcome, without leaving the keyboard: nothing is chosen in advance", async () => {
  await operator.open("/direct");
  await page.keyboard.type("0639989999");
  await page.keyboard.press("Alt+KeyI");
  const outcome = page.getByLabel("Issue de l’appel");
  assert.ok(await outcome.evaluate((one) => one === document.activeElement), "the keyboard on the outcome");
  await page.keyboard.press("Control+Enter");
  await page.locator(".errsum").waitFor();
  assert.match(await page.locator(".errsum").innerText(), /Choisissez l’issue de l’appel/);
  await page.keyboard.press("Alt+KeyI");
  await choose(operator, outcome, "out-of-scope");
  await choose(operator, page.getByLabel("Si hors du champ"), "certificate");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/dit=appel/);
  assert.equal(await ended("out-of-scope", "certificate"), 1);
  operator.assertNoComplaint();
});

// The operator at her desk and the questions of a call, with the keyboard alone. Owns sitting down, one
// answer and the usual answers; knows the page of the call, and no journey.

import assert from "node:assert/strict";
import { DESK, Person } from "./browser.mjs";
import { eventually } from "./server.mjs";

/** More questions than any sheet with the trunk. */
const MOST = 60;

/** One of the operators, signed in, on a page of the desk. */
export async function seated(browser, demo, { index = 0, path = "/direct" } = {}) {
  const operator = await Person.at(browser, demo, DESK);
  const accounts = demo.accounts.filter((a) => a.role === "operator");
  await operator.signIn(accounts[index] ?? accounts[0]);
  await operator.open(path);
  return operator;
}

/** What is asked now, and what a yes does; nothing once the questions are over. */
const asking = (page) => page.evaluate(() => ({
  question: document.querySelector("#q-texte")?.textContent ?? "",
  consequence: document.querySelector(".ask__if")?.textContent ?? "",
}));

/** What is read to the caller now. */
export const question = async (page) => (await asking(page)).question;

/** One answer, by its key; done when the page asks something else, or shows the 15. */
export async function answer(page, key) {
  const asked = await question(page);
  await page.keyboard.press(`Alt+Key${key}`);
  await eventually(async () => {
    if (page.url().endsWith("/direct/15")) return true;
    // The page may be leaving for the interruption at this very moment.
    return (await question(page).catch(() => asked)) !== asked;
  }, `something after « ${asked} »`);
}

/** The usual answer to whatever is asked: no, but yes when the sheet asks whether it applies. */
export async function through(page) {
  for (let pressed = 0; pressed < MOST; pressed += 1) {
    const { question: asked, consequence } = await asking(page);
    if (!asked) return pressed;
    await answer(page, consequence.includes("la fiche s’applique") ? "O" : "N");
  }
  assert.fail("the questions never ended");
}

/** The requests the desk sees. */
export const requests = async (demo) => (await demo.api(demo.account("operator"), "GET", "/requests")).body.items;

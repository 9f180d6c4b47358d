// A caller who is known: the number alone finds them, and a simple call is launched in few keys.
// A second call for the same need is joined to the first instead of raising another request.
// The scripts are those of the demonstration's practice calls, read on the page as a newcomer does.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, Person, launch } from "../harness/browser.mjs";
import * as desk from "../harness/desk.mjs";
import { through } from "../harness/desk.mjs";
import { pick, type } from "../harness/keyboard.mjs";
import { Demo, eventually } from "../harness/server.mjs";

/** Keys besides the typed text, for a simple case and a known caller. */
const KEYS = 25;

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

/** The operator in front of a practice call, its script read from the page, her keys counted. */
async function seated(name) {
  const operator = await Person.at(browser, demo, DESK);
  operator.keys = 0;
  await operator.context.exposeBinding("counted", () => { operator.keys += 1; });
  await operator.context.addInitScript(() => {
    addEventListener("keydown", (event) => {
      if (["Control", "Alt", "Shift", "Meta"].includes(event.key)) return;
      const text = event.key.length === 1 && !event.ctrlKey && !event.altKey;
      // Text is what goes into a field; a letter elsewhere is a key.
      const typed = text && event.target instanceof HTMLElement && event.target.matches("input:not([type=radio],[type=checkbox]),textarea");
      if (!typed) window.counted();
    }, true);
  });
  await operator.signIn(demo.account("operator"));
  await operator.open(`/direct?exemple=${name}`);
  const facts = await operator.page.evaluate(() => Object.fromEntries(
    [...document.querySelectorAll(".practice dl > div")].map((one) => [one.querySelector("dt").textContent, one.querySelector("dd").textContent]),
  ));
  operator.keys = 0;
  return { operator, facts };
}

const requests = () => desk.requests(demo);

test(`a known caller with a simple need: launched in ${KEYS} keys at most besides the text`, async () => {
  const { operator, facts } = await seated("essai-simple");
  const { page } = operator;
  const before_ = (await requests()).length;
  // The page opens on the number.
  await page.keyboard.type(facts["Téléphone"].replaceAll(/\D/g, ""));
  await page.getByRole("button", { name: /née? en \d{4}/ }).first().waitFor();
  await operator.assertAccessible("the people known under a number");
  await page.keyboard.press("Alt+Digit1");
  await eventually(async () => (await page.getByLabel("Nom de naissance").inputValue()) === facts["Nom de naissance"], "the form filled");
  await eventually(async () => !(await page.locator("#pas-appelant").evaluate((one) => one.open)), "the caller in one line");
  await through(page);
  await eventually(async () => page.evaluate(() => document.activeElement?.id === "motive"), "the keyboard on the motive");
  await page.keyboard.type("oreille");
  await page.keyboard.press("Enter");
  await eventually(async () => (await page.locator("#call-motive").innerText()) !== "Pourquoi la personne appelle", "the motive");
  await through(page);
  await eventually(async () => /[1-9]\d*.*sollicité/s.test(await page.locator("[data-reach-out]").innerText()), "the count");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/\/demandes\/req_.*dit=/).catch(async () => assert.fail(await page.locator(".errsum").innerText()));
  assert.equal((await requests()).length, before_ + 1);
  assert.ok(operator.keys <= KEYS, `${operator.keys} keys`);
  console.log(`# ${operator.keys} keys besides the text`);
  operator.assertNoComplaint();
  await operator.close();
});

test("a second call for the same need is joined to the open request, with what it adds", async () => {
  const { operator, facts } = await seated("essai-doublon");
  const { page } = operator;
  const before_ = (await requests()).length;
  await page.keyboard.type(facts["Téléphone"].replaceAll(/\D/g, ""));
  await page.getByRole("button", { name: /née? en \d{4}/ }).first().waitFor();
  await page.keyboard.press("Alt+Digit1");
  const same = page.getByRole("button", { name: "C’est la même demande" });
  await same.first().waitFor();
  await operator.assertAccessible("a possible duplicate");
  await operator.tabTo(same.first());
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /Rattacher/ }).waitFor();
  await operator.assertAccessible("a call to be joined");
  await type(operator, page.getByLabel(/ajoute/), "Rappelle, pas de nouvelles, la douleur augmente");
  await operator.tabTo(page.getByRole("button", { name: /Rattacher/ }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/dit=rattachee/);
  assert.equal((await requests()).length, before_, "another request was raised");
  await operator.open("/direct");
  assert.equal(await page.getByLabel("Nom de naissance").inputValue(), "", "the call is over");
  operator.assertNoComplaint();
  await operator.close();
});

test("a request that ended while the page was open takes no call; the form comes back whole", async () => {
  const { operator, facts } = await seated("essai-doublon");
  const { page } = operator;
  await page.keyboard.type(facts["Téléphone"].replaceAll(/\D/g, ""));
  await page.getByRole("button", { name: /née? en \d{4}/ }).first().waitFor();
  await page.keyboard.press("Alt+Digit1");
  const same = page.getByRole("button", { name: "C’est la même demande" });
  await same.first().waitFor();
  const name = await page.getByLabel("Nom de naissance").inputValue();
  await operator.tabTo(same.first());
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /Rattacher/ }).waitFor();
  const id = await page.locator("input[name=same_as]").inputValue();
  const cancelled = await demo.api(demo.account("operator"), "POST", `/requests/${id}/cancel`, { by: "patient", reason: "Va mieux" });
  assert.equal(cancelled.status, 200);
  await operator.tabTo(page.getByRole("button", { name: /Rattacher/ }));
  await page.keyboard.press("Enter");
  await page.getByText(/a pris fin/).waitFor();
  await operator.assertAccessible("a call that cannot be joined any more");
  await operator.tabTo(page.getByRole("button", { name: /Revenir à la saisie/ }));
  await page.keyboard.press("Enter");
  // Somebody known is folded in one line of the form.
  await page.getByLabel("Nom de naissance").waitFor({ state: "attached" });
  assert.equal(await page.getByLabel("Nom de naissance").inputValue(), name, "what was typed is there");
  await operator.close();
});

test("someone looked for by name and birth date; nobody known is said so, and the typing stays", async () => {
  const { operator, facts } = await seated("essai-simple");
  const { page } = operator;
  await type(operator, page.getByLabel("Nom de naissance"), facts["Nom de naissance"]);
  await type(operator, page.getByLabel("Né ou née le"), facts["Date de naissance"]);
  await page.keyboard.press("Alt+KeyP");
  await page.getByRole("button", { name: /née? en \d{4}/ }).first().waitFor();
  await type(operator, page.getByLabel("Nom de naissance"), "Inconnue-au-bataillon");
  await page.keyboard.press("Alt+KeyP");
  await page.getByText("Personne de connu").waitFor();
  assert.equal(await page.getByLabel("Nom de naissance").inputValue(), "Inconnue-au-bataillon");
  await pick(operator, "sex", "F");
  await page.keyboard.press("Alt+KeyI");
  await operator.close();
});

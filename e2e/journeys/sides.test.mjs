// The operator's page on a small laptop: one side at a time, the counters always, and her own keys.
// Keyboard only.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person, launch } from "../harness/browser.mjs";
import { question, seated } from "../harness/desk.mjs";
import { type } from "../harness/keyboard.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { body, raise } from "../harness/story.mjs";

const SMALL = { width: 1024, height: 768 };

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

const shown = (page, selector) => page.locator(selector).first().isVisible();
const focused = (page) => page.evaluate(() => document.activeElement?.textContent ?? "");

async function onSmall(options) {
  const operator = await Person.at(browser, demo, SMALL, options);
  await operator.signIn(demo.account("operator"));
  await operator.open("/direct");
  return operator;
}

test("on a small laptop the call or the board is shown, and no key presses what is not", async () => {
  const { id } = await raise(demo, demo.account("operator"), body());
  const operator = await onSmall();
  const { page } = operator;
  assert.ok(await shown(page, "#q-texte") && !(await shown(page, ".live")), "the call first");
  assert.ok(await shown(page, ".tabs a"), "the counters beside it");
  await operator.assertAccessible("the call on a small laptop");
  const asked = await question(page);

  await page.keyboard.press("Alt+ArrowDown");
  await eventually(() => shown(page, ".live"), "the board");
  assert.ok(await page.evaluate(() => document.activeElement?.closest(".live") !== null), "on its first row");
  assert.ok(!(await shown(page, "#q-texte")));
  assert.equal(await page.getByRole("link", { name: "Tableau des demandes" }).getAttribute("aria-current"), "true");
  await operator.assertAccessible("the board on a small laptop");
  assert.ok(await page.locator(`.live a[href="/demandes/${id}"]`).isVisible());

  // The answer of a question nobody sees is not given: the question comes first.
  await page.keyboard.press("Alt+KeyN");
  await eventually(() => shown(page, "#q-texte"), "the call again");
  assert.equal(await question(page), asked);
  assert.match(await focused(page), /^Non/);
  await page.keyboard.press("Alt+KeyN");
  await eventually(async () => (await question(page)) !== asked, "the next question");

  await operator.tabTo(page.locator(".tabs a").first());
  await page.keyboard.press("Enter");
  await eventually(() => shown(page, ".live"), "the board, by its counter");
  await page.keyboard.press("Alt+KeyC");
  await eventually(() => shown(page, "#q-texte"), "the call, by its key");
  operator.assertNoComplaint();
  await operator.close();
});

test("without script the tabs are links", async () => {
  const operator = await onSmall({ script: false });
  const { page } = operator;
  assert.ok(await shown(page, "#q-texte") && !(await shown(page, ".live")));
  await page.getByRole("link", { name: "Tableau des demandes" }).click();
  assert.ok(await shown(page, ".live") && !(await shown(page, "#q-texte")));
  await page.getByRole("link", { name: "Appel", exact: true }).click();
  assert.ok(await shown(page, "#q-texte"));
  await operator.close();
});

test("a key is given another on this desk, written where it is used, and every key is there to switch off", async () => {
  const operator = await seated(browser, demo);
  const { page } = operator;
  const no = page.locator(".ask__a [value=no]");
  const list = page.getByRole("dialog", { name: "Raccourcis du clavier" });
  const said = () => list.getByRole("status").innerText();
  await page.keyboard.press("Alt+?");
  await list.waitFor();
  await operator.assertAccessible("the list of the keys");
  await operator.tabTo(list.locator("[data-chord='Alt+KeyN']"));
  await page.keyboard.press("Enter");
  await page.keyboard.press("x");
  assert.match(await said(), /Il faut Alt ou Ctrl/);
  await page.keyboard.press("Alt+KeyO");
  assert.match(await said(), /Alt O sert déjà\s: Oui/);
  await page.keyboard.press("Control+KeyW");
  assert.match(await said(), /Le navigateur garde Ctrl W/);
  await page.keyboard.press("Alt+KeyX");
  assert.match(await said(), /Non\s: Alt X/);
  await page.keyboard.press("Escape");
  await list.waitFor({ state: "hidden" });
  assert.match(await no.innerText(), /Alt X/);

  const place = async () => Number(/Question (\d+) sur/.exec(await page.locator(".ask__meta").innerText())?.[1]);
  const [first, before_] = [await question(page), await place()];
  await page.keyboard.press("Alt+KeyN");
  await page.keyboard.press("Alt+KeyX");
  await eventually(async () => (await question(page)) !== first, "the next question");
  assert.equal(await place(), before_ + 1, "one answer, not two");
  assert.match(await no.innerText(), /Alt X/, "written again in what came back");

  await operator.open("/direct");
  assert.match(await no.innerText(), /Alt X/, "kept on this desk");
  await page.keyboard.press("Alt+?");
  await operator.tabTo(page.getByRole("button", { name: "Touches d’origine" }));
  await page.keyboard.press("Enter");
  await operator.tabTo(page.getByRole("switch"));
  await page.keyboard.press("Space");
  await page.keyboard.press("Escape");
  assert.match(await no.innerText(), /Alt N/);
  const second = await question(page);
  await page.keyboard.press("Alt+KeyN");
  await page.keyboard.press("Alt+?");
  await operator.tabTo(page.getByRole("switch"));
  assert.equal(await question(page), second, "switched off");
  await page.keyboard.press("Space");
  operator.assertNoComplaint();
  await operator.close();
});

test("Ctrl K from the call: the number of a request opens it", async () => {
  const { id, code } = await raise(demo, demo.account("operator"), body());
  const operator = await seated(browser, demo);
  const { page } = operator;
  await page.keyboard.press("Control+KeyK");
  await page.waitForURL(/\/demandes#q/);
  const field = page.getByLabel("Numéro de la demande, ou commune");
  await eventually(() => field.evaluate((one) => one === document.activeElement), "the keyboard in the search");
  await page.keyboard.type("06 39 98 91 07");
  await page.keyboard.press("Enter");
  await page.locator(".errsum").waitFor();
  assert.equal(new URL(page.url()).search, "", "no number in an address");
  await operator.assertAccessible("a search that found nothing");
  await page.keyboard.press("Control+KeyK");
  await type(operator, field, code);
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(`/demandes/${id}`));
  operator.assertNoComplaint();
  await operator.close();
});

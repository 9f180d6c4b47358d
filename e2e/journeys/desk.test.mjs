// The desk besides the call: photos that go with it, and a call lived on paper entered afterwards.
// Keyboard only; the photo is chosen through the browser's own window.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../harness/browser.mjs";
import * as desk from "../harness/desk.mjs";
import { through } from "../harness/desk.mjs";
import { canary } from "../harness/identity.mjs";
import { choose, pick, type } from "../harness/keyboard.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { MASSY, usualDoctor } from "../harness/story.mjs";

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

/** The file windows that opened, per page: listened to from the start, because a window opened before
 *  the browser was told to hand it over is nobody's. */
const windows = new WeakMap();

async function seated(path) {
  const operator = await desk.seated(browser, demo, { path });
  const opened = [];
  windows.set(operator.page, opened);
  operator.page.on("filechooser", (one) => opened.push(one));
  return operator;
}

const french = (date) => date.split("-").reverse().join("/");
const national = (phone) => `0${phone.slice(3)}`;

/** Eight by eight pixels, made in the browser: a real PNG. */
async function picture(page) {
  const bytes = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(8, 8);
    canvas.getContext("2d").fillRect(0, 0, 8, 8);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  return { name: "IMG_0042.png", mimeType: "image/png", buffer: Buffer.from(bytes) };
}

/** The file window, opened by the keyboard. */
async function attach(operator, file) {
  const { page } = operator;
  await operator.tabTo(page.locator("input[name=photos]"));
  await page.keyboard.press("Space");
  const chooser = await eventually(() => windows.get(page).shift(), "the window of files");
  await chooser.setFiles(file);
}

test("a photo with a call: one that is none is refused in words, nothing typed is lost, then it goes along", async () => {
  const operator = await seated("/direct");
  const { page } = operator;
  const patient = canary(MASSY.insee, MASSY.postcode);
  await type(operator, page.getByLabel("Téléphone", { exact: true }), national(patient.phone));
  await type(operator, page.getByLabel("Nom de naissance"), patient.birth_name);
  await type(operator, page.getByLabel("Prénoms"), patient.first_names);
  await type(operator, page.getByLabel("Né ou née le"), french(patient.birth_date));
  await pick(operator, "sex", "F");
  await type(operator, page.getByLabel("Commune", { exact: true }), `${MASSY.name} ${MASSY.postcode}`);
  await page.keyboard.press("Tab");
  await through(page);
  await eventually(() => page.evaluate(() => document.activeElement?.id === "motive"), "the keyboard on the motive");
  await page.keyboard.type("eczéma");
  await page.keyboard.press("Enter");
  await eventually(async () => (await page.locator("#call-motive").innerText()) !== "Pourquoi la personne appelle", "the motive");
  await through(page);
  await pick(operator, "usual", "no");

  const summary = page.locator("summary", { hasText: "Ajouter des photos" });
  await operator.tabTo(summary);
  await page.keyboard.press("Enter");
  await attach(operator, { name: "ordonnance.pdf", mimeType: "image/png", buffer: Buffer.from("%PDF-1.7 rien d'une image") });
  await page.keyboard.press("Control+Enter");
  await page.locator(".errsum").waitFor();
  assert.match(await page.locator(".errsum").innerText(), /JPEG, PNG|JPEG ou PNG|image/i);
  assert.equal(await page.getByLabel("Nom de naissance").inputValue(), patient.birth_name);
  assert.match(await page.locator("#call-motive").innerText(), /Éruption/);
  await operator.assertAccessible("a photo refused at the desk");

  await attach(operator, await picture(page));
  await operator.tabTo(page.locator("input[name=faceless]"));
  await page.keyboard.press("Space");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/\/demandes\/req_.*dit=/);
  const photo = page.getByRole("link", { name: "Photo 1", exact: true });
  await photo.waitFor();
  const seen = await page.request.get(await photo.getAttribute("href"));
  assert.equal(seen.headers()["content-type"], "image/jpeg");
  assert.deepEqual([...(await seen.body()).subarray(0, 3)], [0xff, 0xd8, 0xff]);
  await operator.assertAccessible("the request with its photo");
  operator.assertNoComplaint();
  await operator.close();
});

/** An hour of the morning; a browser that writes hours in the English way is told so. */
async function hour(operator, field, digits) {
  await operator.tabTo(field);
  await operator.page.keyboard.type(`${digits}a`);
}

/** The row of the day's log that came at that hour. */
const row = (page, hour) => page.locator("tbody tr").filter({ has: page.locator("th.num", { hasText: hour }) }).first();

test("a call lived on paper: entered afterwards with its true hour, marked in the log", async () => {
  const operator = await seated("/appels");
  const { page } = operator;
  await operator.tabTo(page.getByRole("link", { name: /après coup/ }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/apres-coup/);
  await operator.assertAccessible("the entry afterwards");
  // An hour that has not come is refused in words, and everything stays.
  await hour(operator, page.getByLabel("Heure de l’appel"), "1115");
  await choose(operator, page.getByLabel("Qui appelait"), "relative");
  await choose(operator, page.getByLabel("Ce que c’est devenu"), "advice");
  await type(operator, page.getByLabel("Pourquoi, en quelques mots"), "Fièvre, conseil donné par le médecin de garde");
  await page.keyboard.press("Control+Enter");
  await page.locator(".errsum").waitFor();
  await operator.assertAccessible("an hour that has not come");
  assert.match(await page.getByLabel("Pourquoi, en quelques mots").inputValue(), /médecin de garde/);
  await hour(operator, page.getByLabel("Heure de l’appel"), "0847");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/\/appels\?jour=.*saisie=apres-coup/);
  const entered = row(page, "08:47");
  await entered.waitFor();
  const said = await entered.innerText();
  for (const words of ["saisi après coup", "Conseil donné", "Proche"]) assert.ok(said.includes(words), `${words} in ${said}`);
  await operator.assertAccessible("the log with a call entered afterwards");
  operator.assertNoComplaint();
  await operator.close();
});

test("a request taken on the telephone during the interruption: whose it is, since when, nobody disturbed", async () => {
  const operator = await seated("/appels/apres-coup");
  const { page } = operator;
  const patient = canary(MASSY.insee, MASSY.postcode);
  const doctor = usualDoctor(demo);
  const before_ = (await demo.phones()).length;
  await hour(operator, page.getByLabel("Heure de l’appel"), "0852");
  await choose(operator, page.getByLabel("Qui appelait"), "patient");
  await choose(operator, page.getByLabel("Ce que c’est devenu"), "taken");
  const line = page.getByRole("group", { name: "Réponse 1" });
  await type(operator, line.getByLabel("Professionnel"), doctor.rpps);
  await hour(operator, line.getByLabel("Heure"), "0910");
  await choose(operator, line.getByLabel("Réponse"), "yes");
  await pick(operator, "appt", "at");
  await hour(operator, page.getByLabel("Heure, ou début"), "1130");
  await pick(operator, "red_flags", "none");
  await choose(operator, page.getByLabel("Motif", { exact: true }), "otalgie");
  await choose(operator, page.getByLabel("Profession", { exact: true }), "gp");
  await type(operator, page.getByLabel("Nom de naissance"), patient.birth_name);
  await type(operator, page.getByLabel("Prénoms"), patient.first_names);
  await type(operator, page.getByLabel("Né ou née le"), french(patient.birth_date));
  await pick(operator, "sex", "F");
  await type(operator, page.getByLabel("Téléphone", { exact: true }), national(patient.phone));
  await type(operator, page.getByLabel("Commune", { exact: true }), `${MASSY.name} ${MASSY.postcode}`);
  await pick(operator, "usual", "no");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/\/demandes\/req_.*dit=demande-apres-coup/).catch(async () => assert.fail(await page.locator(".errsum").innerText()));
  const shown = await page.locator("main").innerText();
  for (const words of [/reçue à 8\sh\s52 .*saisie après coup/, /acceptée à 9\sh\s10\. .* à 11\sh\s30/]) assert.match(shown, words);
  await operator.assertAccessible("a request entered afterwards");
  await operator.open("/appels");
  const said = await row(page, "08:52").innerText();
  assert.ok(said.includes("saisi après coup") && said.includes("Demande lancée"), said);
  assert.equal((await demo.phones()).length, before_, "somebody was disturbed for what is settled");
  operator.assertNoComplaint();
  await operator.close();
});

// The day of a doctor on a small phone, between two patients: alert, accept, give a time, close with a note. What
// their hands do is counted.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, Person, launch } from "../harness/browser.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { asked, body, raise, reaches } from "../harness/story.mjs";

// The keystroke-level model: to decide, to reach, to touch.
const SECONDS_A_TAP = 1.35 + 1.1 + 0.2;
const SECONDS_MOST = 90;
// Two lines on the keyboard of a phone, or less by its microphone.
const SECONDS_A_LETTER = 0.35;
const TAPS_MOST = 8;

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

/** A doctor's hands: taps are counted, and what is tapped must be large enough. */
class Hands {
  constructor(person) {
    this.person = person;
    this.taps = 0;
  }

  async tap(locator) {
    // The page may be putting a fresher one in its place at this very moment.
    const box = await eventually(() => locator.boundingBox(), "something to tap");
    assert.ok(box.height >= 24, "too small to be tapped");
    await locator.click();
    this.taps += 1;
  }
}

async function taken() {
  const operator = demo.account("operator");
  const request = body();
  const { id } = await raise(demo, operator, request);
  const [{ account, offer }] = await eventually(async () => {
    const found = await asked(demo, operator, id);
    return found.length > 0 && found;
  }, "the community asked");
  const doctor = await Person.at(browser, demo, PHONE);
  await doctor.signIn(account);
  await doctor.open("/offres");
  const alert = doctor.page.locator(`a[href="/offres/${offer.id}"]`);
  await alert.waitFor();
  return { operator, id, doctor, alert };
}

test("alert, accept, a time, closed with a note: the hands of one patient", async () => {
  const { operator, id, doctor, alert } = await taken();
  const hands = new Hands(doctor);
  const { page } = doctor;
  await hands.tap(alert);
  await hands.tap(page.getByRole("button", { name: /accepte/ }));
  await page.waitForURL(/\/prises\//);
  await hands.tap(page.getByRole("button", { name: /rendez-vous/i }).first());
  await reaches(demo, operator, id, "scheduled");
  await hands.tap(page.getByRole("link", { name: /Clore/ }));
  await page.waitForURL(/cloture/);
  await doctor.assertAccessible("the closing page");
  const words = ["Otite moyenne aiguë droite", "Paracétamol. À revoir si fièvre après 72 h."];
  await page.getByLabel("Ce que vous avez constaté").fill(words[0]);
  await page.getByLabel("Fait, prescrit, à revoir").fill(words[1]);
  hands.taps += 2;
  await hands.tap(page.getByRole("button", { name: "Clore et valider la note" }));
  await reaches(demo, operator, id, "closed");
  await page.getByText("note validée").waitFor();
  assert.ok(hands.taps <= TAPS_MOST, `${hands.taps} taps`);
  const letters = words.join("").length;
  const seconds = hands.taps * SECONDS_A_TAP + letters * SECONDS_A_LETTER;
  assert.ok(seconds <= SECONDS_MOST, `${seconds} s of hands`);
  const { body: read } = await demo.api(operator, "GET", `/requests/${id}`);
  assert.equal(read.closure, "seen");
  doctor.assertNoComplaint();
  await doctor.close();
});

test("another ending asks which, and loses nothing of what was typed", async () => {
  const { operator, id, doctor, alert } = await taken();
  const { page } = doctor;
  await alert.click();
  await page.getByRole("button", { name: /accepte/ }).click();
  await page.waitForURL(/\/prises\//);
  await doctor.open(`/prises/${id}/cloture`);
  await page.getByText("Autre…").click();
  await page.getByLabel(/À dire au réseau/).fill("Vu par un confrère hier");
  await page.getByRole("button", { name: "Clore sans note" }).click();
  await page.getByText("Dites ce qui s’est passé").first().waitFor();
  assert.equal(await page.getByLabel(/À dire au réseau/).inputValue(), "Vu par un confrère hier");
  await page.getByText("Vu ailleurs").click();
  await page.getByRole("button", { name: "Clore sans note" }).click();
  await reaches(demo, operator, id, "closed");
  await doctor.close();
});

// The pharmacist at her counter, 360×640: a request for a nurse in one page, the live count, the
// name refused in the comment, and to know what became of it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, Person, launch } from "../harness/browser.mjs";
import { assertSilent, canary } from "../harness/identity.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { MASSY, asked, reached } from "../harness/story.mjs";

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

async function fill(page, patient, comment) {
  const [year, month, day] = patient.birth_date.split("-");
  await page.locator('input[name=profession][value="nurse"]').check();
  await page.getByLabel("Motif", { exact: true }).fill("pansement");
  await page.getByLabel(/^Commentaire/).fill(comment);
  await page.locator('input[name=red_flags][value="none"]').check();
  await page.getByLabel("Nom de naissance").fill(patient.birth_name);
  await page.getByLabel("Prénoms").fill(patient.first_names);
  await page.getByLabel("Né ou née le").fill(`${day}/${month}/${year}`);
  await page.getByLabel("Téléphone").fill(`0${patient.phone.slice(3)}`);
  await page.locator('input[name=sex][value="F"]').check();
  await page.getByLabel("Adresse").fill(patient.address.line);
  const commune = page.getByLabel("Commune", { exact: true });
  await commune.fill(MASSY.name);
  const suggestion = page.locator(`#${await commune.getAttribute("list")} option`).first();
  await suggestion.waitFor({ state: "attached" });
  await commune.fill(await suggestion.getAttribute("value"));
  await page.locator('input[name=usual][value="no"]').check();
  await page.locator("input[name=consent]").check();
}

test("a dressing for a patient of Massy finds its nurse, and the pharmacist knows", async () => {
  const pharmacist = demo.account("professional", (a) => a.profession === "pharmacist");
  const operator = demo.account("operator");
  const patient = canary(MASSY.insee, MASSY.postcode);
  const counter = await Person.at(browser, demo, PHONE);
  await counter.signIn(pharmacist);
  await counter.open("/demander");
  await counter.assertAccessible("the pharmacist's form");
  const { page } = counter;

  // The patient's own name in the comment: refused, the rest kept.
  await fill(page, patient, `Pansement pour ${patient.birth_name}`);
  await page.getByRole("button", { name: "Lancer la demande" }).click();
  await page.locator("#comment[aria-invalid=true]").waitFor();
  assert.equal(await page.getByLabel("Nom de naissance").inputValue(), patient.birth_name);
  await counter.assertAccessible("the form refused");

  await page.getByLabel(/^Commentaire/).fill("Pansement de jambe, tous les deux jours.");
  await eventually(
    async () => /[1-9]\d*.*sollicité/s.test(await page.locator("[data-reach-out]").innerText()),
    "how many nurses would be asked",
  );
  const before_ = new Set((await demo.api(pharmacist, "GET", "/requests")).body.items.map((r) => r.id));
  await page.getByRole("button", { name: "Lancer la demande" }).click();
  const raised = await eventually(async () => {
    const { body } = await demo.api(pharmacist, "GET", "/requests");
    return body.items.find((r) => !before_.has(r.id));
  }, "the pharmacist's request");

  const nurses = await eventually(async () => {
    const people = await asked(demo, operator, raised.id);
    return people.length > 0 && people;
  }, "nurses asked");
  assert.ok(nurses.every((n) => n.account.profession === "nurse"), "somebody else than nurses was asked");
  assert.ok(!nurses.some((n) => n.account.name === pharmacist.name), "the requester was asked");

  const [{ account: nurse, offer }] = nurses;
  const phone = await Person.at(browser, demo, PHONE);
  await phone.signIn(nurse);
  await phone.open(`/offres/${offer.id}`);
  phone.assertNeverSaw(patient);
  await phone.page.getByRole("button", { name: /accepte/ }).click();
  await phone.page.waitForURL(/\/prises\//);
  await phone.page.getByRole("button", { name: /rendez-vous/i }).first().click();

  await demo.message(
    (m) => m.request === raised.id && reached(pharmacist, m) && /prise/.test(m.text),
    "the pharmacist told who took it",
  );
  await counter.open("/mes-demandes");
  const line = page.locator(`a[href*="${raised.id}"]`);
  await line.waitFor();
  await line.click();
  await page.waitForLoadState();
  const main = await page.locator("main").innerText();
  assert.ok(main.includes(nurse.name.split(" ").at(-1)), "the page does not say who took it");
  if (nurse.alert_number) {
    const national = nurse.alert_number.replace(/^\+33/, "0");
    assert.ok(!main.replace(/[\s.]/g, "").includes(national), "the alert number is shown");
  }
  await counter.assertAccessible("the pharmacist's request");

  // The next request starts from the choices of the last one, and from nothing of its patient.
  await counter.open("/demander");
  assert.ok(await page.locator('input[name=profession][value="nurse"]').isChecked());
  assertSilent(await page.content(), patient, "the next form");
  counter.assertNoComplaint();
  phone.assertNoComplaint();
  await phone.close();
  await counter.close();
});

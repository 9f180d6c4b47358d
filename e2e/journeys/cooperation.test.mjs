// A cystitis looked for at another pharmacy, 360×640 and by keyboard: the count says when nobody can be
// asked and offers who else the sheet leads to; a request is asked of those who declared, who read why.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import { assertSilent, canary } from "../harness/identity.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { MASSY, asked } from "../harness/story.mjs";

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

async function fill(page, patient) {
  const [year, month, day] = patient.birth_date.split("-");
  await page.locator('input[name=profession][value="other"]').check();
  await page.getByLabel("Laquelle").selectOption("pharmacist");
  await page.getByLabel("Motif", { exact: true }).fill("cystite");
  await page.getByLabel("Motif", { exact: true }).press("Tab");
  await page.locator('input[name^="inclusion_urif"][value="yes"]').first().check();
  await page.locator('input[name=red_flags][value="none"]').check();
  // The last request's choices are proposed again.
  await page.locator('input[name=mode][value="consultation"]').check();
  await page.getByLabel("Nom de naissance").fill(patient.birth_name);
  await page.getByLabel("Prénoms").fill(patient.first_names);
  await page.getByLabel("Né ou née le").fill(`${day}/${month}/${year}`);
  await page.getByLabel("Téléphone").fill(`0${patient.phone.slice(3)}`);
  await page.locator('input[name=sex][value="F"]').check();
  const commune = page.getByLabel("Commune", { exact: true });
  await commune.fill(MASSY.name);
  const suggestion = page.locator(`#${await commune.getAttribute("list")} option`).first();
  await suggestion.waitFor({ state: "attached" });
  await commune.fill(await suggestion.getAttribute("value"));
  await page.locator('input[name=usual][value="no"]').check();
  await page.locator("input[name=consent]").check();
}

test("under a protocol, only those who declared it are asked, and the form says who else may be", async () => {
  const pharmacist = demo.account("professional", (a) => a.profession === "pharmacist");
  const operator = demo.account("operator");
  const patient = canary(MASSY.insee, MASSY.postcode);
  const counter = await Person.at(browser, demo, PHONE);
  await counter.signIn(pharmacist);
  await counter.open("/demander");
  const { page } = counter;
  await fill(page, patient);
  const count = page.locator("[data-reach-out]");
  const said = (pattern, what) => eventually(async () => pattern.test(await count.innerText()), what);
  await said(/[1-9]\d*\s+(seront sollicités|sera sollicité)/, "pharmacists who declared");

  // No pharmacist comes home: nobody can be asked, and the sheet leads to others too.
  await page.locator('input[name=mode][value="visit"]').check();
  const doctor = count.getByRole("button", { name: /médecin généraliste/ });
  await doctor.waitFor();
  await counter.assertAccessible("the form when nobody can be asked");
  await counter.tabTo(doctor);
  await page.keyboard.press("Enter");
  await said(/[1-9]\d*\s+(seront sollicités|sera sollicité)/, "doctors who visit");
  assert.ok(await page.locator('input[name=profession][value="gp"]').isChecked());
  assert.equal(await page.getByLabel("Nom de naissance").inputValue(), patient.birth_name);

  // Back to pharmacists, at the pharmacy.
  await page.locator('input[name=profession][value="other"]').check();
  await page.locator('input[name=mode][value="consultation"]').check();
  const known = new Set((await demo.api(pharmacist, "GET", "/requests")).body.items.map((r) => r.id));
  await page.getByRole("button", { name: "Lancer la demande" }).click();
  const raised = await eventually(async () => {
    const { body } = await demo.api(pharmacist, "GET", "/requests");
    return body.items.find((r) => !known.has(r.id));
  }, "the request");
  assert.deepEqual(raised.need.cooperations, ["pollakiurie", "trod-cystite"]);
  const { body: verdicts } = await demo.api(operator, "GET", `/requests/${raised.id}/verdicts`);
  const right = (verdict) => verdict.reasons.find((reason) => reason.code === "cooperation");
  assert.ok(verdicts.items.filter((v) => v.asked).every((v) => right(v).ok));
  const lacking = verdicts.items.find((v) => !right(v).ok);
  assert.match(right(lacking).detail, /n’a déclaré aucun des protocoles de coopération/);

  const [{ account, offer }] = await eventually(async () => {
    const people = await asked(demo, operator, raised.id);
    return people.length > 0 && people;
  }, "a pharmacist asked");
  const phone = await Person.at(browser, demo, PHONE);
  await phone.signIn(account);
  await phone.open(`/offres/${offer.id}`);
  const alert = await phone.page.locator("main").innerText();
  assert.match(alert, /Sous protocole de coopération/);
  assertSilent(alert, patient, "the offer");
  await phone.assertAccessible("an offer under a protocol");
  const desk = await Person.at(browser, demo, DESK);
  await desk.signIn(operator);
  await desk.open(`/demandes/${raised.id}`);
  assert.match(await desk.page.locator("main").innerText(), /Protocole demandé/);
  await desk.assertAccessible("a request under a protocol");
  for (const person of [counter, phone, desk]) {
    person.assertNoComplaint();
    await person.close();
  }
});

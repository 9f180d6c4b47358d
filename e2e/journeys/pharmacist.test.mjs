// The pharmacist at her counter, 360×640: a request for a nurse in one page, the live count, the
// name refused in the comment, and to know what became of it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, Person, launch } from "../harness/browser.mjs";
import { assertSilent, canary } from "../harness/identity.mjs";
import { pick, type } from "../harness/keyboard.mjs";
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

  // The slip for the patient: what happens, the number, nothing about the person.
  await page.getByRole("link", { name: /Fiche pour le patient/ }).click();
  await page.waitForURL(/\/fiche$/);
  const slip = await page.locator("main").innerText();
  assert.match(slip, /Qui s’occupe de vous/);
  assert.match(slip, /appelez le 15/);
  assertSilent(slip, patient, "the patient's slip");
  await counter.assertAccessible("the patient's slip");

  // The next request starts from the choices of the last one, and from nothing of its patient.
  await counter.open("/demander");
  assert.ok(await page.locator('input[name=profession][value="nurse"]').isChecked());
  assertSilent(await page.content(), patient, "the next form");
  counter.assertNoComplaint();
  phone.assertNoComplaint();
  await phone.close();
  await counter.close();
});

test("burning urine by keyboard: the sheet's questions come with the motive, a photo goes along", async () => {
  const pharmacist = demo.account("professional", (a) => a.profession === "pharmacist");
  const patient = canary(MASSY.insee, MASSY.postcode);
  const counter = await Person.at(browser, demo, { width: 820, height: 1180 });
  await counter.signIn(pharmacist);
  await counter.open("/demander");
  const { page } = counter;
  await pick(counter, "profession", "gp");
  await type(counter, page.getByLabel("Motif", { exact: true }), "cystite");
  await page.keyboard.press("Tab");
  await page.locator('input[name=sheet_shown][value="URIF"]').waitFor({ state: "attached" });
  assert.match(await page.locator("[data-severity]").innerText(), /Brûlures urinaires/);
  await counter.assertAccessible("the sheet's questions");
  await pick(counter, "inclusion_urif_i1", "yes");
  await pick(counter, "red_flags", "none");
  await page.getByText("aucun signe d’alerte").first().waitFor();
  await pick(counter, "mode", "consultation");
  await type(counter, page.getByLabel("Nom de naissance"), patient.birth_name);
  await type(counter, page.getByLabel("Prénoms"), patient.first_names);
  const [year, month, day] = patient.birth_date.replace("1953", "1983").split("-");
  await type(counter, page.getByLabel("Né ou née le"), `${day} ${month} ${year}`);
  await type(counter, page.getByLabel("Téléphone"), `0${patient.phone.slice(3)}`);
  await pick(counter, "sex", "F");
  await type(counter, page.getByLabel("Commune", { exact: true }), `${MASSY.name} ${MASSY.postcode}`);
  await pick(counter, "usual", "no");
  await counter.tabTo(page.locator("input[name=consent]"));
  await page.keyboard.press("Space");
  await page.getByText("Ajouter des photos").click();
  // Eight by eight pixels, made in the browser: a real PNG.
  const png = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(8, 8);
    canvas.getContext("2d").fillRect(0, 0, 8, 8);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  await page.locator("input[name=photos]").setInputFiles({
    name: "IMG_0042.png",
    mimeType: "image/png",
    buffer: Buffer.from(png),
  });
  await page.locator("input[name=faceless]").check();
  await page.getByRole("button", { name: "Lancer la demande" }).click();
  await page.waitForURL(/\/mes-demandes\/req_/);
  const photo = page.getByRole("link", { name: "Photo 1" });
  await photo.waitFor();
  const address = await photo.getAttribute("href");
  const answer = await page.request.get(address);
  assert.equal(answer.headers()["content-type"], "image/jpeg");
  assert.equal(answer.headers()["cache-control"], "no-store");
  assert.deepEqual([...(await answer.body()).subarray(0, 3)], [0xff, 0xd8, 0xff]);
  await counter.assertAccessible("the request with its photo");

  // A red flag: the 15 and nothing else; nothing typed is lost on the way back.
  await counter.open("/demander");
  await page.locator('input[name=profession][value="gp"]').check();
  await page.getByLabel("Motif", { exact: true }).fill("cystite");
  await page.getByLabel("Nom de naissance").fill(patient.birth_name);
  await page.locator("details.more", { hasText: "signes d’alerte" }).first().locator("summary").click();
  await page.locator('input[name=sign][value="tronc-6"]').check();
  await page.getByRole("button", { name: "Lancer la demande" }).click();
  await page.getByRole("heading", { name: /Appelez le 15/ }).waitFor();
  assert.equal(await page.getByText("passer outre").count(), 0, "a pharmacist passes over nothing");
  await counter.assertAccessible("the 15 at the counter");
  await page.getByRole("button", { name: /Revenir à la demande/ }).click();
  assert.equal(await page.getByLabel("Nom de naissance").inputValue(), patient.birth_name);
  counter.assertNoComplaint();
  await counter.close();
});

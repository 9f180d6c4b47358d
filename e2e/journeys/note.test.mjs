// The note to the usual doctor, at 360×640: who took the patient writes and signs it with the
// keyboard alone, with and without script; the usual doctor reads it; nobody else does.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, Person, launch } from "../harness/browser.mjs";
import { assertShown } from "../harness/identity.mjs";
import { type } from "../harness/keyboard.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { asked, body, openOffer, raise, reaches, usualDoctor } from "../harness/story.mjs";

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

/** A patient of the usual doctor, taken on by somebody else. */
async function taken() {
  const operator = demo.account("operator");
  const usual = usualDoctor(demo);
  const request = body({ usual });
  const { id } = await raise(demo, operator, request);
  const first = await openOffer(demo, usual, id);
  await demo.api(usual, "POST", `/offers/${first.id}/refuse`, {});
  const people = await eventually(async () => {
    const found = await asked(demo, operator, id, [usual]);
    return found.length > 0 && found;
  }, "the community asked");
  const [{ account, offer }] = people;
  const yes = await demo.api(account, "POST", `/offers/${offer.id}/accept`, {
    appointment: { mode: "call" },
  });
  assert.equal(yes.status, 200, JSON.stringify(yes.body));
  await reaches(demo, operator, id, "accepted");
  return { operator, usual, id, patient: request.patient, account };
}

for (const script of [true, false]) {
  test(`a note is written, signed and read${script ? "" : ", without script"}`, async () => {
    const { operator, usual, id, patient, account } = await taken();
    const doctor = await Person.at(browser, demo, PHONE, { script });
    await doctor.signIn(account);
    await doctor.open(`/prises/${id}/note`);
    const diagnosis = doctor.page.locator('[name="diagnosis"]');
    await type(doctor, doctor.page.locator('[name="to_do"]'), "Revoir lundi");
    await doctor.page.getByRole("button", { name: "Valider la note" }).press("Enter");
    await doctor.page.getByText("le diagnostic ou le motif retenu").first().waitFor();
    assert.equal(await doctor.page.locator('[name="to_do"]').inputValue(), "Revoir lundi");
    if (script) await doctor.assertAccessible("a note to correct");

    await diagnosis.focus();
    await doctor.page.keyboard.type("Otite moyenne aiguë");
    const consent = doctor.page.locator('[name="consent"]');
    if (!(await consent.isChecked())) await consent.press("Space");
    await doctor.page.getByRole("button", { name: "Valider la note" }).press("Enter");
    await doctor.page.getByRole("heading", { name: "Où en est la note" }).waitFor();
    if (script) await doctor.assertAccessible("a signed note");
    doctor.assertNoComplaint();

    const told = await demo.message(
      (m) => m.request === id && m.to === usual.alert_number && /synth/.test(m.text),
      "the usual doctor told of the note",
    );
    assert.ok(!told.text.includes(patient.birth_name), "and of no name");
    const reader = await Person.at(browser, demo, PHONE, { script });
    await reader.signIn(usual);
    await reader.open(`/syntheses/${id}`);
    const page = await reader.page.locator("main").innerText();
    assert.match(page, /Otite moyenne aiguë/);
    assertShown(page, patient, "the note read by the usual doctor");
    if (script) await reader.assertAccessible("a note read");
    await doctor.open(`/prises/${id}/note`);
    assert.match(await doctor.page.locator("main").innerText(), /Lue dans l’application/);

    const desk = await Person.at(browser, demo, PHONE, { script });
    await desk.signIn(operator);
    const refused = await desk.page.goto(`/syntheses/${id}`);
    assert.equal(refused.status(), 403);
    desk.assertNeverSaw(patient);
    for (const person of [desk, reader, doctor]) await person.close();
  });
}

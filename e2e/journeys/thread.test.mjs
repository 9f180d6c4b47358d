// The thread of a request: the desk and who has the patient write to one another with the keyboard
// alone, with and without script; what is wrong keeps what was typed; the others are told without a
// word of it; whoever is only asked sees nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import { assertShown } from "../harness/identity.mjs";
import { type } from "../harness/keyboard.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { asked, body, openOffer, raise, reached, reaches, usualDoctor } from "../harness/story.mjs";

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

for (const script of [true, false]) {
  test(`the desk and the carer write to one another${script ? "" : ", without script"}`, async () => {
    const operator = demo.account("operator");
    const usual = usualDoctor(demo);
    const request = body({ usual });
    const { patient } = request;
    const { id } = await raise(demo, operator, request);

    const desk = await Person.at(browser, demo, DESK, { script });
    await desk.signIn(operator);
    await desk.open(`/demandes/${id}`);
    await desk.page.getByRole("link", { name: /Fil de la demande, aucun message/ }).press("Enter");
    const text = desk.page.locator('textarea[name="text"]');
    await type(desk, text, `${patient.birth_name} attend`);
    await desk.page.getByRole("button", { name: "Envoyer" }).press("Enter");
    await desk.page.getByText("le nom du patient").first().waitFor();
    assert.equal(await text.inputValue(), `${patient.birth_name} attend`, "what was typed is kept");
    if (script) await desk.assertAccessible("a message to correct");
    await text.fill("La porte est au fond de la cour.");
    await desk.page.getByRole("button", { name: "Envoyer" }).press("Enter");
    await desk.page.getByText("La porte est au fond de la cour.").waitFor();

    const first = await openOffer(demo, usual, id);
    await demo.api(usual, "POST", `/offers/${first.id}/refuse`, {});
    const people = await eventually(async () => {
      const found = await asked(demo, operator, id, [usual]);
      return found.length > 1 && found;
    }, "the community asked");
    const [{ account, offer }, { account: other }] = people;
    const outsider = await Person.at(browser, demo, PHONE, { script });
    await outsider.signIn(other);
    assert.equal((await outsider.page.goto(`/fils/${id}`)).status(), 404);
    const yes = await demo.api(account, "POST", `/offers/${offer.id}/accept`, {
      appointment: { mode: "call" },
    });
    assert.equal(yes.status, 200, JSON.stringify(yes.body));
    await reaches(demo, operator, id, "accepted");

    const doctor = await Person.at(browser, demo, PHONE, { script });
    await doctor.signIn(account);
    await doctor.open(`/prises/${id}`);
    await doctor.page.getByRole("link", { name: /1 message nouveau/ }).press("Enter");
    await doctor.page.getByText("La porte est au fond de la cour.").waitFor();
    await type(doctor, doctor.page.locator('textarea[name="text"]'), `Merci. ${patient.birth_name} est vue.`);
    await doctor.page.getByRole("button", { name: "Envoyer" }).press("Enter");
    await doctor.page.getByText("est vue.").waitFor();
    if (script) await doctor.assertAccessible("a thread on a phone");
    doctor.assertNoComplaint();

    const told = await demo.message(
      (m) => m.request === id && reached(usual, m) && /message vous attend/.test(m.text),
      "the usual doctor told that a message waits",
    );
    assert.ok(!told.text.includes("vue") && !told.text.includes(patient.birth_name), told.text);

    await desk.open("/demandes?etat=messages");
    await desk.page.locator(`a[href="/demandes/${id}/fil"]`).first().press("Enter");
    const page = await desk.page.locator("main").innerText();
    assert.match(page, /Nouveau/);
    assertShown(page, patient, "the thread at the desk");
    if (script) await desk.assertAccessible("a thread at the desk");
    const sent = await desk.page.request.get(`/demandes/${id}/fil.txt`);
    assert.match(await sent.text(), /La porte est au fond de la cour\./);
    assert.match(sent.headers()["content-disposition"], /attachment/);

    outsider.assertNeverSaw(patient);
    for (const person of [desk, doctor, outsider]) await person.close();
  });
}

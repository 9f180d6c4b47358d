// The professional's story at 360×640, with and without script: the alert shows no name and weighs
// little, accepting shows the card, giving a time tells the patient, withdrawing reopens.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, Person, launch } from "../harness/browser.mjs";
import { assertShown } from "../harness/identity.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { asked, body, openOffer, raise, reaches, usualDoctor } from "../harness/story.mjs";

const ALERT_BYTES = 100 * 1024;

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

/** A request without usual doctor, and two of those who were asked. */
async function raisedForAll() {
  const operator = demo.account("operator");
  const request = body();
  const { id } = await raise(demo, operator, request);
  const people = await eventually(async () => {
    const found = await asked(demo, operator, id);
    return found.length >= 2 && found;
  }, "the community asked");
  return { operator, id, patient: request.patient, people };
}

for (const script of [true, false]) {
  test(`accepting, giving a time${script ? "" : ", without script"}`, async () => {
    const { operator, id, patient, people } = await raisedForAll();
    const [{ account, offer }, other] = people;
    const doctor = await Person.at(browser, demo, PHONE, { script });
    await doctor.signIn(account);
    await doctor.open("/offres");
    const link = doctor.page.locator(`a[href="/offres/${offer.id}"]`);
    await link.waitFor();
    await link.click();
    await doctor.page.getByRole("button", { name: /accepte/ }).waitFor();
    const before_ = await doctor.page.locator("main").innerText();
    assert.match(before_, /ans/, "the alert does not say the age");
    assert.match(before_, /Le nom s.affiche si vous acceptez/);
    doctor.assertNeverSaw(patient);
    if (script) await doctor.assertAccessible("the alert");

    await doctor.page.getByRole("button", { name: /accepte/ }).click();
    await doctor.page.waitForURL(/\/prises\//);
    assertShown(await doctor.page.content(), patient, "the card after accepting");
    await doctor.page.locator(".times label").nth(1).click();
    await doctor.page.getByRole("button", { name: /rendez-vous/i }).first().click();
    await reaches(demo, operator, id, "scheduled");
    const told = await demo.message(
      (m) => m.request === id && m.to === patient.phone && /RDV/.test(m.text),
      "the patient told when and where",
    );
    assert.ok(!told.text.includes(patient.birth_name));

    const late = await Person.at(browser, demo, PHONE, { script });
    await late.signIn(other.account);
    await late.open(`/offres/${other.offer.id}`);
    assert.match(await late.page.locator("main").innerText(), /confrère/);
    late.assertNeverSaw(patient);
    doctor.assertNoComplaint();
    await late.close();
    await doctor.close();
  });
}

test("the alert weighs at most 100 KB, fonts and styles included", async () => {
  const { people } = await raisedForAll();
  const [{ account, offer }] = people;
  const doctor = await Person.at(browser, demo, PHONE);
  await doctor.signIn(account);
  const bytes = await doctor.weight(`/offres/${offer.id}`);
  assert.ok(bytes > 1000, "nothing was measured");
  assert.ok(bytes <= ALERT_BYTES, `the alert weighs ${bytes} bytes`);
  await doctor.close();
});

test("a double click is one acceptance", async () => {
  const { operator, id, people } = await raisedForAll();
  const [{ account, offer }] = people;
  const doctor = await Person.at(browser, demo, PHONE);
  await doctor.signIn(account);
  await doctor.open(`/offres/${offer.id}`);
  await doctor.page.getByRole("button", { name: /accepte/ }).dblclick();
  // The second click may end the navigation of the first: what counts is where both lead.
  await doctor.page.waitForFunction(() => location.pathname.startsWith("/prises/"));
  await reaches(demo, operator, id, "accepted");
  const { body: timeline } = await demo.api(operator, "GET", `/requests/${id}/timeline`);
  const accepted = timeline.items.filter((e) => e.act === "offer.accepted");
  assert.equal(accepted.length, 1, JSON.stringify(timeline.items));
  await doctor.close();
});

test("withdrawing sends the request back to the others", async () => {
  const { operator, id, patient, people } = await raisedForAll();
  const [{ account, offer }] = people;
  const accepted = await demo.api(account, "POST", `/offers/${offer.id}/accept`, {
    appointment: { mode: "to-be-set" },
  });
  assert.equal(accepted.status, 200, JSON.stringify(accepted.body));
  const doctor = await Person.at(browser, demo, PHONE);
  await doctor.signIn(account);
  await doctor.open(`/prises/${id}`);
  await doctor.page.getByText("Me désister").first().click();
  await doctor.page.getByRole("button", { name: "Me désister" }).click();
  await reaches(demo, operator, id, "asking_community");
  await doctor.page.goto(`/prises/${id}`);
  assert.ok(
    !(await doctor.page.content()).includes(patient.birth_name),
    "the card is still shown after withdrawing",
  );
  await doctor.close();
});

test("the registered usual doctor may see the name on that page, and nowhere else", async () => {
  const operator = demo.account("operator");
  const usual = usualDoctor(demo);
  const request = body({ usual });
  const { id } = await raise(demo, operator, request);
  const offer = await openOffer(demo, usual, id);
  const list = await Person.at(browser, demo, PHONE);
  await list.signIn(usual);
  await list.open("/offres");
  list.assertNeverSaw(request.patient);
  await list.open(`/offres/${offer.id}`);
  assertShown(await list.page.content(), request.patient, "the usual doctor's page of the offer");
  assert.match(await list.page.locator("main").innerText(), /inscrite au journal/);
  assert.ok(!(await list.page.title()).includes(request.patient.birth_name));
  await list.close();
});

test("a yes by SMS is answered at once, and the operator sets the time", async () => {
  const { operator, id, patient, people } = await raisedForAll();
  const plain = people.find((p) => p.account.smartphone === false);
  assert.ok(plain, "nobody asked is without a smartphone");
  const number = plain.account.alert_number;
  const sms = await demo.message(
    (m) => m.request === id && m.to === number && m.channel === "sms" && /OUI (\d+)/.test(m.text),
    "an SMS with a code",
  );
  const code = /OUI (\d+)/.exec(sms.text)[1];
  await demo.reply(number, `oui ${code}`);
  const answer = await demo.message(
    (m) => m.to === number && m.text.includes(code) && m.id !== sms.id,
    "the answer to the SMS",
  );
  assert.match(answer.text, /c.est a vous/i);
  assert.ok(!answer.text.includes(patient.birth_name));
  await reaches(demo, operator, id, "accepted");
});

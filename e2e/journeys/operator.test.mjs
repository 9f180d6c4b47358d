// The operator's story at 1366×768, keyboard only: she raises a request for a patient of Massy,
// his doctor passes, the community is asked, somebody accepts, and her board moves by itself.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import { question, through } from "../harness/desk.mjs";
import { assertSilent, assertShown, canary } from "../harness/identity.mjs";
import { pick, type } from "../harness/keyboard.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { MASSY, asked, openOffer, reached, usualDoctor } from "../harness/story.mjs";

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

/** The title of the group of the board in which the request stands now. */
async function group(page, href) {
  return page
    .locator(`.live tbody:has(a[href="${href}"]) tr.grp`)
    .textContent({ timeout: 1000 })
    .catch(() => "");
}

async function boardSays(page, href, word) {
  await eventually(async () => (await group(page, href))?.includes(word), `the board at ${word}`);
}

/** Fills the call panel from the keyboard, as far as the form goes. */
async function fillCall(operator, patient, usual) {
  const { page } = operator;
  await type(operator, page.getByLabel("Téléphone", { exact: true }), `0${patient.phone.slice(3)}`);
  await type(operator, page.getByLabel("Nom de naissance"), patient.birth_name);
  await type(operator, page.getByLabel("Prénoms"), patient.first_names);
  const [year, month, day] = patient.birth_date.split("-");
  await type(operator, page.getByLabel("Né ou née le"), `${day}/${month}/${year}`);
  await pick(operator, "sex", "F");
  await suggested(operator, page.getByLabel("Commune", { exact: true }), MASSY.name);
  await type(operator, page.getByLabel("Adresse"), patient.address.line);
  await through(page);
  await type(operator, page.getByLabel("Motif", { exact: true }), "mal d'oreille");
  await page.keyboard.press("Enter");
  await eventually(async () => (await question(page)) !== "", "the sheet of the motive");
  await through(page);
  assert.match(await page.locator("#call-gravity").innerText(), /Aucun des \d+ signes/);
  assert.equal(await page.getByLabel("Profession", { exact: true }).inputValue(), "gp");
  await type(operator, page.getByLabel(/^Commentaire/), "Douleur depuis hier soir.");
  if (usual) {
    await pick(operator, "usual", "yes");
    await suggested(operator, page.getByLabel("Nom et commune"), usual.name.split(" ").at(-1));
    await pick(operator, "contacted", "unable");
  } else {
    await pick(operator, "usual", "no");
  }
}

/** Types the beginning, then the rest of the first suggestion. */
async function suggested(operator, field, beginning) {
  await type(operator, field, beginning);
  const list = await field.getAttribute("list");
  const option = operator.page.locator(`#${list} option`).first();
  await option.waitFor({ state: "attached" });
  await type(operator, field, await option.getAttribute("value"));
}

test("otalgia in Massy: usual doctor passes, community, taken — by keyboard, the board follows", async () => {
  const usual = usualDoctor(demo);
  const account = demo.account("operator");
  const patient = canary(MASSY.insee, MASSY.postcode);
  const operator = await Person.at(browser, demo, DESK);
  await operator.signIn(account);
  await operator.open("/direct");
  const { page } = operator;

  await fillCall(operator, patient, usual);
  const reach = page.locator("[data-reach-out]");
  await eventually(
    async () => /[1-9]\d*.*sollicité/s.test(await reach.innerText()),
    "how many would be asked, before launching",
  );
  const before_ = new Set((await demo.api(account, "GET", "/requests")).body.items.map((r) => r.id));
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/\/demandes\//);
  const raised = await eventually(async () => {
    const { body } = await demo.api(account, "GET", "/requests");
    return body.items.find((r) => !before_.has(r.id));
  }, "the new request");
  await operator.open("/direct");
  const href = `/demandes/${raised.id}`;
  await boardSays(page, href, "Médecin traitant");
  await operator.assertAccessible("the live board");

  // The usual doctor alone has it, without a name on the lock screen.
  await demo.message((m) => m.request === raised.id && reached(usual, m), "the alert");
  const others = await asked(demo, account, raised.id, [usual]);
  assert.deepEqual(others, [], "somebody else was asked during the usual doctor's share (I2)");

  // He passes, on his phone. The community is asked at once, and the operator touched nothing.
  const doctor = await Person.at(browser, demo, PHONE);
  await doctor.signIn(usual);
  await doctor.open("/offres");
  const offer = await openOffer(demo, usual, raised.id);
  await doctor.open(`/offres/${offer.id}`);
  await doctor.page.getByRole("button", { name: "Je passe" }).click();
  await boardSays(page, href, "Communauté");

  const community = await eventually(async () => {
    const people = await asked(demo, account, raised.id, [usual]);
    return people.length >= 2 && people;
  }, "the community asked");

  // Two say yes in the same second: one sees the card, the other is told kindly.
  const [one, two] = community;
  const accept = ({ account: who, offer: theirs }) =>
    demo.api(who, "POST", `/offers/${theirs.id}/accept`, { appointment: { mode: "call" } });
  const answers = await Promise.all([accept(one), accept(two)]);
  assert.deepEqual(answers.map((a) => a.status).sort(), [200, 409], JSON.stringify(answers));
  const winner = answers[0].status === 200 ? one : two;
  const loser = winner === one ? two : one;
  assert.match(answers.find((a) => a.status === 409).body.type, /already-taken/);
  await eventually(
    async () => /Pris en charge/.test((await group(page, href)) ?? ""),
    "the board at taken",
  );

  const happy = await Person.at(browser, demo, PHONE);
  await happy.signIn(winner.account);
  await happy.open(`/prises/${raised.id}`);
  assertShown(await happy.page.content(), patient, "the accepted card");
  await happy.assertAccessible("the accepted card");

  const late = await Person.at(browser, demo, PHONE);
  await late.signIn(loser.account);
  await late.open(`/offres/${loser.offer.id}`);
  assert.match(await late.page.locator("main").innerText(), /confrère/);
  late.assertNeverSaw(patient);

  // The patient's phone says who; nobody's phone ever says who the patient is.
  const told = await demo.message(
    (m) => m.request === raised.id && m.to === patient.phone && /appelle|RDV|passe/.test(m.text),
    "the patient told who takes them on",
  );
  assert.ok(told.text.length <= 160, `${told.text.length} characters: ${told.text}`);
  for (const message of await demo.phones()) {
    assertSilent(message.text, patient, `a ${message.channel} to ${message.owner}`);
  }
  await demo.message(
    (m) => m.request === raised.id && reached(loser.account, m) && /pourvu|prise|pris/i.test(m.text),
    "the others told it is taken",
  );

  for (const person of [operator, doctor, happy, late]) {
    person.assertNoComplaint();
    await person.close();
  }
});

test("an empty form comes back with what is missing, focus on the summary, nothing stored", async () => {
  const operator = await Person.at(browser, demo, DESK);
  const account = demo.account("operator");
  await operator.signIn(account);
  await operator.open("/direct");
  const before_ = (await demo.api(account, "GET", "/requests")).body.items.length;
  await operator.page.keyboard.press("Control+Enter");
  await operator.page.waitForLoadState();
  const invalid = operator.page.locator("[aria-invalid=true], fieldset .err");
  await invalid.first().waitFor();
  await operator.assertAccessible("the form with its errors");
  assert.equal((await demo.api(account, "GET", "/requests")).body.items.length, before_);
  await operator.close();
});

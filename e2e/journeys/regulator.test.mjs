// The regulator's desk at 1366×768, keyboard only: a doubt arrives, she takes it, sees every answer,
// calls back, launches it changed; a second one ends with advice. Nobody on duty: the desk says 15.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import { assertShown, canary } from "../harness/identity.mjs";
import { choose, type } from "../harness/keyboard.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { MASSY, body } from "../harness/story.mjs";

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

/** A request that waits for the regulator; its id. */
async function doubt(patient) {
  const draft = body({ patient });
  draft.triage.red_flags = "unknown";
  const { status, body: raised } = await demo.api(demo.account("operator"), "POST", "/requests", draft);
  assert.equal(status, 201, JSON.stringify(raised));
  assert.equal(raised.status, "to_qualify");
  return raised.id;
}

/** Presses the button or follows the link that has the focus after tabbing to it. */
async function press(person, locator) {
  await person.tabTo(locator);
  await person.page.keyboard.press("Enter");
}

test("a doubt is taken, read, called back, launched — by keyboard, without a name on the way", async () => {
  const patient = canary(MASSY.insee, MASSY.postcode);
  const id = await doubt(patient);
  const doctor = await Person.at(browser, demo, DESK);
  await doctor.signIn(demo.account("regulator"));
  await doctor.open("/a-qualifier");
  const { page } = doctor;
  assert.match(await page.locator("main").innerText(), /Vous êtes de garde/);
  await doctor.assertAccessible("/a-qualifier");
  await press(doctor, page.locator(`a[href="/a-qualifier/${id}"]`));
  await page.waitForURL(`**/a-qualifier/${id}`);
  await doctor.assertAccessible("a case");
  await page.keyboard.press("Alt+KeyJ");
  await page.waitForURL("**?dit=prise");
  assert.match(await page.locator("main").innerText(), /Cette demande est à vous/);
  doctor.assertNeverSaw(patient);

  const operator = await Person.at(browser, demo, DESK);
  await operator.signIn(demo.account("operator"));
  await operator.open("/direct");
  const name = demo.account("regulator").name;
  assert.match(await operator.page.locator("#g-qualif").innerText(), new RegExp(`médecin régulateur.*${name}`));
  operator.assertNeverSaw(patient);

  await page.keyboard.press("Alt+KeyI");
  await page.locator(".id-card").waitFor();
  assertShown(await page.locator(".id-card").innerText(), patient, "the case");
  assert.equal(await page.locator('[data-key="Alt+KeyR"]').getAttribute("href"), `tel:${patient.phone}`);
  await doctor.assertAccessible("a case with its identity");
  await choose(doctor, page.getByLabel("À voir"), "24");
  await type(doctor, page.getByLabel(/^Pré-diagnostic/), "Otite probable.");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL("**/a-qualifier?dit=lancee");
  const { body: launched } = await demo.api(demo.account("operator"), "GET", `/requests/${id}`);
  assert.equal(launched.need.within_hours, 24);
  assert.match(launched.status, /^asking_/);
  doctor.assertNoComplaint();
  await operator.close();
  await doctor.close();
});

test("advice closes; a text with the name is refused on its field and nothing typed is lost", async () => {
  const patient = canary(MASSY.insee, MASSY.postcode);
  const id = await doubt(patient);
  const doctor = await Person.at(browser, demo, PHONE);
  await doctor.signIn(demo.account("regulator"));
  await doctor.open(`/a-qualifier/${id}`);
  const { page } = doctor;
  const advice = page.getByLabel(/^Conseil donné/);
  await type(doctor, advice, `Mme ${patient.birth_name} doit boire.`);
  await press(doctor, page.getByRole("button", { name: "Conseil donné, clore" }));
  await page.locator(".err").first().waitFor();
  assert.match(await page.getByLabel(/^Conseil donné/).inputValue(), /doit boire/);
  await doctor.assertAccessible("a case with an error");
  await type(doctor, page.getByLabel(/^Conseil donné/), "Boire, rappeler si la fièvre monte.");
  await press(doctor, page.getByRole("button", { name: "Conseil donné, clore" }));
  await page.waitForURL("**/a-qualifier?dit=conseil");
  const { body: closed } = await demo.api(demo.account("operator"), "GET", `/requests/${id}`);
  assert.equal(closed.closure, "phone-advice");
  await doctor.close();
});

test("nobody on duty: the desk is told to transfer to 15, and the duty said again puts it right", async () => {
  const id = await doubt(canary(MASSY.insee, MASSY.postcode));
  const operator = await Person.at(browser, demo, DESK);
  await operator.signIn(demo.account("operator"));
  await operator.open("/direct");
  const group = operator.page.locator("#g-qualif");
  const doctor = await Person.at(browser, demo, DESK, { script: false });
  await doctor.signIn(demo.account("regulator"));
  await doctor.open("/a-qualifier");
  await press(doctor, doctor.page.getByRole("button", { name: "Plus de garde" }));
  await doctor.page.getByText("Plus de régulateur de garde").first().waitFor();
  await eventually(
    async () => /plus de régulateur de garde.*transférez au 15/i.test(await group.innerText()),
    "the board says 15 by itself",
  );
  const draft = body();
  draft.triage.red_flags = "unknown";
  const refused = await demo.api(demo.account("operator"), "POST", "/requests", draft);
  assert.equal(refused.status, 409);
  assert.equal(refused.body.type, "/problems/no-regulator");
  await press(doctor, doctor.page.getByRole("button", { name: "Je suis de garde" }));
  await doctor.page.getByText("Vous êtes de garde").first().waitFor();
  await eventually(
    async () => (await group.innerText()).includes(demo.account("regulator").name),
    "the board names the regulator again",
  );
  assert.ok(id);
  await doctor.close();
  await operator.close();
});

test("the coordinator reads the calls, sees the effect of a setting and saves it", async () => {
  const coordinator = await Person.at(browser, demo, DESK);
  await coordinator.signIn(demo.account("coordinator"));
  await coordinator.open("/appels");
  const { page } = coordinator;
  await coordinator.assertAccessible("/appels");
  const sum = async (table) => {
    const cells = await page.locator(`[aria-labelledby="${table}"] tbody td.n`).allInnerTexts();
    return cells.reduce((total, cell) => total + Number(cell), 0);
  };
  const total = Number(await page.locator('[aria-labelledby="h-issues"] tfoot td.n').innerText());
  assert.ok(total > 0);
  assert.equal(await sum("h-issues"), total);
  assert.equal(await sum("h-origines"), total);
  await coordinator.open("/reglages/regulation");
  await coordinator.assertAccessible("/reglages/regulation");
  await page.getByLabel("En cas de doute, et pour les motifs cochés").check();
  await page.locator('input[name="motif"][value="otalgie"]').check();
  await press(coordinator, page.getByRole("button", { name: "Voir l’effet" }));
  await page.getByText(/derniers jours/).waitFor();
  await coordinator.assertAccessible("the effect of a setting");
  await press(coordinator, page.getByRole("button", { name: "Enregistrer ce réglage" }));
  await page.waitForURL("**?dit=reglages");
  const { body: raised } = await demo.api(demo.account("operator"), "POST", "/requests", body());
  assert.equal(raised.status, "to_qualify");
  await coordinator.open("/derogations");
  await coordinator.assertAccessible("/derogations");
  coordinator.assertNoComplaint();
  await coordinator.close();
});

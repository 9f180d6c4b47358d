// « Mon trimestre » and « Pourquoi je n'ai pas été sollicité »: a doctor who was away reads what went past them, why,
// and follows the link to the term; nothing of any patient is on the way.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import { Demo } from "../harness/server.mjs";
import { body, raise } from "../harness/story.mjs";

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

test("a doctor reads why requests went past them, and their own quarter", async () => {
  const doctor = demo.account("professional", (a) => a.profession === "gp" && a.smartphone !== false);
  const operator = demo.account("operator", (a) => a.network === doctor.network);
  const person = await Person.at(browser, demo, PHONE);
  const { page } = person;
  try {
    await person.signIn(doctor);
    await person.open("/activite");
    await page.getByRole("button", { name: "24 h" }).press("Enter");
    await page.waitForURL("**/activite?dit=indisponible");
    for (let n = 0; n < 2; n += 1) await raise(demo, operator, body());

    await page.getByRole("link", { name: "Pourquoi je n’ai pas été sollicité" }).press("Enter");
    await page.waitForURL("**/activite/non-sollicite");
    await person.assertAccessible("/activite/non-sollicite");
    const week = page.getByRole("region", { name: "Cette semaine" });
    assert.match(await week.innerText(), /Vous n’avez pas été sollicité pour \d+ des \d+\s+demandes/);
    assert.match(await week.innerText(), /indisponible/i);
    const list = page.getByRole("region", { name: "Demande par demande" });
    const text = await list.innerText();
    assert.match(text, /Vous êtes indisponible jusqu’à demain/);
    await list.getByRole("link", { name: /Changer/ }).first().press("Enter");
    await page.waitForURL("**/activite");

    const api = await demo.api(doctor, "GET", "/me/left-out?limit=1");
    assert.equal(api.status, 200);
    assert.equal(api.body.items.length, 1);
    assert.equal(api.body.next, "1");
    const counted = Object.values(api.body.by_reason).reduce((sum, n) => sum + n, api.body.not_yet);
    assert.equal(counted, api.body.left_out, "reasons sum to those left out");

    await person.open("/activite");
    const quarter = page.getByRole("region", { name: "Ce trimestre" });
    const own = await demo.api(doctor, "GET", "/me/figures");
    assert.equal(own.status, 200);
    if (own.body.asked > 0) assert.match(await quarter.innerText(), new RegExp(`Demandes reçues\\s+${own.body.asked}`));
    else assert.match(await quarter.innerText(), /Rien ne vous a encore été demandé/);
    await person.assertAccessible("/activite");
    person.assertNoComplaint();
  } finally {
    await person.context.close();
  }
});

test("the coordinator sees how solicitations are spread, sorts them, takes the file", async () => {
  const coordinator = demo.account("coordinator");
  const operator = demo.account("operator", (a) => a.network === coordinator.network);
  await raise(demo, operator, body());
  const person = await Person.at(browser, demo, DESK);
  const { page } = person;
  try {
    await person.signIn(coordinator);
    await person.open("/membres");
    await page.getByRole("link", { name: "Sollicitations" }).press("Enter");
    await page.waitForURL("**/membres/sollicitations");
    await person.assertAccessible("/membres/sollicitations");
    const list = page.getByRole("region", { name: "Par membre" });
    assert.match(await list.innerText(), /\d+\s+sollicitations?, de \d+ des \d+\s+membres/);
    const api = await demo.api(coordinator, "GET", "/members/solicitations?limit=1");
    assert.equal(api.status, 200);
    assert.ok(api.body.asked > 0 && api.body.reached > 0);
    const first = list.getByRole("row").nth(1);
    assert.match(await first.innerText(), new RegExp(`\\b${api.body.items[0].asked}\\b`), "the most asked first");

    await page.getByLabel("Ordre").selectOption("moins");
    await page.getByRole("button", { name: "Afficher" }).press("Enter");
    await page.waitForURL("**tri=moins**");
    assert.equal(await page.getByLabel("Ordre").inputValue(), "moins");
    await page.getByLabel("Du", { exact: true }).fill("2020-01-01");
    await page.getByRole("button", { name: "Afficher" }).press("Enter");
    await page.getByText("Un an au plus").first().waitFor();
    assert.match(await page.title(), /^Erreur/);
    await page.goBack();

    const link = await page.getByRole("link", { name: "Télécharger (CSV)" }).getAttribute("href");
    const file = await page.request.get(link);
    assert.match(file.headers()["content-disposition"], /sollicitations\.csv/);
    const lines = (await file.text()).trim().split("\r\n");
    assert.equal(lines.length, api.body.members + 1, "everybody is in the file");
    person.assertNoComplaint();
  } finally {
    await person.context.close();
  }
});

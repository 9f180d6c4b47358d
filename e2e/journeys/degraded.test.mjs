// Degraded life, visible: the SMS provider stops answering, the operator reads it on her open board
// without having asked, and it goes when it is over; whoever keeps the service reads why, by keyboard.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { body, raise } from "../harness/story.mjs";

const LINE = "Les SMS ne partent pas";
// QUALITY §3.3: the desk knows of a provider that is down within 15 seconds.
const LIMIT_MS = 15_000;

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

/** Breaks or mends the fake provider of the SMS. */
const sms = (state) =>
  demo.json("/demo/gateways", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ channel: "sms", state }),
  });

const ready = async () => (await fetch(`${demo.base}/readyz`)).text();

test("SMS down: the open board says so, every desk page too, and it goes when they are back", async () => {
  const account = demo.account("operator");
  const operator = await Person.at(browser, demo, DESK);
  const still = await Person.at(browser, demo, DESK, { script: false });
  const keeper = await Person.at(browser, demo, DESK);
  const small = await Person.at(browser, demo, PHONE);
  try {
    await operator.signIn(account);
    await operator.open("/direct");
    const line = operator.page.locator(".svc__line");
    assert.equal(await line.count(), 0, "nothing is wrong yet");
    assert.equal((await ready()).split("\n")[0], "ready");

    await sms("down");
    const request = body();
    await raise(demo, account, request);
    const begun = performance.now();
    await demo.advance("PT10S");
    await eventually(async () => (await line.count()) === 1, "the line on the open board", LIMIT_MS);
    assert.ok(performance.now() - begun < LIMIT_MS);
    const text = await line.innerText();
    assert.match(text, new RegExp(`${LINE} depuis \\d+`));
    assert.match(text, /Appelez les patients à prévenir/);
    assert.equal(await operator.page.locator('[role="status"].svc').count(), 1, "read aloud politely");
    await operator.assertAccessible("/direct, SMS down");
    const fits = await operator.page.evaluate(() => document.documentElement.scrollHeight <= innerHeight);
    assert.ok(fits, "the desk still fits its screen");

    // Without script, and on a page that follows nothing: it is in the page.
    await still.signIn(account);
    await still.open("/demandes");
    assert.match(await still.page.locator(".svc__line").innerText(), new RegExp(LINE));

    // Whoever keeps the service: from the line to the page, by keyboard.
    await keeper.signIn(demo.account("coordinator", (a) => a.network === account.network));
    await keeper.open("/demandes");
    await keeper.tabTo(keeper.page.locator(".svc__line a[href='/admin/etat']"));
    await keeper.page.keyboard.press("Enter");
    await keeper.page.waitForURL(/\/admin\/etat$/);
    const page = await keeper.page.locator("main").innerText();
    for (const words of [LINE, "Prévenez le fournisseur", "la passerelle ne répond pas", "Passerelles", "Processus"]) {
      assert.ok(page.includes(words), `${words} in\n${page}`);
    }
    await keeper.assertAccessible("/admin/etat, SMS down");
    await small.signIn(demo.account("administrator"));
    await small.open("/admin/etat");
    await small.assertAccessible("/admin/etat, 360×640");
    for (const person of [keeper, small, still]) person.assertNeverSaw(request.patient);
    assert.match(await ready(), /^degraded\nchannel-down sms\n/);

    await sms("up");
    await demo.advance("PT5M");
    await eventually(async () => (await line.count()) === 0, "the line gone from the open board", LIMIT_MS);
    await eventually(async () => (await ready()) === "ready\n", "ready again", LIMIT_MS);
    for (const person of [operator, keeper, small, still]) person.assertNoComplaint();
  } finally {
    for (const person of [operator, still, keeper, small]) await person.close();
  }
});

test("the demonstration's own switch cuts the SMS and restores them", async () => {
  const visitor = await Person.at(browser, demo, DESK);
  try {
    await visitor.open("/demo");
    await visitor.page.getByRole("button", { name: "Couper les SMS" }).click();
    await visitor.page.getByRole("button", { name: "Rétablir les SMS" }).waitFor();
    await visitor.assertAccessible("/demo, SMS cut");
    await visitor.page.getByRole("button", { name: "Rétablir les SMS" }).click();
    await visitor.page.getByRole("button", { name: "Couper les SMS" }).waitFor();
    visitor.assertNoComplaint();
  } finally {
    await visitor.close();
  }
});

for (const viewport of [PHONE, DESK]) {
  test(`the page shown without the database is accessible, ${viewport.width}×${viewport.height}`, async () => {
    const visitor = await Person.at(browser, demo, viewport);
    try {
      for (const sample of ["courant", "extreme"]) {
        await visitor.open(`/demo/galerie/absence/${sample}`);
        await visitor.assertAccessible(`absence, ${sample}`);
      }
    } finally {
      await visitor.close();
    }
  });
}

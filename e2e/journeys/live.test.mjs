// The board when its connection is lost: it says so, keeps what it shows, and catches up by itself,
// whether the network or the server was away; and what it does when the server has no room for it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, Person, launch } from "../harness/browser.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { body, raise } from "../harness/story.mjs";
import { Wire } from "../harness/wire.mjs";

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

const row = (page, id) => page.locator(`.live a[href="/demandes/${id}"]`);
const note = (page) => page.locator("p.cut");

/** The board of the operator, live: a request raised elsewhere appears without a gesture. */
async function liveBoard(operator, account) {
  await operator.open("/direct");
  const { id } = await raise(demo, account, body());
  await row(operator.page, id).waitFor();
  assert.equal(await note(operator.page).count(), 0, "a live board says nothing");
  return id;
}

test("the network goes: the board says so with the hour, then hears what it missed", async () => {
  const account = demo.account("operator");
  const wire = await Wire.to(demo.port);
  const operator = await Person.at(browser, { ...demo, base: wire.base }, DESK);
  await operator.signIn({ ...account, login_url: account.login_url.replace(demo.base, wire.base) });
  const shown = await liveBoard(operator, account);
  // Every stream opened says where it stands; the last one must go on from there.
  const streams = [];
  operator.page.on("request", (request) => {
    if (new URL(request.url()).pathname === "/flux") streams.push(request.url());
  });

  wire.cut();
  const { id: missed } = await raise(demo, account, body());
  await note(operator.page).waitFor();
  assert.match(await note(operator.page).innerText(), /Connexion perdue.*date de \d\d\sh\s\d\d/);
  assert.equal(await row(operator.page, shown).count(), 1, "what was shown stays");
  assert.equal(await row(operator.page, missed).count(), 0, "the wire is not cut");
  await operator.assertAccessible("the board without a connection");

  wire.mend();
  await row(operator.page, missed).waitFor({ timeout: 30_000 });
  await eventually(async () => (await note(operator.page).count()) === 0, "the note is taken away");
  assert.match(new URL(streams.at(-1)).searchParams.get("depuis") ?? "", /^[0-9a-f]+-\d+$/);

  const { id: after_ } = await raise(demo, account, body());
  await row(operator.page, after_).waitFor();
  operator.assertNoComplaint();
  await operator.close();
  await wire.close();
});

test("the server is killed and comes back: the board looks at everything", async () => {
  const account = demo.account("operator");
  const operator = await Person.at(browser, demo, DESK);
  await operator.signIn(account);
  const shown = await liveBoard(operator, account);
  await demo.kill();
  await note(operator.page).waitFor();
  assert.equal(await row(operator.page, shown).count(), 1, "what was shown stays");
  await demo.launch();
  const { id: missed } = await raise(demo, account, body());
  await row(operator.page, missed).waitFor({ timeout: 30_000 });
  await eventually(async () => (await note(operator.page).count()) === 0, "the note is taken away");
  operator.assertNoComplaint();
  await operator.close();
});

test("without room for its stream the board is up to date, and says that it is slow", async () => {
  const account = demo.account("coordinator");
  const signedIn = await fetch(account.login_url, { redirect: "manual" });
  const cookie = signedIn.headers.getSetCookie()[0].split(";")[0];
  const leave = new AbortController();
  const tabs = [];
  for (;;) {
    const tab = await fetch(`${demo.base}/flux`, { headers: { cookie }, signal: leave.signal });
    if (tab.status !== 200) {
      assert.equal(tab.status, 503);
      assert.ok(Number(tab.headers.get("retry-after")) >= 30);
      break;
    }
    tabs.push(tab);
    assert.ok(tabs.length < 100, "no limit");
  }
  const coordinator = await Person.at(browser, demo, DESK);
  await coordinator.signIn(account);
  const { id } = await raise(demo, demo.account("operator"), body());
  await demo.advance("PT61M");
  await coordinator.open("/coup-de-main");
  await note(coordinator.page).waitFor();
  assert.match(await note(coordinator.page).innerText(), /30\ssecondes/);
  assert.ok(await coordinator.page.locator(`a[href*="${id}"]`).count(), "the page shows what stands");
  await coordinator.assertAccessible("a page without a stream");
  leave.abort();
  await coordinator.close();
});

// Every page each role can reach by following links: accessible, light, self-contained, silent
// about patients, with the headers it must have.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, Person, launch } from "../harness/browser.mjs";
import { Demo } from "../harness/server.mjs";
import { body, raise, usualDoctor } from "../harness/story.mjs";

let demo;
let browser;
let usual;
const hidden = [];

before(async () => {
  demo = await Demo.start();
  browser = await launch();
  usual = usualDoctor(demo);
  const request = body({ usual });
  hidden.push(request.patient);
  await raise(demo, demo.account("operator"), request);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** One address per kind of page: ids, queries and fragments are left out. */
const kind = (url) =>
  new URL(url).pathname.replace(/\/[a-z]{3}_[0-9A-Z]{26}/g, "/{id}").replace(/\/\d+(?=\/|$)/g, "/{n}");

/** Follows links from `start`, visiting each kind of page once, until `limit` kinds were seen. */
async function crawl(person, start, limit, visit) {
  const seen = new Set();
  const queue = [start];
  while (queue.length > 0 && seen.size < limit) {
    const url = new URL(queue.shift(), demo.base).href;
    if (seen.has(kind(url))) continue;
    seen.add(kind(url));
    const response = await person.open(url);
    if (!(response.headers()["content-type"] ?? "").startsWith("text/html")) continue;
    await visit(kind(url), response);
    const links = await person.page.$$eval("a[href]", (all) => all.map((a) => a.href));
    queue.push(
      ...links.filter((link) => {
        const { origin, pathname } = new URL(link);
        const leaves = /^\/(demo|deconnexion|api|fhir|ui)\b/.test(pathname);
        return origin === demo.base && !leaves && !/\.\w{2,5}$/.test(pathname);
      }),
    );
  }
  return seen;
}

/** What was looked at of each kind of page, at each size: the elements, by name, class and role. */
const known = new Map();

/** Whether a page shows an element that no role was shown on its kind of page before. */
async function showsSomethingNew(page, where, width) {
  const elements = await page.$$eval("body *", (all) =>
    all.map((one) => `${one.tagName} ${one.className} ${one.getAttribute("role")} ${one.getAttribute("type")}`),
  );
  const before = known.get(`${width} ${where}`) ?? new Set();
  const fresh = elements.filter((one) => !before.has(one));
  known.set(`${width} ${where}`, new Set([...before, ...fresh]));
  return fresh.length > 0;
}

const PLACES = [
  { role: "operator", viewport: DESK, pages: 5 },
  { role: "regulator", viewport: DESK, pages: 2 },
  { role: "coordinator", viewport: DESK, pages: 1 },
  { role: "administrator", viewport: DESK, pages: 1 },
  { role: "auditor", viewport: DESK, pages: 1 },
  { role: "professional", viewport: PHONE, pages: 4, profession: "gp" },
  { role: "professional", viewport: PHONE, pages: 3, profession: "pharmacist" },
];

for (const { role, viewport, pages, profession } of PLACES) {
  const name = `${profession ?? role}, ${viewport.width}×${viewport.height}`;
  test(`every page of: ${name}`, async () => {
    const account = demo.account(
      role,
      (a) => (!profession || a.profession === profession) && a !== usual,
    );
    const person = await Person.at(browser, demo, viewport);
    try {
      await person.signIn(account);
      const seen = await crawl(person, person.page.url(), 30, async (where, response) => {
        if (await showsSomethingNew(person.page, where, viewport.width)) {
          await person.assertAccessible(`${where} (${name})`);
          await person.assertLegibleInTheDark(`${where} (${name})`);
        }
        const headers = response.headers();
        assert.match(headers["cache-control"] ?? "", /no-store/, `${where} may be cached`);
        assert.match(headers["content-security-policy"] ?? "", /default-src 'none'/, where);
        assert.equal(headers["x-content-type-options"], "nosniff", where);
        assert.match(headers["referrer-policy"] ?? "", /no-referrer|same-origin/, where);
      });
      assert.ok(seen.size >= pages, `only reached ${[...seen].join(", ")}`);
      person.assertNoComplaint();
      if (role !== "operator" && role !== "regulator") {
        for (const patient of hidden) person.assertNeverSaw(patient);
      }
    } finally {
      await person.close();
    }
  });
}

test("pages for nobody in particular are accessible too", async () => {
  const person = await Person.at(browser, demo, PHONE);
  try {
    for (const url of ["/connexion", "/demo", "/demo/phones", "/api/docs"]) {
      await person.open(url);
      await person.assertAccessible(url);
    }
    person.assertNoComplaint();
  } finally {
    await person.close();
  }
});

test("an address that does not exist says so on a page of ours", async () => {
  const person = await Person.at(browser, demo, DESK);
  try {
    const response = await person.page.goto("/cette-page-n-existe-pas");
    assert.equal(response.status(), 404);
    await person.assertAccessible("the 404 page");
  } finally {
    await person.close();
  }
});

test("what this looks for is found where it is", async () => {
  const person = await Person.at(browser, demo, DESK);
  const spoilt = async (spoil, check) => {
    await person.open("/connexion");
    await person.page.evaluate(spoil);
    await assert.rejects(check, assert.AssertionError);
  };
  try {
    await spoilt(
      () => document.querySelector("main").append(document.createElement("img")),
      () => person.assertAccessible("a picture that says nothing"),
    );
    await spoilt(
      () => (document.querySelector("h1").style.color = "#999"),
      () => person.assertAccessible("a pale heading"),
    );
    await spoilt(
      () => (document.querySelector("h1").style.color = "#333"),
      () => person.assertLegibleInTheDark("a heading of the day"),
    );
    await spoilt(
      () => document.querySelector("main").append(document.createElement("h1")),
      () => person.assertAccessible("two headings"),
    );
  } finally {
    await person.close();
  }
});

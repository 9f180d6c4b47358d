// Real Chromium, one context per person, everything that reaches it kept for the leak scan.
// Owns launching, signing in by demo role, accessibility and page-level checks. Knows no journey.

import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { assertSilent } from "./identity.mjs";

export const DESK = { width: 1366, height: 768 };
export const PHONE = { width: 360, height: 640 };
const WCAG = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];

/** Chromium as Debian ships it: without a screen where that is there, which costs a fifth less; else the whole. */
function chromiumOfHere(whole) {
  const shell = "/usr/bin/chromium-headless-shell";
  const fits = !whole && existsSync(shell) ? shell : "/usr/bin/chromium";
  return process.env.RELAIS_TEST_CHROMIUM ?? fits;
}

/** Chromium, speaking to nobody but the server under test. Notifications need the whole of it. */
export async function launch({ whole = false } = {}) {
  return chromium.launch({
    executablePath: chromiumOfHere(whole),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** One person at one screen. Everything they receive is remembered. */
export class Person {
  static async at(browser, demo, viewport, { script = true, workers = "block" } = {}) {
    const person = new Person();
    person.demo = demo;
    person.received = [];
    person.complaints = [];
    person.context = await browser.newContext({
      baseURL: demo.base,
      viewport,
      javaScriptEnabled: script,
      colorScheme: "light",
      locale: "fr-FR",
      timezoneId: "Europe/Paris",
      reducedMotion: "reduce",
      serviceWorkers: workers,
    });
    person.context.on("response", (response) => person.keep(response));
    person.page = await person.context.newPage();
    person.watch(person.page);
    return person;
  }

  watch(page) {
    page.setDefaultTimeout(10_000);
    page.on("pageerror", (error) => this.complaints.push(`script error: ${error.message}`));
    page.on("console", (message) => {
      // A page refused with its form is an answer; what a page loads is checked in `keep`.
      const refused = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !refused) this.complaints.push(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      const known = url.origin === this.demo.base || this.demo.elsewhere?.includes(url.origin);
      if (url.protocol.startsWith("http") && !known) {
        this.complaints.push(`request outside: ${url.origin}`);
      }
    });
  }

  async keep(response) {
    const entry = { url: response.url(), status: response.status(), body: "", bytes: 0 };
    this.received.push(entry);
    const type = response.headers()["content-type"] ?? "";
    entry.headers = response.headers();
    if (response.status() >= 400 && response.request().resourceType() !== "document") {
      this.complaints.push(`${response.status()} for ${response.url()}`);
    }
    // An event stream never ends; its events are ids only, and the fragments they cause are kept.
    if (type.startsWith("text/event-stream") || response.status() >= 300 && response.status() < 400) {
      return;
    }
    const body = await response.body().catch(() => null);
    if (body) {
      entry.bytes = body.length;
      if (/text|json|xml|javascript/.test(type)) entry.body = body.toString("utf8");
    }
  }

  /** Signs in as one of the demonstration's people. */
  async signIn(account) {
    this.account = account;
    const response = await this.page.goto(account.login_url);
    assert.ok(response?.ok(), `signing in as ${account.name}: ${response?.status()}`);
  }

  async open(url) {
    const response = await this.page.goto(url);
    assert.ok(response?.ok(), `${url} answered ${response?.status()} to ${this.account?.role}`);
    return response;
  }

  /** Nothing this person ever received shows `patient`. */
  assertNeverSaw(patient) {
    for (const { url, body, headers } of this.received) {
      assertSilent(decodeURIComponent(url), patient, `the address ${url}`);
      assertSilent(body, patient, `the answer of ${url} to ${this.account?.role}`);
      assertSilent(JSON.stringify(headers ?? {}), patient, `the headers of ${url}`);
    }
  }

  assertNoComplaint() {
    assert.deepEqual(this.complaints, [], `complaints of ${this.account?.role}'s browser`);
  }

  /** WCAG A and AA by axe, plus what axe does not see: sideways scroll and one `h1`. */
  async assertAccessible(where) {
    assert.deepEqual(await this.#violations(), [], `accessibility of ${where}`);
    const facts = await this.page.evaluate(() => ({
      sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      h1: document.querySelectorAll("h1").length,
      lang: document.documentElement.lang,
    }));
    assert.ok(facts.sideways <= 0, `${where} scrolls sideways by ${facts.sideways} px`);
    assert.equal(facts.h1, 1, `${where} has ${facts.h1} h1`);
    assert.equal(facts.lang, "fr", `${where} does not say its language`);
  }

  /** The same page in the dark differs by its colours alone: only those are looked at again. */
  async assertLegibleInTheDark(where) {
    await this.page.emulateMedia({ colorScheme: "dark" });
    const found = await this.#violations((axe) => axe.withRules(["color-contrast"]));
    await this.page.emulateMedia({ colorScheme: "light" });
    assert.deepEqual(found, [], `contrast of ${where} in the dark`);
  }

  async #violations(narrowed = (axe) => axe.withTags(WCAG)) {
    // At the height of the whole page: a bar that sticks to the bottom would otherwise hide half of
    // a button that one scroll uncovers, and axe would measure the visible half.
    const size = this.page.viewportSize();
    const whole = await this.page.evaluate(() => document.documentElement.scrollHeight);
    await this.page.setViewportSize({ width: size.width, height: Math.max(size.height, whole) });
    // What axe adds for frames, a second page with all of itself once more, would tell nothing: no page of ours has any.
    assert.equal(this.page.frames().length, 1, `${this.page.url()} has frames`);
    const axe = new AxeBuilder({ page: this.page }).setLegacyMode().options({ resultTypes: ["violations"] });
    const { violations } = await narrowed(axe).analyze();
    await this.page.setViewportSize(size);
    return violations.map(
      (v) => `${v.id}: ${v.help}\n    ${v.nodes.map((n) => n.target.join(" ")).join("\n    ")}`,
    );
  }

  /** Bytes that the next navigation to `url` brings, everything included, as sent. */
  async weight(url) {
    const client = await this.context.newCDPSession(this.page);
    await client.send("Network.enable");
    await client.send("Network.setCacheDisabled", { cacheDisabled: true });
    let bytes = 0;
    client.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
    await this.open(url);
    await this.page.waitForLoadState("load");
    await this.page.evaluate(() => document.fonts.ready.then(() => null));
    await client.detach();
    return bytes;
  }

  /** Tabs until the focused element fits; a keyboard user has no other way. */
  async tabTo(locator, limit = 80) {
    // Looked up at each press: what the server answers may put another element in its place meanwhile.
    for (let presses = 0; presses < limit; presses += 1) {
      if (await locator.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press("Tab");
    }
    assert.fail(`not reached with ${limit} tabs: ${await locator.evaluate((e) => e.outerHTML.slice(0, 120))}`);
  }

  async close() {
    await this.context.close();
  }
}

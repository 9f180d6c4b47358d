// The channels of a real installation: `relais serve` on a territory, spoken to by independent tools.
// Web Push: our own push service keeps what arrives, `http_ece` opens it, node's own cryptography
// checks the signature, and Chromium's service worker shows it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import crypto from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import ece from "http_ece";
import { PHONE, Person, launch } from "../harness/browser.mjs";
import { PushService, subscription } from "../harness/push.mjs";
import { Demo, binary, eventually } from "../harness/server.mjs";

/** The claims of a VAPID header, once its signature holds. */
function vapid(header) {
  const [, token, key] = /^vapid t=([^,]+), k=(.+)$/.exec(header);
  const [head, claims, signature] = token.split(".");
  const point = Buffer.from(key, "base64url");
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33).toString("base64url"),
  };
  const holds = crypto.verify(
    "sha256",
    Buffer.from(`${head}.${claims}`),
    { key: crypto.createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  assert.ok(holds, "the signature of the sender");
  return { key, ...JSON.parse(Buffer.from(claims, "base64url").toString("utf8")) };
}

let demo;
let browser;
let push;
let folder;
before(async () => {
  push = await PushService.start();
  folder = await mkdtemp(path.join(os.tmpdir(), "relais-push-"));
  demo = await Demo.start();
  browser = await launch({ whole: true });
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  push?.stop();
  await rm(folder, { recursive: true, force: true });
});

const outcome = async (child) => {
  let said = "";
  child.stdout.on("data", (chunk) => (said += chunk));
  child.stderr.on("data", (chunk) => (said += chunk));
  const [code] = await once(child, "exit");
  return { code, said };
};

test("a notification of `relais serve` is opened by an independent decryptor and shown by Chromium", async () => {
  const doctor = demo.account("professional", (a) => a.profession === "gp" && a.alert_number);
  const person = await Person.at(browser, demo, PHONE, { workers: "allow" });
  try {
    await person.signIn(doctor);

    // The demonstration's own territory, served as an installation would be.
    const keyFile = path.join(folder, "push.key");
    const made = await outcome(spawn(binary, ["push-key", keyFile]));
    assert.equal(made.code, 0, made.said);
    const again = await outcome(spawn(binary, ["push-key", keyFile]));
    assert.equal(again.code, 1, "a key is never overwritten");
    await demo.kill();
    const master = await readFile(path.join(demo.data, "master.key"));
    await demo.serve({
      RELAIS_KEYS_MASTER: master.toString("base64"),
      RELAIS_GATEWAYS_PUSH_KIND: "web-push",
      RELAIS_GATEWAYS_PUSH_SECRET_FILE: keyFile,
      RELAIS_GATEWAYS_PUSH_CONTACT: "mailto:garde@relais.example",
      RELAIS_GATEWAYS_PUSH_HOSTS: "127.0.0.1",
    });

    // An installation's cookie has another name and is for secure origins, which this machine is.
    const [session] = (await person.context.cookies()).filter((one) => one.name === "relais");
    const kept = { value: session.value, domain: "127.0.0.1", path: "/", httpOnly: true };
    await person.context.addCookies([{ ...kept, name: "__Host-relais", secure: true, sameSite: "Lax" }]);
    await person.context.grantPermissions(["notifications"], { origin: demo.base });
    await person.open("/notifications");
    await person.assertAccessible("/notifications");
    const key = await person.page.locator("form[data-push]").getAttribute("data-push");
    assert.equal(Buffer.from(key, "base64url").length, 65);

    // What Chromium would give if a push service of its own could be reached from here.
    const mine = subscription(push);
    const post = (url, form) =>
      person.page.request.post(url, { form, headers: { origin: demo.base }, maxRedirects: 0 });
    assert.equal((await post("/notifications", mine.form)).status(), 303);
    await person.open("/notifications");
    assert.match(await person.page.locator("main").innerText(), /Pas encore vue/);
    await person.page.getByRole("button", { name: "Envoyer un essai" }).press("Enter");
    const sent = await eventually(() => push.seen[0], "the notification at the push service");

    assert.equal(sent.headers["content-encoding"], "aes128gcm");
    assert.ok(Number(sent.headers.ttl) > 0);
    const claims = vapid(sent.headers.authorization);
    assert.equal(claims.key, key, "signed by the key the page gave");
    assert.equal(claims.aud, push.origin);
    assert.equal(claims.sub, "mailto:garde@relais.example");
    const hours = claims.exp - Date.now() / 1000;
    assert.ok(hours > 0 && hours <= 24 * 3600, `${hours} s`);
    const opened = ece.decrypt(sent.body, {
      version: "aes128gcm",
      privateKey: mine.keys,
      authSecret: mine.auth.toString("base64url"),
    });
    const note = JSON.parse(opened.toString("utf8"));
    assert.match(note.title, /Essai réussi/);
    assert.match(note.text, /Aucun patient n’attend/);

    // The same bytes, put into Chromium: the service worker shows them and says so.
    const client = await person.context.newCDPSession(person.page);
    const registered = new Promise((resolve) => {
      client.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
        if (registrations[0]) resolve(registrations[0].registrationId);
      });
    });
    await client.send("ServiceWorker.enable");
    await person.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    const told = person.context.waitForEvent("request", (r) => r.url().endsWith("/notifications/recue"));
    await client.send("ServiceWorker.deliverPushMessage", {
      origin: demo.base,
      registrationId: await registered,
      data: JSON.stringify(note),
    });
    const receipt = await told;
    assert.equal(new URLSearchParams(receipt.postData()).get("key"), note.key);
    const shown = await person.page.evaluate(async () => {
      const worker = await navigator.serviceWorker.ready;
      return (await worker.getNotifications()).map((one) => ({ title: one.title, body: one.body, tag: one.tag }));
    });
    assert.deepEqual(shown, [{ title: note.title, body: note.text, tag: note.tag }]);

    // This Chromium has no subscription: it cannot name itself, so its half is said for it.
    const seen = await post("/notifications/recue", { key: note.key, endpoint: mine.form.endpoint });
    assert.equal(seen.status(), 204);
    await person.open("/notifications");
    assert.match(await person.page.locator("main li").innerText(), /Vue /);

    // The browser is gone: the next trial forgets it.
    push.status = 410;
    await person.page.getByRole("button", { name: "Envoyer un essai" }).press("Enter");
    await eventually(async () => {
      await person.open("/notifications");
      return (await person.page.locator("main li").count()) === 0;
    }, "the browser forgotten");
    person.assertNoComplaint();
  } finally {
    await person.context.close();
  }
});

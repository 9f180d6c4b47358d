// Each gateway's plug is pulled in turn from the real binary: the request stays and is asked on, the open board says
// what does not leave, and when the plug is back the message leaves, once (R7, I7).

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { HttpProvider, MailServer } from "../harness/providers.mjs";
import { PushService, subscription } from "../harness/push.mjs";
import { neverClose } from "../harness/served.mjs";
import { Demo, binary, eventually } from "../harness/server.mjs";
import { Centre } from "../harness/smsc.mjs";
import { body, raise, status } from "../harness/story.mjs";

// QUALITY §3.3 counts from the moment the provider is known to be away: one failure, then five seconds of failing.
const KNOWN_MS = 40_000;
// A circuit rests thirty seconds at most, and what waits is tried again after as long.
const BACK_MS = 90_000;

let demo;
let folder;
let sms;
let voice;
let mail;
let push;
let centre;
let operator;
let doctor;
let cookies;
let mine;
let key;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "relais-plugs-"));
  [sms, voice, mail, centre] = [new HttpProvider(), new HttpProvider(), new MailServer(), new Centre()];
  await Promise.all([sms, voice, mail, centre].map((one) => one.listen()));
  // It throttles its first message elsewhere: here, what it takes is counted.
  centre.refused = 1;
  push = await PushService.start();
  demo = await Demo.start();
  operator = demo.account("operator");
  doctor = demo.account("professional", (a) => a.profession === "gp" && a.alert_number && a.network === operator.network);
  cookies = { operator: await session(operator), doctor: await session(doctor) };
  mine = subscription(push);
  await demo.kill();
  key = { RELAIS_KEYS_MASTER: (await readFile(path.join(demo.data, "master.key"))).toString("base64") };
  await neverClose(demo, folder, key);
});
after(async () => {
  await demo?.stop();
  push?.stop();
  await Promise.all([sms, voice, mail, centre].map((one) => one?.stop()));
  await rm(folder, { recursive: true, force: true });
});

/** The session of somebody of the demonstration, as an installation's cookie. */
async function session(account) {
  const answer = await fetch(account.login_url, { redirect: "manual" });
  const [, value] = /relais=([^;]+)/.exec(answer.headers.get("set-cookie") ?? "");
  return `__Host-relais=${value}`;
}

const ready = async () => (await fetch(`${demo.base}/readyz`)).text();

/** The lines under the bar of the operator's board, as its page says them. */
async function board() {
  const answer = await fetch(`${demo.base}/direct`, { headers: { cookie: cookies.operator } });
  assert.equal(answer.status, 200);
  const page = await answer.text();
  return [...page.matchAll(/class="svc__line[^>]*>(.*?)<\/p>/gs)].map(([, line]) => line.replaceAll(/<[^>]+>/g, ""));
}

/** The one doctor asked, by one way. */
async function by(way) {
  const terms = {
    consultation: true,
    quiet: null,
    unavailable_until: null,
    daily_max: null,
    hourly_max: null,
    rest_minutes: null,
    own_patients_only: false,
    channels: [way],
  };
  const set = await demo.api(doctor, "PUT", "/me/activity", terms);
  assert.ok(set.status < 300, JSON.stringify(set.body));
}

/** Pulled, raised, said, put back, left once. */
async function unplugged({ channel, words, way, pull, put, arrived }) {
  await by(way);
  await eventually(async () => !/channel-down/.test(await ready()), "every channel works first", BACK_MS);
  const before = arrived().length;
  await pull();
  const request = body({ usual: doctor });
  const { id } = await raise(demo, operator, request);
  await eventually(async () => (await ready()).includes(`channel-down ${channel}`), `${channel} known to be down`, KNOWN_MS);
  const said = await board();
  assert.ok(said.some((line) => line.includes(words)), `« ${words} » on the board: ${said}`);
  assert.ok(!said.join().includes(request.patient.birth_name));
  assert.equal(await status(demo, operator, id), "asking_usual", "the request is asked on");
  assert.equal(arrived().length, before, "nothing left");
  await put();
  const all = await eventually(() => arrived().length > before && arrived(), "the message, once the plug is back", BACK_MS);
  await eventually(async () => !(await ready()).includes(`channel-down ${channel}`), "the board is quiet again", BACK_MS);
  assert.ok(!(await board()).some((line) => line.includes(words)));
  assert.equal(all.length, before + 1, "once");
  assert.ok(!JSON.stringify(all.at(-1)).includes(request.patient.birth_name));
  // Somebody says yes: the request lived through it.
  const { body: list } = await demo.api(doctor, "GET", "/offers?status=open");
  const offer = list.items.find((one) => one.request === id);
  const yes = await demo.api(doctor, "POST", `/offers/${offer.id}/accept`, { appointment: { mode: "call" } });
  assert.equal(yes.status, 200, JSON.stringify(yes.body));
}

/** Messages that put a request to our doctor. */
const asks = (list, to) => list.filter((m) => m.to === to && /pour r[eé]pondre|OUI \d+|\/offres\//.test(m.text));

test("SMS over HTTP, mail and notifications, each unplugged in turn", async () => {
  const keyFile = path.join(folder, "push.key");
  const made = spawn(binary, ["push-key", keyFile], { stdio: "ignore" });
  assert.deepEqual(await once(made, "exit"), [0, null]);
  await demo.serve({
    ...key,
    RELAIS_GATEWAYS_SMS_URL: `http://127.0.0.1:${sms.port}/send`,
    // Every channel has its gateway: the board says one thing at a time.
    RELAIS_GATEWAYS_VOICE_URL: `http://127.0.0.1:${voice.port}/send`,
    RELAIS_GATEWAYS_MAIL_KIND: "smtp",
    RELAIS_GATEWAYS_MAIL_HOST: "127.0.0.1",
    RELAIS_GATEWAYS_MAIL_PORT: String(mail.port),
    RELAIS_GATEWAYS_MAIL_TLS: "none",
    RELAIS_GATEWAYS_MAIL_FROM: "SNP <ne-pas-repondre@snp.example>",
    RELAIS_GATEWAYS_PUSH_KIND: "web-push",
    RELAIS_GATEWAYS_PUSH_SECRET_FILE: keyFile,
    RELAIS_GATEWAYS_PUSH_CONTACT: "mailto:garde@relais.example",
    RELAIS_GATEWAYS_PUSH_HOSTS: "127.0.0.1",
  });
  const form = new URLSearchParams(mine.form);
  const headers = { cookie: cookies.doctor, origin: demo.base };
  const kept = await fetch(`${demo.base}/notifications`, { method: "POST", body: form, headers, redirect: "manual" });
  assert.equal(kept.status, 303);
  await eventually(() => push.seen.length === 1, "the trial of a browser that is new");

  await unplugged({
    channel: "sms",
    words: "Les SMS ne partent pas",
    way: "sms",
    pull: () => sms.stop(),
    put: () => sms.listen(sms.port),
    arrived: () => asks(sms.taken, doctor.alert_number),
  });
  await unplugged({
    channel: "mail",
    words: "Les courriels ne partent pas",
    way: "mail",
    pull: () => mail.stop(),
    put: () => mail.listen(mail.port),
    arrived: () => mail.taken.filter((m) => /offres/.test(m.text)),
  });
  await unplugged({
    channel: "push",
    words: "Les notifications ne partent pas",
    way: "push",
    pull: () => push.pull(),
    put: () => push.plug(),
    arrived: () => push.seen,
  });
});

test("SMS by SMPP, unplugged", async () => {
  await demo.kill();
  await demo.serve({
    ...key,
    RELAIS_GATEWAYS_VOICE_URL: `http://127.0.0.1:${voice.port}/send`,
    RELAIS_GATEWAYS_SMS_KIND: "smpp",
    RELAIS_GATEWAYS_SMS_HOST: "127.0.0.1",
    RELAIS_GATEWAYS_SMS_PORT: String(centre.port),
    RELAIS_GATEWAYS_SMS_TLS: "none",
    RELAIS_GATEWAYS_SMS_USER: "relais",
    RELAIS_GATEWAYS_SMS_SECRET: "motpasse",
    RELAIS_GATEWAYS_SMS_SENDER: "38000",
  });
  await eventually(() => [...centre.sessions].some((one) => one.bound), "bound");
  await unplugged({
    channel: "sms",
    words: "Les SMS ne partent pas",
    way: "sms",
    pull: () => centre.stop(),
    put: () => centre.listen(centre.port),
    arrived: () => asks(centre.taken, doctor.alert_number),
  });
});

// SMS by SMPP: `relais serve` bound to an independent message centre (npm `smpp`), a doctor without a
// smartphone who answers by SMS, a centre that is full, that brings receipts, that goes and comes back.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { neverClose } from "../harness/served.mjs";
import { Demo, eventually } from "../harness/server.mjs";
import { Centre } from "../harness/smsc.mjs";
import { body, raise, reaches } from "../harness/story.mjs";

let demo;
let centre;
let folder;
before(async () => {
  centre = new Centre();
  await centre.listen();
  folder = await mkdtemp(path.join(os.tmpdir(), "relais-smsc-"));
  demo = await Demo.start();
});
after(async () => {
  await demo?.stop();
  await centre?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("a doctor without a smartphone is asked and answers through an independent message centre", async () => {
  const operator = demo.account("operator");
  const fits = (a) => a.profession === "gp" && a.smartphone === false && a.network === operator.network;
  const doctor = demo.account("professional", fits);
  await demo.kill();
  const master = await readFile(path.join(demo.data, "master.key"));
  const key = { RELAIS_KEYS_MASTER: master.toString("base64") };
  await neverClose(demo, folder, key);
  await demo.serve({
    ...key,
    RELAIS_GATEWAYS_SMS_KIND: "smpp",
    RELAIS_GATEWAYS_SMS_HOST: "127.0.0.1",
    RELAIS_GATEWAYS_SMS_PORT: String(centre.port),
    RELAIS_GATEWAYS_SMS_TLS: "none",
    RELAIS_GATEWAYS_SMS_USER: "relais",
    RELAIS_GATEWAYS_SMS_SECRET: "motpasse",
    RELAIS_GATEWAYS_SMS_SENDER: "38000",
  });
  const terms = { consultation: true, quiet: null, unavailable_until: null, own_patients_only: false };
  const set = await demo.api(doctor, "PUT", "/me/activity", terms);
  assert.ok(set.status < 300, JSON.stringify(set.body));
  await eventually(() => [...centre.sessions].some((one) => one.bound), "bound although nothing is sent");
  assert.equal(centre.version, 0x34);

  const request = body({ usual: doctor });
  const { id } = await raise(demo, operator, request);
  const sms = await eventually(
    () => centre.taken.find((m) => m.to === doctor.alert_number && /OUI (\d+)/.test(m.text)),
    "the SMS with a code, after the centre was full",
    20_000,
  );
  assert.equal(centre.refused, 1);
  assert.equal(sms.from, "38000");
  assert.ok(!sms.text.includes(request.patient.birth_name));
  await eventually(async () => {
    const { body: list } = await demo.api(operator, "GET", `/requests/${id}/messages`);
    return JSON.stringify(list).includes("delivered");
  }, "the receipt on the request");

  const code = /OUI (\d+)/.exec(sms.text)[1];
  await centre.writes(doctor.alert_number, `oui ${code}`);
  await reaches(demo, operator, id, "accepted");
  const yours = await eventually(
    () => centre.taken.find((m) => m.to === doctor.alert_number && /c.est a vous/i.test(m.text)),
    "the answer to the answer",
  );
  assert.ok(!yours.text.includes(request.patient.birth_name));
  await eventually(() => centre.taken.find((m) => m.to === request.patient.phone), "the patient is told");

  // The centre goes and comes back: the session is bound again although nothing is sent.
  await centre.stop();
  await centre.listen(centre.port);
  const before = centre.taken.length;
  await centre.writes(doctor.alert_number, "Bonjour, je n’ai pas compris");
  await eventually(() => centre.taken.length > before, "an answer after the return");
  // The service looks at itself every two seconds.
  await eventually(async () => {
    const state = await (await fetch(`${demo.base}/metrics`)).text();
    return state.includes('relais_channel_working{channel="sms"} 1');
  }, "the channel is said to work again");
  for (const secret of ["motpasse", request.patient.birth_name, doctor.alert_number]) {
    assert.ok(!demo.log.includes(secret), "nothing private in the log");
  }
});

// SMS by SMPP: `relais serve` bound to an independent message centre (npm `smpp`), a doctor without a
// smartphone who answers by SMS, a centre that is full, that brings receipts, that goes and comes back.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import smpp from "smpp";
import { Demo, binary, eventually } from "../harness/server.mjs";
import { MASSY, body, raise, reaches } from "../harness/story.mjs";

/** A message centre of one's own: keeps what it takes, gives receipts, brings what phones write. */
class Centre {
  constructor() {
    this.taken = [];
    this.acknowledged = [];
    this.refused = 0;
    this.next = 1;
    this.sessions = new Set();
  }

  async listen(port = 0) {
    this.server = smpp.createServer({}, (session) => this.serve(session));
    this.server.listen(port, "127.0.0.1");
    await once(this.server, "listening");
    this.port = this.server.address().port;
  }

  serve(session) {
    this.sessions.add(session);
    session.on("close", () => this.sessions.delete(session));
    session.on("error", () => this.sessions.delete(session));
    session.on("bind_transceiver", (pdu) => {
      this.version = pdu.interface_version;
      const known = pdu.system_id === "relais" && pdu.password === "motpasse";
      session.send(pdu.response({ command_status: known ? smpp.ESME_ROK : smpp.ESME_RINVPASWD }));
      session.bound = known;
    });
    session.on("enquire_link", (pdu) => session.send(pdu.response()));
    session.on("unbind", (pdu) => session.send(pdu.response()));
    session.on("deliver_sm_resp", (pdu) => this.acknowledged.push(pdu.command_status));
    session.on("submit_sm", (pdu) => {
      if (this.refused === 0) {
        this.refused += 1;
        session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
        return;
      }
      const id = `MSG${this.next++}`;
      const { short_message: text, destination_addr: to, registered_delivery: asks } = pdu;
      this.taken.push({ id, to: `+${to}`, from: pdu.source_addr, text: text.message, coding: pdu.data_coding });
      session.send(pdu.response({ message_id: id }));
      if (asks !== 1) return;
      session.deliver_sm({
        source_addr: to,
        destination_addr: pdu.source_addr,
        esm_class: 4,
        short_message: `id:${id} sub:001 dlvrd:001 submit date:2611261200 done date:2611261200 stat:DELIVRD err:000 text:`,
        receipted_message_id: id,
        message_state: 2,
      });
    });
  }

  /** A phone writes; answers once Relais has acknowledged. */
  async writes(number, text) {
    const session = await eventually(() => [...this.sessions].find((one) => one.bound), "a bound session");
    const before = this.acknowledged.length;
    session.deliver_sm({
      source_addr: number.replace("+", ""),
      source_addr_ton: 1,
      source_addr_npi: 1,
      destination_addr: "38000",
      short_message: text,
    });
    await eventually(() => this.acknowledged.length > before, `the answer « ${text} » acknowledged`);
    assert.equal(this.acknowledged.at(-1), smpp.ESME_ROK);
  }

  async stop() {
    for (const session of this.sessions) session.destroy();
    this.sessions.clear();
    const closed = once(this.server, "close");
    this.server.close();
    await closed;
  }
}

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

/** The network of the demonstration, open day and night: the served clock is the real one. */
async function neverClose(variables) {
  const week = Object.fromEntries(["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((d) => [d, ["00:00-24:00"]]));
  const insee = demo.accounts.map((a) => a.insee).filter(Boolean);
  const file = path.join(folder, "network.json");
  await writeFile(
    file,
    JSON.stringify({
      code: demo.account("operator").network,
      name: "SNP Essonne Nord",
      short_name: "SNP91",
      kind: "cpts",
      phone: "+33199009100",
      communes: [...new Set([MASSY.insee, ...insee])],
      tolerated: [],
      settings: { v: 1, hours: { weekly: week, closed_on_holidays: false } },
    }),
  );
  const env = { ...process.env, RELAIS_DATABASE_URL: `sqlite://${path.join(demo.data, "relais.db")}`, ...variables };
  const child = spawn(binary, ["import", "network", file], { env });
  let said = "";
  child.stdout.on("data", (chunk) => (said += chunk));
  child.stderr.on("data", (chunk) => (said += chunk));
  const [code] = await once(child, "exit");
  assert.equal(code, 0, said);
}

test("a doctor without a smartphone is asked and answers through an independent message centre", async () => {
  const operator = demo.account("operator");
  const fits = (a) => a.profession === "gp" && a.smartphone === false && a.network === operator.network;
  const doctor = demo.account("professional", fits);
  await demo.kill();
  const master = await readFile(path.join(demo.data, "master.key"));
  const key = { RELAIS_KEYS_MASTER: master.toString("base64") };
  await neverClose(key);
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

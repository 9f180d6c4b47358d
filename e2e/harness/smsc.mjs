// A message centre (SMPP 3.4) by an independent library: takes, throttles once, gives receipts, brings what phones
// write. Owns its port and its sessions.

import assert from "node:assert/strict";
import { once } from "node:events";
import smpp from "smpp";
import { eventually } from "./server.mjs";

/** A message centre of one's own: keeps what it takes, gives receipts, brings what phones write. */
export class Centre {
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

// The codes a person reads off something: their authenticator, their telephone, their mailbox. Owns how
// each is found; knows no page.

import { createHmac } from "node:crypto";

/** The code an authenticator shows now (RFC 6238), from its base 32 secret. */
export function totp(secret) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", key).update(step).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** The code of six digits that reached a telephone or a mailbox of the demonstration. */
export async function codeAt(demo, to) {
  const told = await demo.message((m) => m.to === to && /\b\d{6}\b/.test(m.text), `a code at ${to}`);
  return /\b\d{6}\b/.exec(told.text)[0];
}

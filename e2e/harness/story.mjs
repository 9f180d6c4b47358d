// The pieces that every journey starts from: who plays, and a request as the API takes it.
// Owns choosing people of the demonstration and raising requests; asserts only that raising worked.

import assert from "node:assert/strict";
import { canary } from "./identity.mjs";
import { eventually } from "./server.mjs";

export const MASSY = { insee: "91377", postcode: "91300", name: "Massy" };

/** A GP of the demonstration near Massy with a phone, whom a patient may have declared. */
export function usualDoctor(demo) {
  const gps = demo.accounts.filter((a) => a.role === "professional" && a.profession === "gp");
  const here = gps.filter((a) => a.alert_number && a.insee === MASSY.insee);
  const found = here[0] ?? gps.find((a) => a.alert_number);
  assert.ok(found, "the demonstration has no GP with a phone");
  return found;
}

/** A need of a patient of Massy; `change` edits the body before it is sent. */
export function body({ usual = null, patient = canary(MASSY.insee, MASSY.postcode) } = {}) {
  return {
    patient,
    usual: {
      doctor: usual ? "yes" : "no",
      ...(usual ? { rpps: usual.rpps, contacted: "unable" } : {}),
    },
    triage: { red_flags: "none", sheet: null, version: null, answers: [] },
    need: {
      profession: "gp",
      specialty: null,
      care_type: "consultation",
      mode: "consultation",
      within_hours: 12,
      motives: [{ code: "otalgie" }],
      comment: "Douleur depuis hier soir.",
    },
    window_minutes: 60,
    consent_synthesis: true,
    origin: "patient",
  };
}

/** Raises `request` as `by` and answers it as the API describes it. */
export async function raise(demo, by, request) {
  const answer = await demo.api(by, "POST", "/requests", request);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

export async function status(demo, by, id) {
  const answer = await demo.api(by, "GET", `/requests/${id}`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.status;
}

/** Waits until the request stands at `wanted`. */
export async function reaches(demo, by, id, wanted) {
  await eventually(
    async () => (await status(demo, by, id)) === wanted,
    `request ${id} at ${wanted}`,
  );
}

/** The open offers of a professional for one request. */
export async function openOffer(demo, professional, request) {
  return eventually(async () => {
    const { status: code, body: list } = await demo.api(professional, "GET", "/offers?status=open");
    assert.equal(code, 200, JSON.stringify(list));
    return list.items.find((offer) => offer.request === request);
  }, `an offer of ${request} to ${professional.name}`);
}

/** The professionals asked for `request` who hold an open offer of it, `except` left out. */
export async function asked(demo, operator, request, except = []) {
  const answer = await demo.api(operator, "GET", `/requests/${request}/verdicts`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const ids = new Set(answer.body.items.filter((v) => v.asked).map((v) => v.professional));
  const accounts = demo.accounts.filter((a) => ids.has(a.professional) && !except.includes(a));
  const found = await Promise.all(
    accounts.map(async (account) => {
      const { body: list } = await demo.api(account, "GET", "/offers?status=open");
      const offer = list?.items?.find((o) => o.request === request);
      return offer && { account, offer };
    }),
  );
  return found.filter(Boolean);
}

/** Did this message reach that professional? Phones know numbers; owners are written shorter. */
export const reached = (account, message) =>
  Boolean(account.alert_number) && message.to === account.alert_number;

/** A request somebody took, seen in two hours, and whoever took it. */
export async function taken(demo) {
  const operator = demo.account("operator");
  const request = body();
  const { id } = await raise(demo, operator, request);
  const [{ account, offer }] = await eventually(async () => {
    const found = await asked(demo, operator, id);
    return found.length > 0 && found;
  }, "the community asked");
  const { now } = await demo.now();
  const at = new Date(new Date(now).getTime() + 2 * 3600e3).toISOString();
  const answer = await demo.api(account, "POST", `/offers/${offer.id}/accept`, {
    appointment: { mode: "at", at },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return { operator, id, patient: request.patient, doctor: account };
}

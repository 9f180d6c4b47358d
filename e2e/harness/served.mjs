// The territory of a demonstration, served as an installation would be: its clock is the real one. Owns what must be
// set for that.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { binary } from "./server.mjs";
import { MASSY } from "./story.mjs";

/** The network of the demonstration, open day and night: the served clock is the real one. */
export async function neverClose(demo, folder, variables) {
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

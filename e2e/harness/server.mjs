// A demonstration server of one's own: a free loopback port, a temporary data folder, a manual clock.
// Owns starting, stopping and killing the real binary, and the demo-only endpoints. Knows no page.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const binary = process.env.RELAIS_TEST_BIN ?? path.join(root, "target/debug/relais");

/** A port nobody listens on at this moment. */
async function freePort() {
  const probe = net.createServer();
  await new Promise((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** One `relais demo`, from start to removal of its data. */
export class Demo {
  /** Starts a server on fresh data and waits until it is ready. */
  static async start({ seed = 1 } = {}) {
    const demo = new Demo();
    demo.seed = seed;
    demo.data = await mkdtemp(path.join(os.tmpdir(), "relais-e2e-"));
    demo.port = await freePort();
    demo.base = `http://127.0.0.1:${demo.port}`;
    demo.log = "";
    await demo.launch();
    return demo;
  }

  /** Starts the process on the data it has; used again after `kill`. */
  async launch() {
    const args = ["demo", "--clock", "manual", "--seed", String(this.seed)];
    args.push("--port", String(this.port), "--data", this.data);
    await this.spawn(args, process.env);
    this.accounts = await this.json("/demo/accounts.json");
  }

  async spawn(args, env) {
    const begun = performance.now();
    this.child = spawn(binary, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    this.child.stdout.on("data", (chunk) => (this.log += chunk));
    this.child.stderr.on("data", (chunk) => (this.log += chunk));
    this.exited = new Promise((resolve) => this.child.once("exit", resolve));
    for (;;) {
      if (this.child.exitCode !== null) throw new Error(`relais ${args[0]} ended:\n${this.log}`);
      const ready = await fetch(`${this.base}/readyz`).catch(() => null);
      if (ready?.ok) break;
      if (performance.now() - begun > 60_000) throw new Error(`not ready after 60 s:\n${this.log}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    this.startMs = performance.now() - begun;
  }

  /** `relais serve` on the data of a demonstration that was stopped, at the same address. */
  async serve(variables) {
    const env = {
      ...process.env,
      RELAIS_DATABASE_URL: `sqlite://${path.join(this.data, "relais.db")}`,
      RELAIS_HTTP_LISTEN: `127.0.0.1:${this.port}`,
      ...variables,
    };
    await this.spawn(["serve"], env);
  }

  async stop() {
    this.child.kill("SIGTERM");
    await this.exited;
    await rm(this.data, { recursive: true, force: true });
  }

  /** `kill -9`; `launch` starts the same server on the same data. */
  async kill() {
    this.child.kill("SIGKILL");
    await this.exited;
  }

  /** `kill -9`, then the same server on the same data. */
  async killAndRestart() {
    await this.kill();
    await this.launch();
  }

  /** Resident memory of the process, in MiB. */
  async memoryMiB() {
    const status = await readFile(`/proc/${this.child.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  }

  /** Every file under the data folder that is not the sealed database, as text. */
  async plainFiles() {
    const names = await readdir(this.data, { recursive: true });
    const plain = names.filter((name) => /\.(jsonl?|log|txt|csv)$/.test(name));
    return Promise.all(plain.map((name) => readFile(path.join(this.data, name), "utf8")));
  }

  async json(url, init) {
    const response = await fetch(this.base + url, init);
    const text = await response.text();
    assert.ok(response.ok, `${init?.method ?? "GET"} ${url} answered ${response.status}: ${text}`);
    return text ? JSON.parse(text) : null;
  }

  /** An account of the demonstration: the first that fits. */
  account(role, fits = () => true) {
    const found = this.accounts.find((a) => a.role === role && fits(a));
    assert.ok(found, `the demonstration has no fitting ${role}`);
    return found;
  }

  /** The JSON API as `account`; answers `{ status, body }` and judges nothing. */
  async api(account, method, url, body) {
    const response = await fetch(`${this.base}/api/v1${url}`, {
      method,
      headers: {
        authorization: `Bearer ${account.api_token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(method === "POST" ? { "idempotency-key": crypto.randomUUID() } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : null };
  }

  /** Moves the manual clock; answers once everything due has happened. */
  async advance(duration) {
    return this.json("/demo/clock", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ advance: duration }),
    });
  }

  async now() {
    return this.json("/demo/clock");
  }

  /** Everything that reached a fake phone or mailbox, newest last. */
  async phones() {
    return this.json("/demo/phones.json");
  }

  /** Waits for a message that fits: delivery is a background task, so its moment is not ours. */
  async message(fits, what) {
    return eventually(async () => (await this.phones()).find(fits), what);
  }

  async reply(number, text) {
    return this.json(`/demo/phones/${encodeURIComponent(number)}/reply`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text }),
    });
  }
}

/** Asks again until the answer is truthy; fails by name after ten seconds. */
export async function eventually(ask, what, limitMs = 10_000) {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end) assert.fail(`never seen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

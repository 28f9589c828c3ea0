import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemTimers } from "../time/system-timers";
import { forkedProcess } from "./forked-process";
import { supervise, type ProcessStatus, type Supervised } from "./supervisor";

/** Sums typed arrays, and does whatever else a test asks. */
const CHILD = `
import { childPort } from "./child-port";
const port = childPort();
port.onStop(() => port.post("leaving"));
port.onMessage((message) => {
  if (message instanceof Float32Array) port.post({ sum: message.reduce((a, b) => a + b, 0), echo: message });
  if (message === "environment") port.post(Object.keys(process.env).sort());
  if (message === "throw") throw new Error("the model is broken");
});
`;

const folder = mkdtempSync(join(tmpdir(), "lydlr-supervision-"));
const entry = join(folder, "child.cjs");
let running: Supervised | null = null;

beforeAll(() => {
  buildSync({
    stdin: { contents: CHILD, resolveDir: import.meta.dirname, loader: "ts" },
    outfile: entry,
    bundle: true,
    platform: "node",
    format: "cjs",
  });
});

afterAll(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true });
});

function start(env: Readonly<Record<string, string>> = {}): Supervised {
  running = supervise({ name: "summing", spawn: forkedProcess, entry, env, timers: systemTimers });
  return running;
}

function reached(supervised: Supervised, isReached: (status: ProcessStatus) => boolean): Promise<ProcessStatus> {
  return new Promise((resolve) => {
    if (isReached(supervised.status())) resolve(supervised.status());
    const dispose = supervised.onStatus((status) => {
      if (!isReached(status)) return;
      dispose();
      resolve(status);
    });
  });
}

function answer(supervised: Supervised, message: unknown): Promise<unknown> {
  return new Promise((resolve) => {
    const dispose = supervised.port.onMessage((reply) => {
      dispose();
      resolve(reply);
    });
    supervised.port.post(message);
  });
}

describe("a forked process under supervision", () => {
  it("is up again within 2 s after SIGKILL, and typed arrays cross as typed arrays", async () => {
    const supervised = start();
    const first = await reached(supervised, (status) => status.state === "up");
    expect(await answer(supervised, Float32Array.of(1, 2, 3.5))).toEqual({
      sum: 6.5,
      echo: Float32Array.of(1, 2, 3.5),
    });

    const killedAtMs = performance.now();
    process.kill(first.pid ?? 0, "SIGKILL");
    const second = await reached(supervised, (status) => status.state === "up" && status.restarts === 1);
    expect(performance.now() - killedAtMs).toBeLessThan(2_000);
    expect(second.pid).not.toBe(first.pid);
    expect(await answer(supervised, Float32Array.of(4))).toMatchObject({ sum: 4 });

    const leaving = answer(supervised, null);
    await supervised.stop();
    expect(await leaving).toBe("leaving");
    expect(() => process.kill(second.pid ?? 0, 0)).toThrow("ESRCH");
  });

  it("says the child's last words when it throws", async () => {
    const supervised = start();
    await reached(supervised, (status) => status.state === "up");
    supervised.port.post("throw");
    const status = await reached(supervised, (each) => each.restarts === 1);
    expect(status.sentence).toContain('summing ended with code 1 ("Error: the model is broken")');
    await supervised.stop();
  });

  it("inherits only the allow-listed environment and what it was given", async () => {
    process.env["LYDLR_LEAKED"] = "yes";
    const supervised = start({ GIVEN: "yes" });
    await reached(supervised, (status) => status.state === "up");
    const names = await answer(supervised, "environment");
    delete process.env["LYDLR_LEAKED"];
    expect(names).toContain("PATH");
    expect(names).toContain("GIVEN");
    expect(names).not.toContain("LYDLR_LEAKED");
    await supervised.stop();
  });

  it("leaves by itself when its parent was killed", async () => {
    const parent = spawn(process.execPath, [
      "-e",
      `const child = require("node:child_process").fork(${JSON.stringify(entry)}, [], {
         serialization: "advanced", stdio: ["ignore", "inherit", "inherit", "ipc"] });
       child.once("message", () => console.log("both are up"));`,
    ]);
    // Both hold the pipe: it closes when the child has gone as well.
    const bothGone = once(parent.stdout, "close");
    await once(parent.stdout, "data");
    parent.kill("SIGKILL");
    expect(await bothGone).toEqual([false]);
  });
});

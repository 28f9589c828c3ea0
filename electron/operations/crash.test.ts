import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { replayJournal, LIVE_STATE_EVENTS } from "../../shared/rollout/replay";
import { verifyJournal } from "../journal/offline";
import { openJournal } from "../journal/sqlite-journal";
import { virtualTimers } from "../time/virtual-timers";
import type { CrashOptions } from "./crash-program";

const here = import.meta.dirname;

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly Readonly<Record<string, string>>[];
}

describe("an engine that is killed with SIGKILL", () => {
  /** Beside the sources, so that native modules are found. */
  let folder = "";
  beforeAll(async () => {
    folder = mkdtempSync(join(here, "..", "..", "node_modules", ".crash-"));
    await build({
      entryPoints: [join(here, "crash-program.ts")],
      outfile: join(folder, "program.cjs"),
      bundle: true,
      platform: "node",
      format: "cjs",
      external: ["libsql"],
    });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function run(options: CrashOptions): Promise<Ended> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [join(folder, "program.cjs"), JSON.stringify(options)], { stdio: ["ignore", "pipe", "inherit"] });
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
      child.once("close", (_code, signal) => {
        resolve({ signal, lines: text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Record<string, string>) });
      });
    });
  }

  /** When it is killed; how often it was published before, and over both runs; how the command ends. */
  test.concurrent.each([
    ["before deploy-requested", 0, 1, "verified"],
    ["after deploy-requested", 0, 1, "verified"],
    ["before deploy-publishing", 0, 1, "verified"],
    ["after deploy-publishing", 0, 0, "unconfirmed"],
    ["before publish", 0, 0, "unconfirmed"],
    ["after publish", 1, 1, "verified"],
    ["before deploy-sent", 1, 1, "verified"],
    ["after deploy-sent", 1, 1, "verified"],
    ["after deploy-acknowledged", 1, 1, "verified"],
    ["after deploy-verifying", 1, 1, "verified"],
    ["after deploy-verified", 1, 1, "verified"],
  ])("%s has sent it %i times, %i times after the next start, and ends %s", async (crashAt, before, after, phase) => {
    const data = mkdtempSync(join(folder, "data-"));
    const published = (): number => (existsSync(join(data, "wire.log")) ? readFileSync(join(data, "wire.log"), "utf8").trim().split("\n").length : 0);
    const requestId = "request-0001";
    const first = await run({ folder: data, runs: "1.0.0", requestId, crashAt });
    expect(first.signal).toBe("SIGKILL");
    expect(published()).toBe(before);
    // The node keeps what it was sent, as a robot does whose operator's machine went down.
    const second = await run({ folder: data, runs: before > 0 ? "1.1.0" : "1.0.0", requestId, crashAt: null });
    expect(second.signal).toBeNull();
    expect(second.lines.at(-1)).toMatchObject({ command: "c-0001", phase });
    expect(published()).toBe(after);
    expect(verifyJournal(join(data, "journal.db"))).toMatchObject({ ok: true, value: { broken: null } });
    const journal = openJournal({ path: join(data, "journal.db"), clock: virtualTimers() });
    const written = journal.ofKinds(LIVE_STATE_EVENTS);
    expect(replayJournal(written.ok ? written.value : [], "embedded, seed 7").issued, "one command over both runs").toBe(1);
    journal.close();
  }, 50_000);
});

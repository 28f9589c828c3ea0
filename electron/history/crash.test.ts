import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_RETENTION } from "../../shared/contract/history";
import { openJournal } from "../journal/sqlite-journal";
import { virtualTimers } from "../time/virtual-timers";
import { checkHistory } from "./copying";
import type { CrashOptions } from "./crash-program";
import { BEGIN_MS, scratchFolder } from "./history-fixture";
import { INVENTED_FLEET, SampleInventor } from "./invented-samples";
import { HistoryKeeper } from "./keeper";
import { openForReading } from "./tables";
import { SampleWalk } from "./walk";

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly Readonly<Record<string, number>>[];
}

/** Samples of a batch of the program's four nodes, and its seconds. */
const A_BATCH = 80;
const BATCH_S = 10;

describe("a history whose application is killed with SIGKILL", () => {
  const scratch = scratchFolder();
  const program = join(scratch.path, "program.cjs");
  const entry = join(scratch.path, "thread.cjs");
  beforeAll(async () => {
    const shared: BuildOptions = { bundle: true, platform: "node", format: "cjs", external: ["libsql"], logLevel: "error", define: { "import.meta.dirname": "__dirname" } };
    await build({ ...shared, entryPoints: [join(import.meta.dirname, "crash-program.ts")], outfile: program });
    await build({ ...shared, entryPoints: [join(import.meta.dirname, "thread.ts")], outfile: entry });
  });
  afterAll(() => {
    scratch.remove();
  });

  function run(options: Omit<CrashOptions, "entry">): Promise<Ended> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [program, JSON.stringify({ ...options, entry })], { stdio: ["ignore", "pipe", "inherit"] });
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
      child.once("close", (_code, signal) => {
        resolve({ signal, lines: text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Record<string, number>) });
      });
    });
  }

  /** Arrival times of all that can be read, in order. */
  function timesIn(path: string, fleet = INVENTED_FLEET): number[] {
    const database = openForReading(path);
    const walk = new SampleWalk(database, { fleet, nodeIds: [], fromMs: 0, toMs: 4e12 });
    const times: number[] = [];
    for (let step = walk.step(); step !== null; step = walk.step()) times.push(...step.samples.columns.atMs);
    expect(checkHistory(database, () => undefined)).toMatchObject({ whole: true });
    database.close();
    return times;
  }

  /** What the program would have written, had it not died. */
  function invented(batches: number): number[] {
    const inventor = new SampleInventor({ nodes: 4, periodMs: 500, seed: 5 });
    const columns = Array.from({ length: batches }, (_, batch) => inventor.batch(BEGIN_MS + batch * BATCH_S * 1_000, BATCH_S * 1_000).rows);
    return columns.flatMap((rows) => Array.from({ length: A_BATCH }, (_, row) => rows[row * 12 + 2] ?? Number.NaN));
  }

  test.concurrent.each([
    ["a write", { statement: "INSERT INTO fresh", time: 70, when: "after" }],
    ["the end of a write", { statement: "COMMIT", time: 100, when: "before" }],
    ["packing", { statement: "INSERT INTO blocks", time: 7, when: "after" }],
    ["the end of packing", { statement: "DELETE FROM fresh", time: 5, when: "after" }],
    ["a roll-up", { statement: "INSERT INTO minutes", time: 2, when: "after" }],
    ["the end of a roll-up", { statement: "DELETE FROM pending", time: 3, when: "before" }],
  ] as const)("in %s has every acknowledged sample once, in order, and at most the batch under way", async (_name, at) => {
    const folder = mkdtempSync(join(scratch.path, "data-"));
    const ended = await run({ folder, at, then: "write" });
    expect(ended.signal).toBe("SIGKILL");
    const acknowledged = ended.lines.at(-1)?.["acknowledged"] ?? 0;
    const path = join(folder, "history.db");
    const keeper = new HistoryKeeper({ path, retention: DEFAULT_RETENTION, tell: () => undefined });
    expect(keeper.begin(BEGIN_MS)).toMatchObject({ ok: true });
    const stored = timesIn(path);
    expect([acknowledged, acknowledged + A_BATCH]).toContain(stored.length);
    expect(stored).toEqual(invented(stored.length / A_BATCH));
    // What was under way goes on.
    while (keeper.step(BEGIN_MS + 3 * 3_600_000));
    expect(timesIn(path)).toEqual(stored);
    expect(keeper.status()).toMatchObject({ state: "written", samples: stored.length });
    keeper.close();
  });

  test.concurrent.each([
    ["deletion", { statement: "DELETE FROM blocks", time: 1, when: "after" }],
    ["giving back space", { statement: "PRAGMA incremental_vacuum", time: 1, when: "after" }],
  ] as const)("in %s has the newest samples without a hole", async (_name, at) => {
    const folder = mkdtempSync(join(scratch.path, "data-"));
    const ended = await run({ folder, at, then: "write" });
    expect(ended.signal).toBe("SIGKILL");
    const acknowledged = ended.lines.findLast((line) => line["acknowledged"] !== undefined)?.["acknowledged"] ?? 0;
    const stored = timesIn(join(folder, "history.db"));
    const all = invented(acknowledged / A_BATCH);
    const from = all.indexOf(stored[0] ?? Number.NaN);
    expect(stored).toEqual(all.slice(from, from + stored.length));
    expect(stored.length).toBeGreaterThan(A_BATCH);
    expect(from + stored.length).toBe(acknowledged);
  });

  test.concurrent.each([
    ["an export", { statement: "", time: 3, when: "after" }, "export"],
    ["a backup", { statement: "INSERT INTO blocks", time: 20, when: "after" }, "backup"],
  ] as const)("in %s leaves no file under the final name and loses nothing", async (_name, at, then) => {
    const folder = mkdtempSync(join(scratch.path, "data-"));
    const ended = await run({ folder, at, then });
    expect(ended.signal).toBe("SIGKILL");
    expect(timesIn(join(folder, "history.db"))).toHaveLength(ended.lines.at(-1)?.["acknowledged"] ?? 0);
    expect([existsSync(join(folder, "samples.csv")), existsSync(join(folder, "copy.db"))]).toEqual([false, false]);
    expect(readdirSync(folder).some((one) => one.endsWith(".part"))).toBe(true);
  });

  test.concurrent("in the middle of work loses at most the last 2 s of samples, and no acknowledged decision", async () => {
    const folder = mkdtempSync(join(scratch.path, "data-"));
    const ended = await run({ folder, at: "live", then: "write" });
    expect(ended.signal).toBe("SIGKILL");
    const last = ended.lines.at(-1);
    const stored = timesIn(join(folder, "history.db"), "embedded, seed 7");
    expect((last?.["newestMs"] ?? Infinity) - (stored.at(-1) ?? 0)).toBeLessThanOrEqual(2_000);
    const journal = openJournal({ path: join(folder, "journal.db"), clock: virtualTimers() });
    const decisions = ended.lines.flatMap((line) => (line["decision"] === undefined ? [] : [line["decision"]]));
    const kept = journal.recent(100);
    expect(kept.ok ? kept.value.map(({ id }) => id).toReversed() : []).toEqual(decisions);
    expect(decisions).toHaveLength(8);
    journal.close();
  });
});

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { MetricSample } from "../../shared/fleet/sample";
import { ok } from "../../shared/result";
import { virtualTimers } from "../time/virtual-timers";
import { openHistory, type History } from "./desk";
import { BEGIN_MS, FLEET, sampleAt, scratchFolder, steadySamples } from "./history-fixture";
import type { SampleQuestion } from "./port";

const ALL: SampleQuestion = { fleet: null, nodeIds: [], fromMs: 0, toMs: 4e12 };

describe("the history of an application", () => {
  let entry = "";
  const scratch = scratchFolder();
  const opened: History[] = [];
  beforeAll(async () => {
    entry = join(scratch.path, "thread.cjs");
    await build({ entryPoints: [join(import.meta.dirname, "thread.ts")], outfile: entry, bundle: true, platform: "node", format: "cjs", external: ["libsql"], logLevel: "error" });
  });
  afterEach(async () => {
    for (const history of opened.splice(0)) await history.close();
  });
  afterAll(() => {
    scratch.remove();
  });

  function open(dataDir: string) {
    const told: { readonly event: string; readonly sentence: string }[] = [];
    const facts = new Map<string, string>();
    const timers = virtualTimers(BEGIN_MS + 600_000);
    const history = openHistory({
      dataDir,
      entry,
      timers,
      fleet: () => FLEET,
      isDrill: (version) => version === "1.2.0",
      facts: { readFact: (name) => facts.get(name) ?? null, writeFact: (name, value) => (facts.set(name, value), ok(undefined)) },
      tell: (news) => told.push(news),
    });
    opened.push(history);
    return { history, told, facts, timers };
  }

  function take(history: History, samples: readonly MetricSample[]): void {
    for (const sample of samples) history.take(FLEET, sample);
  }

  test("is read by batches in the order of arrival, what was taken a moment ago included", async () => {
    const { history } = open(join(scratch.path, "order"));
    const samples = steadySamples(["node_0", "node_1", "node_10"], BEGIN_MS, 500).toSorted((one, other) => one.receivedAtMs - other.receivedAtMs);
    take(history, samples);
    const times: (readonly [string | undefined, number | undefined])[] = [];
    const reading = history.samples(ALL);
    let item = await reading.next();
    for (; item.done !== true; item = await reading.next()) {
      if (!item.value.ok) throw new Error(item.value.error.message);
      const { node, nodeIds, samples: batch, origins, progress } = item.value.value;
      expect(progress).toBeGreaterThan(0);
      expect(origins.get(batch.origin[0] ?? 0)).toEqual({ version: "1.1.0", dialect: "lydt", vertical: "iot" });
      for (let row = 0; row < batch.length; row += 1) times.push([nodeIds[node[row] ?? 0], batch.columns.atMs[row]]);
    }
    expect(times).toEqual(samples.map(({ nodeId, receivedAtMs }) => [nodeId, receivedAtMs]));
    expect(item.value).toEqual({ samples: samples.length, unreadable: 0 });
    expect(await history.nodes(null)).toEqual(ok(["node_0", "node_1", "node_10"]));
  });

  test("ends a reading where it is told to, and says what it has nothing of", async () => {
    const { history } = open(join(scratch.path, "cancel"));
    take(history, steadySamples(["node_0"], BEGIN_MS, 500));
    const stop = new AbortController();
    const codes: string[] = [];
    for await (const item of history.samples(ALL, stop.signal)) {
      codes.push(item.ok ? "batch" : item.error.code);
      stop.abort();
    }
    expect(codes).toEqual(["batch", "CANCELLED"]);
    const none = await history.samples({ ...ALL, nodeIds: ["node_7"] }).next();
    expect(none.value).toMatchObject({ ok: false, error: { code: "UNKNOWN_NODE", message: "The history has nothing of node_7." } });
    expect(await history.range({ nodeId: "node_7", fromMs: 0, toMs: 1, maxPoints: 10 })).toMatchObject({ ok: false, error: { code: "UNKNOWN_NODE" } });
  });

  test("writes what it took within a second of its clock, and draws it with drills named", async () => {
    const { history, timers } = open(join(scratch.path, "range"));
    const [before, after] = [sampleAt("node_0", BEGIN_MS), sampleAt("node_0", BEGIN_MS + 500)];
    take(history, [before, { ...after, modelVersion: "1.2.0" as typeof after.modelVersion }]);
    expect((await history.status()).samples).toBe(0);
    timers.advance(1_000);
    expect((await history.status()).samples).toBe(2);
    const answer = await history.range({ nodeId: "node_0", fromMs: BEGIN_MS - 1, toMs: BEGIN_MS + 1_000, maxPoints: 100 });
    expect(answer).toMatchObject({ ok: true, value: { level: "raw", samples: 2, versionBefore: "1.1.0", series: { changes: [{ version: "1.2.0", drill: true }] } } });
  });

  test("is kept by one application at a time, and the other one says why it keeps none", async () => {
    const folder = join(scratch.path, "shared");
    const first = open(folder);
    take(first.history, [sampleAt("node_0", BEGIN_MS)]);
    await first.history.close();
    const second = open(folder);
    expect(second.told).toEqual([]);
    const third = open(folder);
    expect(third.told).toMatchObject([{ event: "history-unavailable", sentence: "No history is kept: another Lydlr Ops uses this folder. Sampling and decisions go on." }]);
    take(third.history, [sampleAt("node_0", BEGIN_MS)]);
    expect(await third.history.status()).toMatchObject({ state: "unavailable", code: "HISTORY_UNAVAILABLE" });
    expect((await third.history.samples(ALL).next()).value).toMatchObject({ ok: false, error: { code: "HISTORY_UNAVAILABLE" } });
  });

  test("exports and backs up whole files, checks itself, and leaves nothing where it was cancelled", async () => {
    const { history } = open(join(scratch.path, "files"));
    const samples = steadySamples(["node_0", "node_1"], BEGIN_MS, 120);
    take(history, samples);
    const csv = join(scratch.path, "samples.csv");
    const steps: string[] = [];
    history.onProgress((progress) => steps.push(progress?.work ?? "end"));
    expect(await history.exportCsv({ ...ALL, nodeIds: ["node_1"] }, csv)).toMatchObject({ ok: true, value: { path: csv, rows: 240 } });
    const lines = readFileSync(csv, "utf8").trimEnd().split("\r\n");
    const [first] = samples.filter(({ nodeId }) => nodeId === "node_1");
    expect(lines).toHaveLength(241);
    expect(lines[1]).toBe(
      [new Date(first?.receivedAtMs ?? 0).toISOString(), "node_1,1.1.0,lydt,iot", first?.receivedAtMs, first?.compressionRatio, first?.latencyMs, 0.91, "", first?.sentAtMs, first?.sequence, "0.5,60000,7400"].join(","),
    );
    expect(steps.at(0)).toBe("export");
    expect(steps.at(-1)).toBe("end");
    expect(await history.check()).toMatchObject({ ok: true, value: { whole: true } });
    const copyDir = join(scratch.path, "copy");
    const away = open(copyDir);
    await away.history.close();
    expect(await history.backUp(join(copyDir, "history.db"))).toMatchObject({ ok: true });
    const copy = open(copyDir);
    copy.timers.advance(1_000);
    expect(await copy.history.status()).toMatchObject({ state: "written", samples: 480 });
    const cancelled = history.exportCsv(ALL, join(scratch.path, "cancelled.csv"));
    await Promise.resolve();
    history.cancel();
    const busy = Promise.all([cancelled, history.backUp(join(scratch.path, "later.db")), history.check()]);
    history.cancel();
    const codes = (await busy).map((result) => (result.ok ? "done" : result.error.code));
    expect(codes.slice(1).every((code) => ["done", "HISTORY_BUSY", "CANCELLED"].includes(code))).toBe(true);
    expect(readdirSync(scratch.path).filter((name) => name.includes(".part"))).toEqual([]);
    expect(existsSync(join(scratch.path, "cancelled.csv"))).toBe((await cancelled).ok);
  });

  test("keeps the limits that were set for the next start", async () => {
    const { history, facts, told } = open(join(scratch.path, "retain"));
    const retention = { rawDays: 3, tensDays: 10, minutesDays: 100, maxBytes: 1_000_000_000 };
    expect(await history.retain(retention)).toMatchObject({ ok: true, value: { retention } });
    expect(JSON.parse(facts.get("history-retention") ?? "")).toEqual(retention);
    expect(told.map(({ event }) => event)).toEqual(["history-retention"]);
  });
});

import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_RETENTION } from "../../shared/contract/history";
import { parseModelVersion } from "../../shared/fleet/ids";
import type { MetricSample } from "../../shared/fleet/sample";
import { SAMPLE_COLUMNS } from "../../shared/history/block";
import { BEGIN_MS, batchOf, FLEET, sampleAt, scratchFolder, steadySamples } from "./history-fixture";
import { HistoryKeeper, type HistoryNews } from "./keeper";
import { HistoryReader } from "./reading";
import { firstOf, openForReading, openForWriting, pragma, rows } from "./tables";
import { SampleWalk } from "./walk";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe("the history's file", () => {
  let folder: ReturnType<typeof scratchFolder> = { path: "", remove: () => undefined };
  let path = "";
  let news: HistoryNews[] = [];
  let keepers: HistoryKeeper[] = [];
  beforeEach(() => {
    folder = scratchFolder();
    path = join(folder.path, "history.db");
    news = [];
    keepers = [];
  });
  afterEach(() => {
    for (const keeper of keepers) keeper.close();
    folder.remove();
  });

  function keep(retention = DEFAULT_RETENTION, maxPages?: number): HistoryKeeper {
    const keeper = new HistoryKeeper({ path, retention, tell: (one) => news.push(one), ...(maxPages === undefined ? {} : { open: (at) => openForWriting(at, maxPages) }) });
    keepers.push(keeper);
    return keeper;
  }

  /** Writes samples a minute at a time, with all the work that comes due. */
  function write(keeper: HistoryKeeper, samples: readonly MetricSample[], untilMs = samples.at(-1)?.receivedAtMs ?? 0): void {
    for (let from = 0; from < samples.length; from += 240) {
      const part = samples.slice(from, from + 240);
      expect(keeper.append([batchOf(part)], part.at(-1)?.receivedAtMs ?? 0)).toMatchObject({ ok: true });
    }
    work(keeper, untilMs);
  }

  function work(keeper: HistoryKeeper, nowMs: number): void {
    keeper.append([], nowMs);
    for (let steps = 0; keeper.step(nowMs); steps += 1) if (steps > 20_000) throw new Error("the work does not end");
    expect(keeper.status().sentence, "the work did not fail").not.toContain("cannot");
  }

  /** All samples that the file has, in its order: node, time and every value. */
  function read(fromMs = 0, toMs = 4e12): (readonly unknown[])[] {
    const database = openForReading(path);
    const walk = new SampleWalk(database, { fleet: FLEET, nodeIds: [], fromMs, toMs });
    const found: (readonly unknown[])[] = [];
    for (let step = walk.step(); step !== null; step = walk.step()) {
      for (let row = 0; row < step.samples.length; row += 1) {
        const version = walk.origins().get(step.samples.origin[row] ?? 0)?.version;
        found.push([step.nodeIds[step.node[row] ?? 0], version, ...SAMPLE_COLUMNS.map((name) => step.samples.columns[name][row])]);
      }
    }
    database.close();
    return found;
  }

  function written(samples: readonly MetricSample[]): (readonly unknown[])[] {
    return samples.map((sample) => [sample.nodeId, sample.modelVersion, ...SAMPLE_COLUMNS.map((name) => (name === "atMs" ? sample.receivedAtMs : (sample[name] ?? Number.NaN)))]);
  }

  function range(fromMs: number, toMs: number, maxPoints = 300) {
    const database = openForReading(path);
    const answer = new HistoryReader(database).range({ fleet: FLEET, nodeId: "node_0", fromMs, toMs, maxPoints, nowMs: toMs });
    database.close();
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value;
  }

  test("gives back every sample to the bit, in the order of arrival, packed and not packed yet", () => {
    const samples = steadySamples(["node_0", "node_1", "node_10"], BEGIN_MS, 700).toSorted((one, other) => one.receivedAtMs - other.receivedAtMs);
    write(keep(), samples);
    expect(Number(firstOf(rows(openForReading(path), "SELECT count(*) FROM blocks"))), "two slots of three nodes").toBe(6);
    expect(read()).toEqual(written(samples));
    const [fromMs, toMs] = [BEGIN_MS + 100_000, BEGIN_MS + 400_000];
    expect(read(fromMs, toMs)).toEqual(written(samples.filter(({ receivedAtMs }) => receivedAtMs >= fromMs && receivedAtMs <= toMs)));
  });

  test("writes a batch that is handed over again once", () => {
    const keeper = keep();
    const [one, other] = [batchOf([sampleAt("node_0", BEGIN_MS)]), batchOf([sampleAt("node_0", BEGIN_MS + 500)])];
    keeper.append([one], BEGIN_MS);
    keeper.append([one, other], BEGIN_MS + 500);
    keeper.append([other], BEGIN_MS + 500);
    expect(read()).toHaveLength(2);
  });

  test("takes up where it was after a restart, and packs what came late beside what is there", () => {
    const samples = steadySamples(["node_0"], BEGIN_MS, 290);
    const first = keep();
    write(first, samples);
    first.close();
    const late = sampleAt("node_0", BEGIN_MS + 590_001);
    const second = keep();
    const rest = steadySamples(["node_0"], BEGIN_MS + 290_000, 330, 2);
    write(second, rest);
    write(second, [late], BEGIN_MS + 700_000);
    work(second, BEGIN_MS + 2 * HOUR_MS);
    expect(second.status()).toMatchObject({ state: "written", samples: samples.length + rest.length + 1, newestMs: rest.at(-1)?.receivedAtMs });
    expect(read()).toEqual(written([...samples, ...rest, late].toSorted((one, other) => one.receivedAtMs - other.receivedAtMs)));
    expect(range(BEGIN_MS, BEGIN_MS + 3 * HOUR_MS)).toMatchObject({ level: "tens", samples: samples.length + rest.length + 1 });
  });

  test("loses nothing to a clock that goes back, keeps the order of arrival and says the jump", () => {
    const keeper = keep();
    const before = steadySamples(["node_0"], BEGIN_MS + HOUR_MS, 400);
    const after = steadySamples(["node_0"], BEGIN_MS, 400, 2);
    write(keeper, before);
    write(keeper, after);
    expect(read()).toEqual(written([...before, ...after]));
    expect(news).toMatchObject([{ event: "history-clock-jumped", detail: { toMs: Math.round(after[0]?.receivedAtMs ?? 0) } }]);
    const { series, samples } = range(BEGIN_MS, BEGIN_MS + 2 * HOUR_MS, 2_000);
    expect(samples).toBe(1_600);
    expect([...series.atMs], "a chart is by time all the same").toEqual([...series.atMs].toSorted((one, other) => one - other));
  });

  test("deletes nothing by the word of a clock that has just jumped", () => {
    const keeper = keep();
    const samples = steadySamples(["node_0"], BEGIN_MS, 600);
    write(keeper, samples);
    const wrong = BEGIN_MS + 9_000 * DAY_MS;
    write(keeper, steadySamples(["node_0"], wrong, 10, 2));
    work(keeper, wrong + 20 * HOUR_MS);
    expect(read(0, wrong - 1)).toEqual(written(samples));
    write(keeper, steadySamples(["node_0"], BEGIN_MS + 700_000, 10, 3));
    expect(read(0, BEGIN_MS + 700_000 - 1)).toEqual(written(samples));
  });

  test("draws an hour, half a day, a week and a year from levels that hold the same extremes", () => {
    const keeper = keep();
    const samples = steadySamples(["node_0"], BEGIN_MS, 2.5 * 3_600).map((sample, index) => (index === 5_000 ? { ...sample, latencyMs: 480 } : sample));
    write(keeper, samples);
    const hour = range(BEGIN_MS, BEGIN_MS + HOUR_MS);
    const inHour = samples.filter(({ receivedAtMs }) => receivedAtMs <= BEGIN_MS + HOUR_MS);
    expect(hour).toMatchObject({ level: "raw", samples: inHour.length, unreadable: 0 });
    expect(Math.max(...hour.series.latencyMs)).toBe(480);
    expect(Math.min(...hour.series.latencyMs)).toBe(Math.min(...inHour.map(({ latencyMs }) => latencyMs)));
    for (const [toMs, level] of [[DAY_MS / 2, "tens"], [DAY_MS, "minutes"], [7 * DAY_MS, "minutes"], [300 * DAY_MS, "hours"]] as const) {
      const answer = range(BEGIN_MS, BEGIN_MS + toMs);
      expect(answer).toMatchObject({ level, samples: samples.length });
      const drawn = [...answer.series.latencyMs].filter((one) => !Number.isNaN(one));
      expect(Math.max(...drawn)).toBe(480);
      expect(Math.min(...drawn)).toBe(Math.fround(Math.min(...samples.map(({ latencyMs }) => latencyMs))));
      expect(answer.series.atMs.length).toBeLessThanOrEqual(300);
    }
  });

  test("keeps gaps and version changes at every level", () => {
    const keeper = keep();
    const parsed = parseModelVersion("1.2.0");
    const newer = parsed.ok ? parsed.value : null;
    const [one, other] = [steadySamples(["node_0"], BEGIN_MS, 3_000), steadySamples(["node_0"], BEGIN_MS + 3_020_000, 5_000, 2)];
    write(keeper, [...one, ...other.map((sample) => ({ ...sample, modelVersion: newer }))]);
    const gap = { fromMs: one.at(-1)?.receivedAtMs, toMs: other[0]?.receivedAtMs };
    for (const toMs of [BEGIN_MS + HOUR_MS, BEGIN_MS + DAY_MS, BEGIN_MS + 7 * DAY_MS, BEGIN_MS + 100 * DAY_MS]) {
      const { series, versionBefore } = range(BEGIN_MS, toMs);
      const [found] = series.gaps;
      expect(found?.toMs).toBeCloseTo(gap.toMs ?? 0, 3);
      expect(found?.fromMs).toBeCloseTo(gap.fromMs ?? 0, -1);
      expect(series.latencyMs.some((value) => Number.isNaN(value))).toBe(true);
      expect(series.changes).toEqual([{ atMs: other[0]?.receivedAtMs, version: "1.2.0", drill: false }]);
      expect(versionBefore).toBe("1.1.0");
    }
  });

  test("keeps raw samples and roll-ups as long as it is told, and gives space back", () => {
    const retention = { ...DEFAULT_RETENTION, rawDays: 1, tensDays: 2, minutesDays: 3 };
    const keeper = keep(retention);
    for (let day = 0; day < 4; day += 1) write(keeper, steadySamples(["node_0"], BEGIN_MS + day * DAY_MS, 4_000, day), BEGIN_MS + day * DAY_MS + 3 * HOUR_MS);
    // Each day is a jump of the clock, as of a machine that was off: it must run on for a day.
    work(keeper, BEGIN_MS + 4 * DAY_MS + 3 * HOUR_MS);
    const count = (table: string): number => Number(firstOf(rows(openForReading(path), `SELECT count(DISTINCT ${table === "blocks" ? "slot / 288" : "(slot + 1) / 24"}) FROM ${table}`)));
    expect([count("blocks"), count("tens"), count("minutes"), count("hours")]).toEqual([0, 1, 2, 2]);
    expect(keeper.status().samples).toBe(0);
    expect(range(BEGIN_MS + 3 * DAY_MS, BEGIN_MS + 3 * DAY_MS + HOUR_MS), "the next coarser level stands in").toMatchObject({ level: "tens", samples: 7_200 });
  });

  test("beyond its size lets the oldest samples go first, never what is not rolled up", () => {
    const keeper = keep({ ...DEFAULT_RETENTION, maxBytes: 400_000 });
    write(keeper, steadySamples(["node_0"], BEGIN_MS, 5 * 3_600));
    work(keeper, BEGIN_MS + 5 * HOUR_MS + 60_000);
    const database = openForReading(path);
    const used = (pragma(database, "page_count") - pragma(database, "freelist_count")) * 4_096;
    expect(used).toBeLessThanOrEqual(400_000);
    const kept = read();
    expect(kept.length).toBeGreaterThan(1_000);
    expect(kept.at(-1)?.[2]).toBeGreaterThan(BEGIN_MS + 5 * HOUR_MS - 1_000);
    expect(news.map(({ event }) => event)).toContain("history-full");
    expect(range(BEGIN_MS, BEGIN_MS + HOUR_MS).level).not.toBe("raw");
  });

  test("on a full disk says so, takes nothing by half, and writes what waited once there is room", () => {
    const keeper = keep(DEFAULT_RETENTION, 60);
    const first = steadySamples(["node_0", "node_1"], BEGIN_MS, 60);
    write(keeper, first);
    const many = batchOf(steadySamples(["node_0", "node_1", "node_2"], BEGIN_MS + 60_000, 1_500, 3));
    const refused = keeper.append([many], BEGIN_MS + 1_560_000);
    expect(refused).toMatchObject({ ok: false, error: { code: "HISTORY_UNAVAILABLE" } });
    expect(keeper.status()).toMatchObject({ state: "unavailable", code: "HISTORY_UNAVAILABLE", sentence: expect.stringContaining("the disk is full") as string });
    expect(read()).toHaveLength(first.length);
    keeper.close();
    const roomy = keep();
    expect(roomy.append([many], BEGIN_MS + 1_560_000)).toMatchObject({ ok: true, value: { samples: 9_000 } });
    expect(read()).toHaveLength(first.length + 9_000);
  });

  describe("that is damaged", () => {
    function damaged(bytes: (size: number) => readonly (readonly [number, number])[]): readonly MetricSample[] {
      const samples = steadySamples(["node_0", "node_1"], BEGIN_MS, 4_000);
      const keeper = keep();
      write(keeper, samples);
      work(keeper, BEGIN_MS + 3 * HOUR_MS);
      keeper.close();
      rows(openForWriting(path), "PRAGMA wal_checkpoint(TRUNCATE)");
      const file = openSync(path, "r+");
      for (const [at, length] of bytes(statSync(path).size)) writeSync(file, new Uint8Array(length).fill(0xa5), 0, length, at);
      closeSync(file);
      return samples;
    }

    function setAside(): string {
      return readdirSync(folder.path).find((name) => /^history\.damaged-\d{8}T\d{6}Z\.db$/.test(name)) ?? "";
    }

    test("in its head is kept aside under a name with the time, and a new one is begun", () => {
      damaged(() => [[0, 4_096]]);
      const before = readFileSync(path);
      const keeper = keep();
      write(keeper, steadySamples(["node_0"], BEGIN_MS + 4 * HOUR_MS, 10));
      expect(readFileSync(join(folder.path, setAside())).equals(before)).toBe(true);
      expect(news.map(({ event }) => event)).toEqual(["history-set-aside", "history-recovered"]);
      expect(news[0]?.sentence).toContain("HISTORY_DAMAGED");
      expect(keeper.status()).toMatchObject({ state: "written", code: "HISTORY_DAMAGED", samples: 20 });
    });

    test("in the middle gives what can be read to the new one, and the rest is counted", () => {
      const samples = damaged((size) => [[Math.floor(size / 2 / 4_096) * 4_096, 12 * 4_096]]);
      const keeper = keep();
      keeper.append([batchOf([sampleAt("node_0", BEGIN_MS + 4 * HOUR_MS)])], BEGIN_MS + 4 * HOUR_MS);
      // Whoever reads finds it first, or the work does: either way it is kept aside.
      keeper.distrust(BEGIN_MS + 4 * HOUR_MS);
      const after = steadySamples(["node_0", "node_2"], BEGIN_MS + 4 * HOUR_MS + 1_000, 400, 9);
      write(keeper, after);
      const recovered = news.find(({ event }) => event === "history-recovered");
      expect(Number(recovered?.detail["lost"])).toBeGreaterThan(0);
      const back = read();
      const known = new Set(written([...samples, sampleAt("node_0", BEGIN_MS + 4 * HOUR_MS), ...after]).map((row) => JSON.stringify(row)));
      expect(back.every((row) => known.has(JSON.stringify(row))), "nothing that was not written").toBe(true);
      expect(back.length).toBeGreaterThan(after.length + samples.length / 4);
      expect(existsSync(join(folder.path, setAside()))).toBe(true);
    });

    test("in one packed body alone is drawn without it, and that is counted", () => {
      const keeper = keep();
      write(keeper, steadySamples(["node_0"], BEGIN_MS, 900));
      keeper.close();
      const database = openForWriting(path);
      database.prepare("UPDATE blocks SET body = zeroblob(length(body)) WHERE slot = ?").run(Math.floor(BEGIN_MS / 300_000) + 1);
      database.close();
      expect(range(BEGIN_MS, BEGIN_MS + 900_000)).toMatchObject({ samples: 1_200, unreadable: 1 });
    });
  });

  test("of a newer application is left alone", () => {
    const keeper = keep();
    write(keeper, [sampleAt("node_0", BEGIN_MS)]);
    keeper.close();
    const database = openForWriting(path);
    database.exec("PRAGMA user_version = 99");
    rows(database, "PRAGMA wal_checkpoint(TRUNCATE)");
    database.close();
    expect(keep().append([batchOf([sampleAt("node_0", BEGIN_MS)])], BEGIN_MS)).toMatchObject({ ok: false, error: { code: "HISTORY_UNAVAILABLE" } });
    expect(readdirSync(folder.path).filter((name) => name.startsWith("history.damaged"))).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { SYSTEM_COLUMNS, type DiagnosticView, type SystemSeries } from "../../../shared/contract/system";
import { coincidenceWords, type CoincidenceFacts } from "./coincidence-words";
import { bandPath, CPU_LANE, hasValues, LATENCY_LANE, laneScale, linePath, OTHER_LANES, rowAt, valuesAt } from "./lanes";
import { openingRange } from "./use-system-series";
import { bitRate, bytesPerS, componentState, measuredBy, sortedProcesses } from "./words";

const NOW_MS = Date.UTC(2026, 2, 1, 14, 16, 30);

function series(columns: Partial<Record<(typeof SYSTEM_COLUMNS)[number], readonly number[]>>, more: Partial<SystemSeries> = {}): SystemSeries {
  const length = Math.max(...Object.values(columns).map((column) => column.length));
  const all = Object.fromEntries(SYSTEM_COLUMNS.map((name) => [name, Float64Array.from(columns[name] ?? Array.from({ length }, () => Number.NaN))]));
  const atMs = Float64Array.from({ length }, (_, index) => NOW_MS - (length - 1 - index) * 1_000);
  return { fromMs: NOW_MS - 60_000, toMs: NOW_MS, decimated: false, bucketMs: 0, atMs, columns: all as SystemSeries["columns"], cpuBusy: null, fleetSlow: null, ...more };
}

const known = <Value>(value: Value) => ({ state: "known", atMs: NOW_MS, value }) as const;
const FACTS: CoincidenceFacts = {
  series: { cpuBusy: null, fleetSlow: null },
  stats: {
    host: { hostname: "a", platform: "b", processor: "c", cores: 8, memoryBytes: 16e9 },
    cpu: known({ percent: 97, perCore: [97], load: null }),
    processes: known([{ pid: 1, kind: "main", cpuPercent: 94, memoryBytes: 1 }]),
  },
  maxLatencyMs: 50,
  isEmbedded: true,
  hasLatency: true,
  clock: "utc",
};

describe("what is said of machine and fleet", () => {
  const at = (seconds: number) => ({ sinceMs: NOW_MS - seconds * 1_000 });

  it("names which rose first, by how much, and who takes the processor", () => {
    const words = coincidenceWords({ ...FACTS, series: { cpuBusy: at(99), fleetSlow: at(88) } });
    expect(words).toEqual({
      sentence: "The fleet's median latency passed its limit of 50 ms 11 s after this machine's CPU rose. Other programs take 682 of 800 %.",
      consequence: "The embedded fleet runs on this machine, so its nodes slow down together.",
      fact: "latency passes its limit 11 s after CPU rises",
    });
    expect(coincidenceWords({ ...FACTS, series: { cpuBusy: at(88), fleetSlow: at(99) } }).fact).toBe("latency passes its limit 11 s before CPU rises");
    expect(coincidenceWords({ ...FACTS, isEmbedded: false, series: { cpuBusy: at(99), fleetSlow: at(88) } }).consequence).toContain("other machines");
  });

  it("does not blame a machine that is calm, nor claim a beginning that nobody saw", () => {
    expect(coincidenceWords({ ...FACTS, series: { cpuBusy: null, fleetSlow: at(20) } }).consequence).toBe("This machine does not explain it.");
    const busy = coincidenceWords({ ...FACTS, series: { cpuBusy: { sinceMs: null }, fleetSlow: { sinceMs: null } } });
    expect(busy.fact).toBeNull();
    expect(busy.sentence).toContain("for as long as is shown");
    expect(coincidenceWords({ ...FACTS, hasLatency: false }).sentence).toContain("No node reports a latency now.");
  });
});

describe("a lane", () => {
  const gap = Number.NaN;
  const drawn = series({ cpuPercent: [10, gap, 20, 30], latencyP10Ms: [1, 2, gap, 4], latencyP90Ms: [3, 4, gap, 6], networkSentBytesPerS: [125_000, 250_000, 0, 0] });
  const xOf = (atMs: number): number => 100 - (NOW_MS - atMs) / 1_000;
  const yOf = (value: number): number => value;

  it("breaks its line and its band at a gap", () => {
    expect(linePath(CPU_LANE, "cpuPercent", drawn, xOf, yOf)).toBe("M97 10M99 20L100 30");
    expect(bandPath(LATENCY_LANE, drawn, xOf, yOf)).toBe("M97 3L98 4L98 2L97 1Z");
  });

  it("takes no place where nothing was measured, and is drawn in its unit", () => {
    const shown = OTHER_LANES.filter((lane) => hasValues(lane, drawn));
    expect(shown.map(({ key }) => key)).toEqual(["network"]);
    expect(shown.map((lane) => valuesAt(lane, drawn, 1))).toEqual([[null, 2]]);
  });

  it("has room for its values and its limit, and a percentage always its hundred", () => {
    expect(laneScale(CPU_LANE, drawn, null)).toEqual({ min: 0, max: 100 });
    expect(laneScale(LATENCY_LANE, drawn, 50).max).toBe(60);
    expect(laneScale(LATENCY_LANE, series({ latencyP90Ms: [130] }), 50).max).toBeGreaterThanOrEqual(130);
  });

  it("is read at the sample nearest to the cursor", () => {
    expect(rowAt(drawn, NOW_MS - 900)).toBe(2);
    expect(rowAt(series({ cpuPercent: [] }), NOW_MS)).toBeNull();
    expect(valuesAt(CPU_LANE, drawn, 1)).toEqual([null, null]);
  });
});

describe("words", () => {
  const component: DiagnosticView = { name: "lidar: driver", hardwareId: "", level: "ok", message: "", values: [], nodeId: null, isEmbedded: false, receivedAtMs: NOW_MS, messages: 1 };

  it("of a component are what it said, until that is too old to hold", () => {
    expect(componentState({ ...component, level: "error" }, NOW_MS + 4_000).word).toBe("Error");
    expect(componentState({ ...component, level: "error" }, NOW_MS + 6_000).word).toBe("Stale");
    expect(componentState(component, NOW_MS + 31_000)).toMatchObject({ word: "Silent", hue: "medium" });
  });

  it("have no number where a component gives none", () => {
    expect(measuredBy(component)).toEqual({ cpuPercent: null, memoryBytes: null, temperatureC: null });
    const values = [{ key: "cpu_percent", value: "hot" }, { key: "temperature_celsius", value: "61.5" }, { key: "memory_used_bytes", value: "" }];
    expect(measuredBy({ ...component, values })).toEqual({ cpuPercent: null, memoryBytes: null, temperatureC: 61.5 });
    const busy = [{ key: "render_percent", value: "2.5" }, { key: "encode_percent", value: "9" }];
    expect(measuredBy({ ...component, values: busy }).cpuPercent).toBe(11.5);
  });

  it("of rates have the unit that people read", () => {
    expect([bytesPerS(812), bytesPerS(45_300), bytesPerS(1_241_300)]).toEqual(["812 B/s", "45 kB/s", "1.2 MB/s"]);
    expect(bitRate(237_500)).toEqual({ value: "1.9", unit: "Mbit/s" });
    expect(bitRate(0)).toEqual({ value: "0", unit: "bit/s" });
  });

  it("keep processes in their order, whatever they use", () => {
    const process = (kind: string, pid: number, cpuPercent: number) => ({ kind, pid, cpuPercent, memoryBytes: null });
    expect(sortedProcesses([process("plugin", 2, 90), process("inference", 9, 1), process("main", 5, 3), process("window", 7, 2)]).map(({ kind }) => kind)).toEqual(["window", "main", "inference", "plugin"]);
  });

  it("open on the newest minute while the application is young", () => {
    expect([openingRange(30_000), openingRange(600_000)]).toEqual(["60000", "600000"]);
  });
});

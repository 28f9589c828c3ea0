import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coincidenceOf } from "./coincidence";
import { coreShares, ratePerS } from "./counters";
import { DiagnosticsBook } from "./diagnostics-book";
import { FleetLatency } from "./fleet-latency";
import { PerformanceLog } from "./performance-log";
import { SystemHistory } from "./system-history";

describe("counters", () => {
  it("give rates only between two readings of a counter that went up", () => {
    expect(ratePerS(null, { value: 5, atMs: 0 })).toBeNull();
    expect(ratePerS({ value: 1_000, atMs: 0 }, { value: 3_000, atMs: 500 })).toBe(4_000);
    // The interface came up anew: what it carried before that, nobody knows.
    expect(ratePerS({ value: 1_000, atMs: 0 }, { value: 10, atMs: 500 })).toBeNull();
    expect(ratePerS({ value: 1_000, atMs: 5 }, { value: 1_001, atMs: 5 })).toBeNull();
  });

  it("never make a core busier than wholly, whatever they say", () => {
    const core = fc.record({ busyMs: fc.nat(1e9), totalMs: fc.nat(1e9) });
    fc.assert(
      fc.property(fc.array(core, { minLength: 1, maxLength: 4 }), fc.array(core, { minLength: 1, maxLength: 4 }), (before, after) => {
        const shares = coreShares(before, after);
        if (before.length !== after.length) expect(shares).toBeNull();
        for (const share of shares ?? []) expect(share >= 0 && share <= 100).toBe(true);
      }),
    );
    expect(coreShares([{ busyMs: 0, totalMs: 0 }], [{ busyMs: 250, totalMs: 1_000 }])).toEqual([25]);
    expect(coreShares([{ busyMs: 0, totalMs: 1_000 }], [{ busyMs: 0, totalMs: 1_010 }])).toBeNull();
  });
});

describe("the fleet's latency", () => {
  it("counts every node once, however often it reports, and drops one that is silent", () => {
    const latency = new FleetLatency();
    for (let index = 0; index < 10; index += 1) latency.note("fast", 10, index * 100);
    latency.note("slow", 40, 0);
    expect(latency.take(1_000).medianMs).toBe(25);
    // Nothing came since: what was last heard still holds, for a while.
    expect(latency.take(2_000).medianMs).toBe(25);
    expect(latency.take(3_000).medianMs).toBe(10);
    expect(latency.take(9_000)).toEqual({ p10Ms: Number.NaN, medianMs: Number.NaN, p90Ms: Number.NaN });
  });
});

describe("the machine's history", () => {
  it("keeps a second's spike in an hour and in a day", () => {
    const history = new SystemHistory();
    const endMs = 7_200_000;
    for (let atMs = 0; atMs <= endMs; atMs += 1_000) history.push(atMs, { cpuPercent: atMs === 5_000_000 ? 99 : 10 });
    for (const rangeMs of [3_600_000, 86_400_000]) {
      const { decimated, atMs, columns } = history.series(endMs - rangeMs, endMs, 300);
      expect(decimated).toBe(true);
      expect(atMs.length).toBeLessThanOrEqual(300);
      expect(Math.max(...columns.cpuPercent)).toBe(99);
      expect([...atMs]).toEqual([...atMs].sort((one, other) => one - other));
    }
    expect(history.samples(0, endMs).atMs.length).toBe(3_600);
  });

  it("leaves a gap where the machine slept, and where a value is not known", () => {
    const history = new SystemHistory();
    for (const atMs of [1_000, 2_000, 60_000, 61_000]) history.push(atMs, { cpuPercent: 50 });
    const { atMs, columns } = history.series(0, 70_000, 100);
    expect([...atMs]).toEqual([1_000, 2_000, 2_001, 60_000, 61_000]);
    expect([...columns.cpuPercent]).toEqual([50, 50, Number.NaN, 50, 50]);
    expect([...columns.gpuPercent].every(Number.isNaN)).toBe(true);
  });
});

describe("the performance log", () => {
  it("sums up the newest thousand, and takes nothing that is no measurement", () => {
    const log = new PerformanceLog();
    expect(log.summary(5)).toEqual({ compressionRatio: null, latencyMs: null, kept: 0, recorded: 0, uptimeMs: 5 });
    for (const [ratio, latencyMs] of [[Number.NaN, 1], [0, 1], [-2, 1], [3, -1], [3, Infinity]] as const) {
      expect(log.record({ atMs: 0, compressionRatio: ratio, latencyMs, nodeId: null })).toBe(false);
    }
    for (let index = 1; index <= 1_200; index += 1) log.record({ atMs: index, compressionRatio: 8, latencyMs: index, nodeId: "node_0" });
    const { latencyMs, kept, recorded } = log.summary(0);
    expect({ kept, recorded }).toEqual({ kept: 1_000, recorded: 1_200 });
    expect(latencyMs).toEqual({ min: 201, max: 1_200, mean: 700.5, p95: 1_150 });
    expect(log.history()[0]).toMatchObject({ atMs: 201 });
  });
});

describe("what came first", () => {
  const rows = (length: number, value: (index: number) => number): Float64Array => Float64Array.from({ length }, (_, index) => value(index));
  const atMs = rows(600, (index) => index * 1_000);
  const around = (level: number) => (index: number) => level + ((index * 7) % 5) - 2;

  it("is told by when the processor rose and when the fleet passed its limit", () => {
    const cpuPercent = rows(600, (index) => (index < 400 ? around(30)(index) : around(95)(index)));
    const latencyMs = rows(600, (index) => (index < 411 ? around(24)(index) : around(57)(index)));
    const found = coincidenceOf({ atMs, cpuPercent, latencyMs }, 50);
    expect(Math.abs((found.cpu?.sinceMs ?? 0) - 400_000)).toBeLessThanOrEqual(2_000);
    expect(Math.abs((found.latency?.sinceMs ?? 0) - 411_000)).toBeLessThanOrEqual(2_000);
  });

  it("is nothing while all is calm, after a spike, and where nothing is known", () => {
    const calm = rows(600, around(30));
    const spike = rows(600, (index) => (index >= 500 && index < 560 ? 99 : 30));
    const unknown = rows(600, () => Number.NaN);
    for (const [cpuPercent, latencyMs] of [[calm, calm], [spike, spike], [unknown, unknown]] as const) {
      expect(coincidenceOf({ atMs, cpuPercent, latencyMs }, 50)).toEqual({ cpu: null, latency: null });
    }
    expect(coincidenceOf({ atMs: rows(0, Number), cpuPercent: rows(0, Number), latencyMs: rows(0, Number) }, 50)).toEqual({ cpu: null, latency: null });
  });

  it("is not known where it was so before anybody looked", () => {
    const busy = rows(600, around(96));
    expect(coincidenceOf({ atMs, cpuPercent: busy, latencyMs: busy }, 50)).toEqual({ cpu: { sinceMs: null }, latency: { sinceMs: null } });
  });
});

describe("the book of diagnostics", () => {
  const status = (name: string, more: object = {}) => ({ level: "ok", name, message: "fine", hardwareId: "hw", values: [], ...more }) as const;
  const isKnown = (text: string): boolean => text === "node_2" || text === "node_10";

  it("holds the newest of every component, the fleet's own first, in the order of their numbers", () => {
    const book = new DiagnosticsBook();
    book.take({ sentAtMs: 0, statuses: [status("lidar: driver"), status("node_10: edge node"), status("/node_2: machine")] }, 1_000);
    book.take({ sentAtMs: 0, statuses: [status("lidar: driver", { level: "error", message: "no packets" })] }, 2_000);
    const { shown, hidden } = book.view(3_000, isKnown);
    expect(hidden).toBe(0);
    expect(shown.map(({ name, nodeId }) => [name, nodeId])).toEqual([["/node_2: machine", "node_2"], ["node_10: edge node", "node_10"], ["lidar: driver", null]]);
    expect(shown[2]).toMatchObject({ level: "error", message: "no packets", receivedAtMs: 2_000, messages: 2 });
  });

  it("believes only a node of the fleet that it is embedded", () => {
    const book = new DiagnosticsBook();
    const values = [{ key: "embedded", value: "true" }];
    book.take({ sentAtMs: 0, statuses: [status("node_2: edge node", { values }), status("stranger: x", { values })] }, 0);
    expect(book.view(0, isKnown).shown.map(({ isEmbedded }) => isEmbedded)).toEqual([true, false]);
  });

  it("is bounded, whatever a graph sends, and forgets who fell silent", () => {
    const book = new DiagnosticsBook();
    const values = Array.from({ length: 500 }, (_, index) => ({ key: `k${index}`, value: "x".repeat(5_000) }));
    for (let index = 0; index < 5_000; index += 1) book.take({ sentAtMs: 0, statuses: [status(`c${index}`)] }, 0);
    book.take({ sentAtMs: 0, statuses: [status("long", { values })] }, 1);
    const { shown, hidden } = book.view(1, isKnown);
    expect(shown.length + hidden).toBe(2_000);
    const long = new DiagnosticsBook();
    long.take({ sentAtMs: 0, statuses: [status("long", { values })] }, 1);
    expect(JSON.stringify(long.view(1, isKnown)).length).toBeLessThan(20_000);
    expect(book.view(700_000, isKnown)).toEqual({ shown: [], hidden: 0 });
  });
});

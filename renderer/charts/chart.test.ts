import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Series } from "../../shared/contract/channels";
import { METRICS } from "../../shared/fleet/sample";
import { timeTicks, valueTicks } from "./axis-ticks";
import { chartRows, rowNear, stepFrom } from "./chart-rows";
import { isZoomed, moved, spanOf, viewOf, zoomed } from "./chart-view";
import { firstScale, withRoomFor } from "./value-scale";

const GAP = Number.NaN;

function seriesOf(values: readonly number[], gaps: Series["gaps"] = []): Series {
  const column = Float64Array.from(values);
  return {
    nodeId: "node_0",
    fromMs: 0,
    toMs: (values.length - 1) * 500,
    decimated: false,
    bucketMs: 0,
    atMs: Float64Array.from(values, (_, index) => index * 500),
    compressionRatio: column,
    latencyMs: column,
    qualityScore: column,
    bandwidthKbps: column,
    changes: [],
    gaps: [...gaps],
  };
}

const WHOLE = { fromMs: 0, toMs: 1e9 };

describe("value axis", () => {
  it("has round marks within its ends, six at most", () => {
    const end = fc.double({ min: 0.01, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(end, (max) => {
        const { values } = valueTicks({ min: 0, max });
        expect(values.length).toBeGreaterThanOrEqual(2);
        expect(values.length).toBeLessThanOrEqual(6);
        expect(values[0]).toBe(0);
        expect(values.at(-1)).toBeLessThanOrEqual(max * (1 + 1e-6));
      }),
    );
  });

  it("writes a quality axis with one decimal", () => {
    expect(valueTicks({ min: 0.6, max: 1 })).toEqual({ values: [0.6, 0.7, 0.8, 0.9, 1], decimals: 1 });
  });

  it.each([
    ["compressionRatio", 5, { min: 0, max: 8 }],
    ["latencyMs", 50, { min: 0, max: 60 }],
    ["qualityScore", 0.7, { min: 0.6, max: 1 }],
    ["bandwidthKbps", null, { min: 0, max: 100 }],
  ] as const)("opens %s with its limit inside", (metric, limit, scale) => {
    expect(firstScale(metric, limit)).toEqual(scale);
  });

  it("always has room for what it was given and never shrinks", () => {
    const values = fc.array(fc.oneof(fc.double({ min: 0, max: 1e5, noNaN: true }), fc.constant(GAP)));
    fc.assert(
      fc.property(fc.constantFrom(...METRICS), values, (metric, given) => {
        const fitting = metric === "qualityScore" ? given.map((value) => value / 1e5) : given;
        const first = firstScale(metric, null);
        const scale = withRoomFor(metric, first, fitting);
        expect(scale.min).toBeLessThanOrEqual(first.min);
        expect(scale.max).toBeGreaterThanOrEqual(first.max);
        for (const value of fitting) if (!Number.isNaN(value)) expect(value >= scale.min && value <= scale.max).toBe(true);
        expect(withRoomFor(metric, scale, fitting)).toBe(scale);
      }),
    );
  });
});

describe("clock axis", () => {
  it("marks every 2 minutes of ten and every 15 s of one", () => {
    expect(timeTicks(0, 600_000, 5).atMs).toEqual([0, 120_000, 240_000, 360_000, 480_000, 600_000]);
    expect(timeTicks(1, 60_001, 5)).toEqual({ atMs: [15_000, 30_000, 45_000, 60_000], isFine: true });
  });
});

describe("a chart's view", () => {
  const bounds = { rangeMs: 600_000, newestMs: 10_000_000 };
  const at = fc.integer({ min: 9_400_000, max: 10_000_000 });
  const view = fc.tuple(at, at).map(([one, other]) => viewOf({ fromMs: Math.min(one, other), toMs: Math.max(one, other) }, bounds));

  it("never leaves the range, whatever is done to it", () => {
    fc.assert(
      fc.property(view, fc.double({ min: 0.1, max: 10, noNaN: true }), fc.option(at), fc.double({ min: -3, max: 3, noNaN: true }), (start, factor, around, share) => {
        for (const next of [start, zoomed(start, factor, around, bounds), moved(start, share, bounds)]) {
          const { fromMs, toMs } = spanOf(next, bounds.newestMs);
          expect(next.spanMs).toBeGreaterThanOrEqual(5_000);
          expect(fromMs).toBeGreaterThanOrEqual(9_400_000 - 1);
          expect(toMs).toBeLessThanOrEqual(10_000_000);
        }
      }),
    );
  });

  it("goes on following the newest sample when it is zoomed without pointing", () => {
    const next = zoomed({ spanMs: 600_000, endMs: null }, 0.5, null, bounds);
    expect(next).toEqual({ spanMs: 300_000, endMs: null });
    expect(isZoomed(next, bounds.rangeMs)).toBe(true);
  });

  it("keeps the time under the pointer in its place", () => {
    const next = zoomed({ spanMs: 600_000, endMs: null }, 0.5, 9_700_000, bounds);
    expect(spanOf(next, bounds.newestMs)).toEqual({ fromMs: 9_550_000, toMs: 9_850_000 });
  });

  it("follows again once the whole range is shown", () => {
    expect(zoomed({ spanMs: 300_000, endMs: 9_800_000 }, 2, null, bounds)).toEqual({ spanMs: 600_000, endMs: null });
  });
});

describe("a chart's points", () => {
  it("are those of the stretch and one beyond each end", () => {
    const rows = chartRows(seriesOf([1, 2, 3, 4, 5, 6]), "latencyMs", { fromMs: 900, toMs: 1_600 }, null);
    expect(rows.map((row) => row.atMs)).toEqual([500, 1_000, 1_500, 2_000]);
  });

  it("keep a gap null", () => {
    expect(chartRows(seriesOf([1, GAP, 3]), "latencyMs", WHOLE, null).map((row) => row.value)).toEqual([1, null, 3]);
  });

  it("offend from where the end went beyond the limit", () => {
    const rows = chartRows(seriesOf([9, 9, 4, 6, 4]), "compressionRatio", WHOLE, { value: 5, side: "min" });
    expect(rows.map((row) => row.offending)).toEqual([null, null, 4, 6, 4]);
  });

  it("are read at the nearest sample, and not in a gap", () => {
    const gaps = [{ fromMs: 500, toMs: 2_000 }];
    const rows = chartRows(seriesOf([1, 2, GAP, GAP, 5], gaps), "latencyMs", WHOLE, null);
    expect(rowNear(rows, 420, gaps)?.value).toBe(2);
    expect(rowNear(rows, 1_200, gaps)).toBeNull();
    expect(rowNear([], 1_200, [])).toBeNull();
  });

  it("are stepped through one by one, over gaps, and stop at the ends", () => {
    const rows = chartRows(seriesOf([1, 2, GAP, 4]), "latencyMs", WHOLE, null);
    expect(stepFrom(rows, null, -1)).toBe(1_500);
    expect(stepFrom(rows, 1_500, -1)).toBe(500);
    expect(stepFrom(rows, 500, 1)).toBe(1_500);
    expect(stepFrom(rows, 1_500, 1)).toBe(1_500);
    expect(stepFrom(rows, 0, -10)).toBe(0);
    expect(stepFrom(rows, 700, 1)).toBe(1_500);
    expect(stepFrom(rows, 700, -1)).toBe(500);
    expect(stepFrom([], 0, 1)).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import type { Series } from "../../shared/contract/channels";
import { chartRows, rowNear, stepFrom } from "./chart-rows";

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

  it("offend from the onset of the change that the verdict is about, long before a limit", () => {
    const offending = (onsetMs: number, limit: number) =>
      chartRows(seriesOf([9, 8, 7, 4]), "compressionRatio", WHOLE, { value: limit, side: "min" }, onsetMs).map((row) => row.offending);
    expect(offending(1_000, 2)).toEqual([null, null, 7, 4]);
    expect(offending(1_000, 7.5), "the limit was passed later").toEqual([null, null, 7, 4]);
    expect(offending(9_000, 5), "the verdict is about what comes after").toEqual([null, null, null, 4]);
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

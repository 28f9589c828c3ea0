import { describe, expect, it } from "vitest";
import { hostBatches, START_MS } from "../report/report-fixture";
import { RecordedBuckets } from "./recorded-series";

describe("the chart of what was recorded of this machine", () => {
  function seriesOf(seconds: number, fromSecond: number, toSecond: number, maxPoints: number) {
    const buckets = new RecordedBuckets(START_MS + fromSecond * 1_000, START_MS + toSecond * 1_000, maxPoints);
    for (const batch of hostBatches(seconds)) buckets.take(batch);
    return buckets.series();
  }

  it("is every second where there is room for it", () => {
    const { decimated, atMs, columns } = seriesOf(600, 100, 200, 300);
    expect(decimated).toBe(false);
    expect([...atMs]).toEqual(Array.from({ length: 101 }, (_, index) => START_MS + (100 + index) * 1_000));
    expect([...columns.cpuPercent].every(Number.isFinite)).toBe(true);
    expect([...columns.gpuPercent].every(Number.isNaN)).toBe(true);
  });

  it("keeps the extremes of every stretch where there is not, and no more points than were asked for", () => {
    const all = hostBatches(3_600).flatMap(({ columns }) => Array.from(columns.cpuPercent));
    const { decimated, bucketMs, atMs, columns } = seriesOf(3_600, 0, 3_600, 300);
    expect(decimated).toBe(true);
    expect(bucketMs).toBe(24_000);
    expect(atMs.length).toBeLessThanOrEqual(302);
    expect(Math.max(...columns.cpuPercent)).toBe(Math.max(...all));
    expect(Math.min(...columns.cpuPercent)).toBe(Math.min(...all));
    expect([...atMs]).toEqual([...atMs].sort((one, other) => one - other));
  });

  it("has a gap where nothing was recorded, and is empty where nothing was", () => {
    const buckets = new RecordedBuckets(START_MS, START_MS + 300_000, 600);
    const [first, , third] = hostBatches(300);
    for (const batch of [first, third]) if (batch !== undefined) buckets.take(batch);
    const { columns } = buckets.series();
    expect([...columns.cpuPercent].filter(Number.isNaN)).toHaveLength(1);
    expect(columns.cpuPercent).toHaveLength(201);
    expect(seriesOf(10, 5_000, 6_000, 300).atMs).toHaveLength(0);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyColumns, type SampleColumns } from "./block";
import { joinRollUps, packRollUps, rollUp, unpackRollUps } from "./roll-up";

function latencies(pairs: readonly (readonly [number, number])[]): SampleColumns {
  const samples = emptyColumns(pairs.length);
  for (const [row, [atMs, latencyMs]] of pairs.entries()) {
    samples.columns.atMs[row] = atMs;
    samples.columns.latencyMs[row] = latencyMs;
    samples.columns.qualityScore[row] = Number.NaN;
  }
  return samples;
}

describe("a roll-up", () => {
  it("has of every bucket the count, the extremes and the mean of what is in it", () => {
    const pair = fc.tuple(fc.integer({ min: 0, max: 60_000 }), fc.double({ min: 0.1, max: 500, noNaN: true }));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 80 }), (drawn) => {
        const pairs = drawn.toSorted(([one], [other]) => one - other);
        const rolled = rollUp(latencies(pairs), 10_000, null);
        const buckets = [...new Set(pairs.map(([atMs]) => Math.floor(atMs / 10_000) * 10_000))];
        expect([...rolled.atMs]).toEqual(buckets);
        for (const [row, startMs] of buckets.entries()) {
          const values = pairs.filter(([atMs]) => Math.floor(atMs / 10_000) * 10_000 === startMs).map(([, value]) => value);
          const { min, max, mean } = rolled.metrics.latencyMs;
          expect(rolled.count[row]).toBe(values.length);
          expect(min[row]).toBe(Math.fround(Math.min(...values)));
          expect(max[row]).toBe(Math.fround(Math.max(...values)));
          expect(mean[row]).toBeCloseTo(values.reduce((sum, one) => sum + one, 0) / values.length, 3);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("has the 95th percentile by interpolation, and nothing of a metric that was not reported", () => {
    const rolled = rollUp(latencies(Array.from({ length: 21 }, (_, index) => [index * 100, index])), 10_000, null);
    expect(rolled.metrics.latencyMs.p95[0]).toBe(19);
    expect([...rolled.metrics.qualityScore.p95, ...rolled.metrics.qualityScore.min]).toEqual([Number.NaN, Number.NaN]);
  });

  it("says where a silence ended that was longer than 2.2 periods, also one that began before it", () => {
    const steady = (fromMs: number, count: number): (readonly [number, number])[] => Array.from({ length: count }, (_, index) => [fromMs + index * 500, 1]);
    const rolled = rollUp(latencies([...steady(3_000, 5), ...steady(8_000, 4), ...steady(10_000, 20)]), 10_000, 1_000);
    expect([...rolled.gapMs]).toEqual([3_000, 0]);
    expect([...rolled.gapEndMs]).toEqual([8_000, 0]);
    expect([...rollUp(latencies(steady(3_000, 5)), 10_000, 1_000).gapMs]).toEqual([2_000]);
    expect([...rollUp(latencies(steady(3_000, 5)), 10_000, null).gapMs]).toEqual([0]);
  });

  it("is packed without loss and joined in order", () => {
    const one = rollUp(latencies([[0, 1.5], [12_000, 3]]), 10_000, null);
    const other = rollUp(latencies([[25_000, 2]]), 10_000, null);
    expect(unpackRollUps(packRollUps(one))).toEqual(one);
    expect([...joinRollUps([one, other]).atMs]).toEqual([0, 10_000, 20_000]);
  });
});

import { describe, expect, it } from "vitest";
import { trailOf } from "./range-trails";

const RANGE = { fromMs: 1_000_000, toMs: 1_100_000 };

function points(atMs: readonly number[], latencyMs: readonly number[]): Parameters<typeof trailOf>[0] {
  const flat = Float64Array.from(atMs, () => 1);
  return { atMs: Float64Array.from(atMs), compressionRatio: flat, latencyMs: Float64Array.from(latencyMs), qualityScore: flat };
}

describe("a sparkline of a chosen range", () => {
  it("has of each stretch the worse value, so that a spike of one sample is still seen", () => {
    const atMs = Array.from({ length: 1_000 }, (_, index) => RANGE.fromMs + index * 100);
    const latencyMs = atMs.map((_, index) => (index === 505 ? 90 : 10));
    const { latencyMs: values, compressionRatio } = trailOf(points(atMs, latencyMs), RANGE);
    expect(values).toHaveLength(100);
    expect([...values].filter((value) => value === 90)).toHaveLength(1);
    expect(values[50]).toBe(90);
    expect([...compressionRatio].every((value) => value === 1)).toBe(true);
  });

  it("keeps a silence as a gap, and does not take the period of a slow node for one", () => {
    const slow = Array.from({ length: 20 }, (_, index) => RANGE.fromMs + index * 5_000);
    expect([...trailOf(points(slow, slow.map(() => 7)), RANGE).latencyMs].slice(0, 96).some(Number.isNaN)).toBe(false);
    const silent = slow.filter((_, index) => index < 6 || index > 12);
    const values = [...trailOf(points(silent, silent.map(() => 7)), RANGE).latencyMs];
    expect(values.slice(28, 62).every(Number.isNaN)).toBe(true);
    expect(values[10]).toBe(7);
    expect(values[70]).toBe(7);
  });

  it("is empty where nothing was measured", () => {
    expect([...trailOf(points([], []), RANGE).latencyMs].every(Number.isNaN)).toBe(true);
  });
});

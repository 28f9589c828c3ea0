import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../shared/contract/settings";
import { scaleOf } from "../charts/scales";
import type { JudgedMetric } from "../format/number";
import { roundUp, widenScales } from "./scales";
import { nodeFixture } from "./snapshot-fixture";

const limits = DEFAULT_LIMITS;

/** One node for each value, which it has had for 20 ticks. */
function nodesWith(values: readonly number[], metric: JudgedMetric = "compressionRatio"): ReturnType<typeof nodeFixture>[] {
  const { trail } = nodeFixture();
  return values.map((value) => nodeFixture({ trail: { ...trail, [metric]: new Float32Array(20).fill(value) } }));
}

describe("the scales of a fleet", () => {
  it("begin with what the limits ask for", () => {
    expect(widenScales(null, limits, []).of.latencyMs).toEqual(scaleOf("latencyMs", limits));
  });

  it("grow to a round end when most nodes are beyond them", () => {
    expect(widenScales(null, limits, nodesWith([50, 55, 60, 75])).of.compressionRatio).toEqual({ min: 0, max: 100 });
  });

  it("do not grow for one node among many", () => {
    const scales = widenScales(null, limits, nodesWith([...Array.from({ length: 19 }, () => 8), 400]));
    expect(scales.of.compressionRatio).toEqual(scaleOf("compressionRatio", limits));
  });

  it("do not grow for a few slow ticks of a start, nor for gaps", () => {
    const { trail } = nodeFixture();
    const latencyMs = Float32Array.from([900, 800, Number.NaN, 700, 20, 21, 20, 22, 21, 20, 20, 21]);
    expect(widenScales(null, limits, [nodeFixture({ trail: { ...trail, latencyMs } })]).of.latencyMs).toEqual(scaleOf("latencyMs", limits));
    const begun = Float32Array.from([900, 800]);
    expect(widenScales(null, limits, [nodeFixture({ trail: { ...trail, latencyMs: begun } })]).of.latencyMs).toEqual(scaleOf("latencyMs", limits));
  });

  it("never shrink again, and stay the same object while nothing grows", () => {
    const wide = widenScales(null, limits, nodesWith([60]));
    expect(widenScales(wide, limits, nodesWith([6]))).toBe(wide);
  });

  it("begin anew with other limits", () => {
    const wide = widenScales(null, limits, nodesWith([60]));
    const others = { ...limits, maxLatencyMs: 80 };
    expect(widenScales(wide, others, nodesWith([6])).of.compressionRatio).toEqual(scaleOf("compressionRatio", others));
  });

  it("reach down for quality, and never below 0", () => {
    const at = (quality: number): number => widenScales(null, limits, nodesWith([quality], "qualityScore")).of.qualityScore.min;
    expect(at(0.9)).toBe(0.6);
    expect(at(0.43)).toBeCloseTo(0.3);
    expect(at(0.01)).toBe(0);
  });
});

describe("round ends", () => {
  it.each([
    [0.8, 0.8],
    [0.81, 1],
    [12, 15],
    [69, 80],
    [80.5, 100],
    [4_100, 5_000],
  ])("of %d is %d", (value, end) => {
    expect(roundUp(value)).toBeCloseTo(end);
  });
});

import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { node, version } from "../fleet/ids-fixture";
import type { MetricSample } from "../fleet/sample";
import { TrackedNode } from "../fleet/tracked-node";
import { BASIS_SAMPLES, decisionBasis, decisionBasisSchema } from "./basis";

const LIMITS = { minCompressionRatio: 5, maxLatencyMs: 50, minQualityScore: 0.7 };
const N0 = node("node_0");

function sample(index: number, change: Partial<MetricSample> = {}): MetricSample {
  return {
    nodeId: N0, dialect: "lydt", vertical: "iot", modelVersion: version("1.0.0"), sentAtMs: 500 * index, receivedAtMs: 500 * index, sequence: index,
    compressionRatio: 8 + index, latencyMs: 20, compressionLevel: 0.5, qualityScore: 0.9, bandwidthKbps: 100, bytesIn: 1_000, bytesOut: 100, modalities: [], ...change,
  };
}

describe("what a decision was made on", () => {
  test("is the newest samples of the version that runs, oldest first, with the limits in force", () => {
    const tracked = new TrackedNode(N0, 0, 0);
    for (let index = 0; index < 3; index += 1) tracked.takeSample(sample(index, { modelVersion: version("0.9.0") }), 500 * index);
    for (let index = 3; index < 6; index += 1) tracked.takeSample(sample(index), 500 * index);
    const basis = decisionBasis(tracked, LIMITS);
    expect(basis).toEqual({
      limits: LIMITS,
      reportedVersion: "1.0.0",
      samples: { atMs: [1_500, 2_000, 2_500], compressionRatio: [11, 12, 13], latencyMs: [20, 20, 20], qualityScore: [0.9, 0.9, 0.9] },
    });
    expect(v.is(decisionBasisSchema, basis)).toBe(true);
    expect(basis.limits).not.toBe(LIMITS);
  });

  test("has null where a sample had no such value", () => {
    const tracked = new TrackedNode(N0, 0, 0);
    tracked.takeSample(sample(1, { qualityScore: null }), 500);
    tracked.takeSample(sample(2, { compressionRatio: Infinity }), 1_000);
    expect(decisionBasis(tracked, LIMITS).samples).toMatchObject({ compressionRatio: [9, null], qualityScore: [null, 0.9] });
  });

  test("is 120 samples at the most, and none of a node that reports no version", () => {
    const tracked = new TrackedNode(N0, 0, 0);
    expect(decisionBasis(tracked, LIMITS)).toMatchObject({ reportedVersion: null, samples: { atMs: [] } });
    for (let index = 0; index < 200; index += 1) tracked.takeSample(sample(index), 500 * index);
    const { atMs } = decisionBasis(tracked, LIMITS).samples;
    expect([atMs.length, atMs[0], atMs.at(-1)]).toEqual([BASIS_SAMPLES, 40_000, 99_500]);
  });

  test("holds what the judge made of it, where it did", () => {
    const judged = { policyRevision: 3, metric: "latencyMs", limit: 50, baseline: null, statistic: null, why: ["slow"], whyNot: [] } as const;
    expect(decisionBasis(new TrackedNode(N0, 0, 0), LIMITS, { ...judged, why: [...judged.why], whyNot: [] }).judged).toEqual(judged);
    const whole = { ...judged, baseline: { median: 20, spread: 1, n: 120 }, statistic: { name: "drift", limit: 9, atMs: [1], values: [null] } };
    const basis = { limits: LIMITS, reportedVersion: null, samples: { atMs: [], compressionRatio: [], latencyMs: [], qualityScore: [] }, judged: whole };
    expect(v.is(decisionBasisSchema, basis)).toBe(true);
    for (const wrong of [{ ...whole, metric: "another" }, { ...whole, limit: "50" }, { ...whole, more: 1 }, { ...whole, why: [1] }]) expect(v.is(decisionBasisSchema, { ...basis, judged: wrong })).toBe(false);
    expect(v.is(decisionBasisSchema, { ...basis, samples: {} })).toBe(false);
    expect(v.is(decisionBasisSchema, { ...basis, more: 1 })).toBe(false);
  });
});

import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../contract/settings";
import { isBeyond, LIMITED_METRICS, limitOf, METRIC_NAMES, metricsBeyond } from "./limits";

describe("limits", () => {
  test("let a value exactly at a limit pass", () => {
    expect(metricsBeyond({ compressionRatio: 5, latencyMs: 50, qualityScore: 0.7 }, DEFAULT_LIMITS)).toEqual([]);
  });

  test("are broken strictly beyond, each on its own side", () => {
    expect(metricsBeyond({ compressionRatio: 4.999, latencyMs: 50.001, qualityScore: 0.699 }, DEFAULT_LIMITS)).toEqual([
      "compressionRatio",
      "latencyMs",
      "qualityScore",
    ]);
  });

  test("have a side and a name each", () => {
    expect(LIMITED_METRICS.map((metric) => [METRIC_NAMES[metric], limitOf(metric, DEFAULT_LIMITS)])).toEqual([
      ["ratio", { value: 5, side: "min" }],
      ["latency", { value: 50, side: "max" }],
      ["quality", { value: 0.7, side: "min" }],
    ]);
  });

  test("say nothing about a value that is not there", () => {
    expect(isBeyond("qualityScore", null, DEFAULT_LIMITS)).toBe(false);
  });
});

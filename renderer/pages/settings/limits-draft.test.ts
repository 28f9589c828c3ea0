import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../../shared/contract/settings";
import { changesOf, draftOf, LIMIT_RANGES, limitsOf, problemOf } from "./limits-draft";

describe("the limits in the fields", () => {
  it("are those in force until something is typed", () => {
    expect(limitsOf(draftOf(DEFAULT_LIMITS))).toEqual(DEFAULT_LIMITS);
    expect(changesOf(DEFAULT_LIMITS, DEFAULT_LIMITS)).toEqual([]);
  });

  it("name what saving would change, before and after", () => {
    expect(changesOf(DEFAULT_LIMITS, { ...DEFAULT_LIMITS, maxLatencyMs: 45 })).toEqual([
      { metric: "latencyMs", name: "Latency", before: "≤ 50 ms", after: "≤ 45 ms" },
    ]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 1.01])("cannot be %d for quality", (value) => {
    expect(limitsOf({ ...draftOf(DEFAULT_LIMITS), qualityScore: value })).toBeNull();
    expect(problemOf("qualityScore", value)).toBe("A number from 0 to 1.");
  });

  it("can be both ends of each range, as the schema says", () => {
    for (const end of ["min", "max"] as const) {
      const draft = {
        compressionRatio: LIMIT_RANGES.compressionRatio[end],
        latencyMs: LIMIT_RANGES.latencyMs[end],
        qualityScore: LIMIT_RANGES.qualityScore[end],
      };
      expect(limitsOf(draft)).not.toBeNull();
    }
  });
});

import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../contract/settings";
import { EMPTY_WATCH, FAILING_RUN, GOOD_RUN, isBeyond, metricsBeyond, watchSample, type LimitWatch } from "./limits";

const good = { compressionRatio: 8, latencyMs: 20, qualityScore: 0.9, receivedAtMs: 1 };
const bad = { ...good, qualityScore: 0.6, receivedAtMs: 2 };

function watch(...samples: readonly (typeof good)[]): LimitWatch {
  return samples.reduce((seen, sample) => watchSample(seen, sample, DEFAULT_LIMITS), EMPTY_WATCH);
}
const times = (count: number, sample: typeof good): (typeof good)[] => Array.from({ length: count }, () => sample);

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

  test("say nothing about a value that is not there", () => {
    expect(isBeyond("qualityScore", null, DEFAULT_LIMITS)).toBe(false);
  });

  test("call nothing failing on one sample, nor on eight", () => {
    expect(watch(...times(FAILING_RUN - 1, bad)).failing).toEqual([]);
    expect(watch(...times(FAILING_RUN, bad)).failing).toEqual(["qualityScore"]);
  });

  test("call a failing node well again only after twelve samples within, and remember since when", () => {
    const failing = watch(...times(FAILING_RUN, bad));
    expect(failing.failingSinceMs).toBe(2);
    const almost = times(GOOD_RUN - 1, good).reduce((seen, sample) => watchSample(seen, sample, DEFAULT_LIMITS), failing);
    expect(almost).toMatchObject({ failing: ["qualityScore"], failingSinceMs: 2 });
    expect(watchSample(almost, good, DEFAULT_LIMITS)).toMatchObject({ failing: [], failingSinceMs: null, withinRun: GOOD_RUN });
  });
});

import { describe, expect, it } from "vitest";
import { baselineLabel, formatWithUnit, limitLabel, summaryOf } from "./metric-words";

const rows = [8.3, 7.9, null, 9.31].map((value, index) => ({ atMs: index * 1_000, value, offending: null }));
const NO_MARKS = { gaps: [], changes: [] };

describe("a chart in words", () => {
  it("says stretch, extremes, newest value and limit", () => {
    expect(summaryOf("compressionRatio", rows, { value: 5, side: "min" }, NO_MARKS, "utc")).toBe(
      "Compression ratio from 00:00:00 to 00:00:03: between 7.90 and 9.31, newest 9.31. " +
        "The newest is within its limit, min 5.0.",
    );
  });

  it("says what is beyond, what is missing and what changed", () => {
    const marks = {
      gaps: [{ fromMs: 0, toMs: 20_000 }],
      changes: [
        { atMs: 1_000, version: "1.2.0", drill: false },
        { atMs: 2_000, version: null, drill: false },
      ],
    };
    expect(summaryOf("compressionRatio", rows, { value: 10, side: "min" }, marks, "utc")).toContain(
      "The newest is beyond its limit, min 10.0. No data for 20 s in 1 gap. 1.2.0 since 00:00:01. not reported since 00:00:02.",
    );
  });

  it("says that there is nothing rather than a number", () => {
    expect(summaryOf("latencyMs", [{ atMs: 0, value: null, offending: null }], null, NO_MARKS, "utc")).toBe(
      "Latency: no sample in this stretch.",
    );
  });

  it("names a baseline with its size and age, or the version that it is held from", () => {
    const band = { median: 8.3, spread: 0.2, n: 480, heldFrom: null, ageMs: 190_000 };
    expect(baselineLabel("compressionRatio", band)).toBe("baseline 8.30, n = 480, 3 min old");
    expect(baselineLabel("compressionRatio", { ...band, ageMs: 7_200_000 })).toBe("baseline 8.30, n = 480, 2 h old");
    expect(baselineLabel("compressionRatio", { ...band, ageMs: -5 })).toContain("under 1 min old");
    expect(baselineLabel("qualityScore", { ...band, median: 0.91, heldFrom: "1.1.0" })).toBe("baseline 0.910 held from 1.1.0");
    expect(summaryOf("compressionRatio", rows, null, NO_MARKS, "utc", band)).toContain("Baseline 8.30, spread 0.20, of 480 samples.");
  });

  it("writes units where a sentence needs them", () => {
    expect(formatWithUnit("latencyMs", 23.4)).toBe("23.4 ms");
    expect(formatWithUnit("bandwidthKbps", 213.6)).toBe("214 kbit/s");
    expect(formatWithUnit("bandwidthKbps", 8.25)).toBe("8.3 kbit/s");
    expect(limitLabel("latencyMs", { value: 50, side: "max" })).toBe("max 50 ms");
    expect(limitLabel("qualityScore", { value: 0.7, side: "min" })).toBe("min 0.70");
  });
});

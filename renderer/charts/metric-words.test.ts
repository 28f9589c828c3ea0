import { describe, expect, it } from "vitest";
import { formatWithUnit, limitLabel, summaryOf } from "./metric-words";

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

  it("writes units where a sentence needs them", () => {
    expect(formatWithUnit("latencyMs", 23.4)).toBe("23.4 ms");
    expect(formatWithUnit("bandwidthKbps", 213.6)).toBe("214 kbit/s");
    expect(formatWithUnit("bandwidthKbps", 8.25)).toBe("8.3 kbit/s");
    expect(limitLabel("latencyMs", { value: 50, side: "max" })).toBe("max 50 ms");
    expect(limitLabel("qualityScore", { value: 0.7, side: "min" })).toBe("min 0.70");
  });
});

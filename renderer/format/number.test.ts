import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../shared/contract/settings";
import { countOf, formatBytes, formatLimit, formatMetric, formatNumber, formatRate } from "./number";

describe("numbers", () => {
  it("have a true minus sign, and no minus before a rounded zero", () => {
    expect(formatNumber(-1.25, 1)).toBe("−1.3");
    expect(formatNumber(-0.04, 1)).toBe("0.0");
  });

  it("have thin spaces between thousands from five digits on", () => {
    expect(formatNumber(1_487, 0)).toBe("1487");
    expect(formatNumber(1_234_567.5, 1)).toBe("1 234 567.5");
  });

  it.each([
    ["compressionRatio", 8.423, "8.42"],
    ["compressionRatio", 9.999, "10.0"],
    ["compressionRatio", 52.84, "52.8"],
    ["compressionRatio", 214.4, "214"],
    ["latencyMs", 4.56, "4.6"],
    ["latencyMs", 23.44, "23.4"],
    ["latencyMs", 148.4, "148"],
    ["qualityScore", 0.7419, "0.742"],
  ] as const)("of the metric %s: %d is %s", (metric, value, text) => {
    expect(formatMetric(metric, value)).toBe(text);
  });

  it("name a limit with its side, unit and usual decimals", () => {
    expect(formatLimit("compressionRatio", DEFAULT_LIMITS)).toBe("≥ 5.0");
    expect(formatLimit("latencyMs", DEFAULT_LIMITS)).toBe("≤ 50 ms");
    expect(formatLimit("qualityScore", DEFAULT_LIMITS)).toBe("≥ 0.70");
    expect(formatLimit("qualityScore", { ...DEFAULT_LIMITS, minQualityScore: 0.725 })).toBe("≥ 0.725");
  });

  it("count with their noun", () => {
    expect(countOf(1, "node")).toBe("1 node");
    expect(countOf(0, "node")).toBe("0 nodes");
    expect(countOf(2, "node needs", "nodes need")).toBe("2 nodes need");
  });

  it("write rates and bytes in units that people read", () => {
    expect(formatRate(9.97)).toBe("10.0");
    expect(formatBytes(812)).toBe("812 B");
    expect(formatBytes(41_300)).toBe("41.3 kB");
    expect(formatBytes(1_241_300)).toBe("1.24 MB");
  });
});

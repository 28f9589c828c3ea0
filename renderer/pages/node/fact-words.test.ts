import { describe, expect, it } from "vitest";
import { nodeFixture, NOW_MS } from "../../state/snapshot-fixture";
import { allottedText, bandwidthText, missedText } from "./fact-words";

describe("a node's bandwidth", () => {
  it("has the unit of its source", () => {
    expect(bandwidthText(nodeFixture())).toBe("53.0 kbit/s, its own estimate in LYDT frames");
  });

  it("is not reported where nobody can know its unit, or no sample came", () => {
    const latest = { compressionRatio: 8, latencyMs: 20, qualityScore: 0.9, bandwidthKbps: null, receivedAtMs: NOW_MS };
    expect(bandwidthText(nodeFixture({ latest }))).toBe("not reported");
    expect(bandwidthText(nodeFixture({ latest: null }))).toBe("not reported");
  });
});

describe("missed frames", () => {
  it.each([
    ["counted", 3, 1_204, 0, "3 of 1204 (0.2 %)"],
    ["counted", 0, 20, 1, "0 of 20 (0.0 %)"],
    ["collecting", 0, 0, 0, "not counted yet"],
    ["stepping", 0, 0, 0, "not counted"],
    ["none", 0, 0, 0, "none reported"],
  ] as const)("%s: %d of %d, restarts %d", (basis, missed, expected, restarts, text) => {
    const { value, source } = missedText({ basis, missed, expected, restarts });
    expect(value).toBe(text);
    expect(source.endsWith("fell back 1 time")).toBe(restarts === 1);
  });
});

describe("what the coordinator allots", () => {
  const signal = {
    dialect: "lydt",
    receivedAtMs: NOW_MS - 400,
    targetCompression: 0.82,
    allocatedMbps: 0.5,
    fleetCompressionRatio: 6.5,
    fleetLatencyMs: 18.25,
    fleetQualityScore: 0.9,
    signals: 12,
  } as const;

  it("is said with its source and age", () => {
    expect(allottedText(signal, NOW_MS)).toEqual({
      value: "0.50 Mbit/s, compression level 0.82",
      source: "by the coordinator in LYDT frames, 0.4 s ago",
    });
  });

  it("is old once the coordinator is silent, and nothing without one", () => {
    expect(allottedText({ ...signal, receivedAtMs: NOW_MS - 12_000 }, NOW_MS)?.source).toBe(
      "by the coordinator in LYDT frames, 12 s ago; the coordinator is silent",
    );
    expect(allottedText(null, NOW_MS)).toBeNull();
  });
});

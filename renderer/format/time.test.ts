import { describe, expect, it } from "vitest";
import { formatAge, formatClock, formatDuration, formatMoment, formatUtcInstant } from "./time";

describe("durations", () => {
  it.each([
    [-50, "0.0 s"],
    [100, "0.1 s"],
    [9_400, "9.4 s"],
    [9_949, "9.9 s"],
    [9_950, "10 s"],
    [42_000, "42 s"],
    [59_600, "1 min 0 s"],
    [252_000, "4 min 12 s"],
    [11_520_000, "3 h 12 min"],
    [187_200_000, "2 d 4 h"],
  ])("of %d ms read %s", (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  it("become ages", () => {
    expect(formatAge(9_400)).toBe("9.4 s ago");
  });
});

describe("clock", () => {
  const atMs = Date.UTC(2026, 2, 1, 4, 5, 6, 250);

  it("has 24 hours and two digits", () => {
    expect(formatClock(atMs, "utc")).toBe("04:05:06");
    expect(formatClock(atMs, "local")).toMatch(/^\d\d:\d\d:06$/);
  });

  it("is UTC to the millisecond in tooltips", () => {
    expect(formatUtcInstant(atMs)).toBe("2026-03-01 04:05:06.250 UTC");
  });
});

describe("a moment", () => {
  it("has its day only beside a long stretch", () => {
    const atMs = Date.UTC(2026, 10, 24, 14, 5, 31);
    expect(formatMoment(atMs, "utc", 3_600_000)).toBe("14:05:31");
    expect(formatMoment(atMs, "utc", 86_400_000)).toBe("24 Nov 14:05:31");
  });
});

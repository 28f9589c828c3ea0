import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { momentOf, momentText, partAt, steppedText, zoneText } from "./moment";

const AT_MS = Date.UTC(2026, 10, 24, 14, 5, 31);

describe("a moment that is typed", () => {
  it("is the year first and 24 hours, whatever the desktop's language is", () => {
    expect(momentText(AT_MS, "utc")).toBe("2026-11-24 14:05");
    expect(momentText(AT_MS, "utc", true)).toBe("2026-11-24 14:05:31");
    expect(momentText(Date.UTC(2026, 0, 2, 0, 7), "utc")).toBe("2026-01-02 00:07");
  });

  it("is read back to the second, on both clocks", () => {
    const seconds = fc.integer({ min: Date.UTC(2001, 0, 1) / 1_000, max: Date.UTC(2080, 0, 1) / 1_000 });
    fc.assert(fc.property(seconds, fc.constantFrom("utc" as const, "local" as const), (second, clock) => {
      // The hour that a clock shows twice in autumn means the first of the two.
      const text = momentText(second * 1_000, clock, true);
      expect(momentText(momentOf(text, clock), clock, true)).toBe(text);
    }));
    expect(momentOf(" 2026-11-24T14:05 ", "utc")).toBe(Date.UTC(2026, 10, 24, 14, 5));
  });

  it("is none where the day or the time does not exist, or something is missing", () => {
    for (const text of ["", "2026-02-31 10:00", "2026-11-24", "2026-11-24 24:00", "2026-11-24 14:60", "24.11.2026 14:05", "2026-13-01 00:00", "11/24/2026, 2:05 PM"]) expect(momentOf(text, "utc"), text).toBeNaN();
  });

  it("goes up and down by the part that the caret is in, over the ends of days, months and years", () => {
    const text = "2026-12-31 23:59";
    expect([0, 4, 5, 7, 9, 11, 13, 16].map((caret) => partAt(text, caret))).toEqual([0, 0, 1, 1, 2, 3, 3, 4]);
    expect(partAt("2026-12-31 23:59:07", 18)).toBe(5);
    expect([0, 1, 2, 3, 4].map((part) => steppedText(text, part, 1, "utc"))).toEqual(["2027-12-31 23:59", "2027-01-31 23:59", "2027-01-01 23:59", "2027-01-01 00:59", "2027-01-01 00:00"]);
    expect(steppedText("2026-03-31 10:00", 1, -1, "utc"), "no 31 February").toBe("2026-02-28 10:00");
    expect(steppedText("2026-03-31 10:00:59", 5, 1, "utc")).toBe("2026-03-31 10:01:00");
    expect(steppedText("nothing", 1, 1, "utc")).toBeNull();
  });

  it("says whose time it is", () => {
    expect(zoneText(AT_MS, "utc")).toBe("UTC");
    expect(zoneText(AT_MS, "local")).toMatch(/^local time of this machine, (which is UTC|([\w/+-]+, )?UTC[+\u2212]\d\d:\d\d)$/);
  });
});

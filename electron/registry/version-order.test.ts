import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareVersions } from "./version-order";

/** Texts that are versions here, with what makes an order hard: dots, hyphens, letters, zeros, long numbers. */
const versionText = fc
  .array(fc.constantFrom("0", "1", "9", "10", "01", "123456789012345678901", "rc", "beta", "v", ".", "-", "+", "_"), { minLength: 1, maxLength: 7 })
  .map((pieces) => pieces.join(""))
  .filter((text) => /^[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}$/.test(text));

describe("the order of versions", () => {
  it.each([
    ["1.9.0", "1.10.0"],
    ["9.0", "10.0"],
    ["v9.0", "v10.0"],
    ["v1.2", "v1.10"],
    ["v1.0", "1.1"],
    ["1.0", "v1.1"],
    ["2", "10"],
    ["1.0", "1.0.1"],
    ["1.0.0-rc.1", "1.0.0"],
    ["1.0.0rc1", "1.0.0"],
    ["1.0.0-rc.2", "1.0.0-rc.10"],
    ["1.0.0-alpha", "1.0.0-beta"],
    ["1.0.0-1", "1.0.0"],
    ["1.0.0-rc.9", "1.0.1-rc.1"],
    ["1.0.0", "1.0.0+2"],
    ["2026-11-24", "2026-12-01"],
    ["99999999999999999999", "100000000000000000000"],
  ])("puts %s before %s", (first, second) => {
    expect(compareVersions(first, second)).toBeLessThan(0);
    expect(compareVersions(second, first)).toBeGreaterThan(0);
    expect(compareVersions(first, first)).toBe(0);
  });

  it("is one order: never both ways, and nobody stands between and outside at once", () => {
    fc.assert(
      fc.property(versionText, versionText, versionText, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
        expect(compareVersions(a, b) === 0).toBe(a === b);
        if (compareVersions(a, b) < 0 && compareVersions(b, c) < 0) expect(compareVersions(a, c)).toBeLessThan(0);
      }),
      { numRuns: 2_000 },
    );
  });
});

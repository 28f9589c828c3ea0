import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findBareNonFinite, writePythonJson } from "./python-json";

describe("writing", () => {
  it("is compact, keeps the order and writes what is not finite as Python does", () => {
    const text = writePythonJson([
      ["z", "a\"b"],
      ["a", 1.5],
      ["n", Number.NaN],
      ["i", Number.POSITIVE_INFINITY],
      ["m", { camera: Number.NEGATIVE_INFINITY, imu: 2 }],
    ]);
    expect(text).toBe('{"z":"a\\"b","a":1.5,"n":NaN,"i":Infinity,"m":{"camera":-Infinity,"imu":2}}');
  });
});

describe("finding a number that is none", () => {
  it.each([
    ['{"a":NaN}', "NaN", "a"],
    ['{"a":1,"b" : Infinity,"c":NaN}', "Infinity", "b"],
    ['{"a":{"b":[1,-Infinity]}}', "-Infinity", "b"],
    ['{"say \\"NaN\\"":NaN}', "NaN", 'say \\"NaN\\"'],
    ['{"a":"b","c":NaN}', "NaN", "c"],
    ["[NaN]", "NaN", null],
  ])("%s", (text, token, key) => {
    expect(findBareNonFinite(text)).toEqual({ token, key });
  });

  it.each(["{", '{"a":"NaN"', '{"a":NaNx}', '{"a":1NaN}', '{"a":-NaN}', '{"a":+Infinity}', '{"a":nan}', '{"a":Inf}', '"NaN'])(
    "%s is wrong in another way",
    (text) => {
      expect(findBareNonFinite(text)).toBeNull();
    },
  );

  it("does so in every text that is JSON but for one such number", () => {
    const key = fc.string().filter((text) => text !== "__proto__");
    const token = fc.constantFrom("NaN" as const, "Infinity" as const, "-Infinity" as const);
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), key, token, fc.jsonValue(), (before, name, bare, after) => {
        const rest = JSON.stringify(before).slice(1, -1);
        const quoted = JSON.stringify(name);
        const text = `{${rest}${rest === "" ? "" : ","}${quoted}:${bare},"after":${JSON.stringify(after)}}`;
        expect(findBareNonFinite(text)).toEqual({ token: bare, key: quoted.slice(1, -1) });
      }),
    );
  });

  it("takes time in proportion to the text, also for one made to be slow", () => {
    // Quadratic work on these would be 4e9 steps: the test would run into its time limit.
    for (const text of ['\\"'.repeat(32_000), '"\\'.repeat(32_000), "-".repeat(65_000), "NaN,".repeat(16_000), '""'.repeat(32_000)]) {
      expect(findBareNonFinite(text)).toBeNull();
    }
  });

  it("never throws", () => {
    const pieces = fc.constantFrom('"', "\\", "NaN", "-", "Infinity", "{", "}", "[", "]", ":", ",", " ", "1", "a");
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.array(pieces).map((found) => found.join(""))), (text) => {
        const found = findBareNonFinite(text);
        if (found !== null) expect(text).toContain(found.token);
      }),
      { numRuns: 1000 },
    );
  });
});

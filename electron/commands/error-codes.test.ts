import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ERROR_CODES } from "../../shared/contract/errors";

const ROW = /^\| `([A-Z0-9_]+)` \| (.+?) \| (.+?) \|$/;

describe("the guide's list of error codes", () => {
  const rows = readFileSync(join(import.meta.dirname, "..", "..", "docs", "error-codes.md"), "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, code, meaning, advice] = ROW.exec(line) ?? [];
      return code === undefined ? [] : [{ code, meaning, advice }];
    });

  it("names every code once, with the meaning that the application knows", () => {
    expect(Object.fromEntries(rows.map(({ code, meaning }) => [code, meaning]))).toEqual(ERROR_CODES);
    expect(rows).toHaveLength(Object.keys(ERROR_CODES).length);
  });

  it("says for each what to do, in a sentence", () => {
    for (const { code, advice } of rows) expect(advice, code).toMatch(/^[A-Z`*].{10,}\.$/);
  });
});

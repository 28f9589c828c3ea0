import { describe, expect, test } from "vitest";
import { readProgress, readRefusal } from "./setup-output";

describe("what an installation prints", () => {
  test("is a step where it is one, and nothing else", () => {
    const line = { type: "progress", step: "client", sentence: "fetching rclnodejs", elapsedMs: 12 };
    expect(readProgress(JSON.stringify(line))).toEqual(line);
    for (const other of ["", "{", '{"type":"installed"}', JSON.stringify({ ...line, step: "rm" }), JSON.stringify({ ...line, more: 1 })]) {
      expect(readProgress(other)).toBeNull();
    }
  });

  test("is why it refused: code and sentence with all its lines, between what it is at", () => {
    const stderr = "lydlr: fetching rclnodejs ... 3 s\nNOT_AVAILABLE: npm ci failed. The end:\n  npm error code E404\n  npm error 404\n";
    expect(readRefusal(stderr)).toEqual({ code: "NOT_AVAILABLE", message: "npm ci failed. The end:\n  npm error code E404\n  npm error 404" });
    expect(readRefusal("CANCELLED: It was ended.\n")).toEqual({ code: "CANCELLED", message: "It was ended." });
  });

  test("is no refusal without a code that is known", () => {
    expect(readRefusal("lydlr: NOT_AVAILABLE: of something else\nTypeError: x is not a function\nOOPS: no\n")).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { spanProblem } from "./range-fields";

const AT_MS = Date.UTC(2026, 10, 24, 14, 5, 31);

describe("the fields of a range", () => {
  it("say what is wrong with them", () => {
    expect(spanProblem({ fromMs: NaN, toMs: AT_MS }, AT_MS)).toBe("Give both times, as 2026-11-24 14:05.");
    expect(spanProblem({ fromMs: AT_MS, toMs: AT_MS - 1 }, AT_MS)).toContain("after the beginning");
    expect(spanProblem({ fromMs: AT_MS + 1, toMs: AT_MS + 10_000 }, AT_MS)).toContain("yet");
    expect(spanProblem({ fromMs: AT_MS - 60_000, toMs: AT_MS + 10_000 }, AT_MS)).toBeNull();
  });
});

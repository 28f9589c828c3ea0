import { describe, expect, it } from "vitest";
import { fieldText, momentOf, spanProblem } from "./range-fields";

const AT_MS = Date.UTC(2026, 10, 24, 14, 5, 31);

describe("the fields of a range", () => {
  it.each(["utc", "local"] as const)("give back the moment that they show, %s", (clock) => {
    expect(momentOf(fieldText(AT_MS, clock), clock)).toBe(AT_MS);
  });

  it("show UTC where the window does", () => {
    expect(fieldText(AT_MS, "utc")).toBe("2026-11-24T14:05:31");
  });

  it("say what is wrong with them", () => {
    expect(spanProblem({ fromMs: momentOf("", "utc"), toMs: AT_MS }, AT_MS)).toBe("Give both times.");
    expect(spanProblem({ fromMs: AT_MS, toMs: AT_MS - 1 }, AT_MS)).toContain("after the beginning");
    expect(spanProblem({ fromMs: AT_MS + 1, toMs: AT_MS + 10_000 }, AT_MS)).toContain("yet");
    expect(spanProblem({ fromMs: AT_MS - 60_000, toMs: AT_MS + 10_000 }, AT_MS)).toBeNull();
  });
});

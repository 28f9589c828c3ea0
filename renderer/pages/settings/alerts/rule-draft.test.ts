import { describe, expect, it } from "vitest";
import { rulesWith } from "../../../../shared/alerts/rule";
import { changedRules, problemsOf, withChange } from "./rule-draft";

function rule(ruleId: "host-cpu" | "latency-high") {
  const found = rulesWith({}).get(ruleId);
  if (found === undefined) throw new Error(ruleId);
  return found;
}

describe("a draft of alert rules", () => {
  it("holds what differs from what ships, and nothing once it does not", () => {
    const draft = withChange(withChange({}, rule("host-cpu"), { threshold: 80 }), rule("host-cpu"), { severity: "critical" });
    expect(draft).toEqual({ "host-cpu": { threshold: 80, severity: "critical" } });
    expect(withChange(withChange(draft, rule("host-cpu"), { threshold: 95 }), rule("host-cpu"), { severity: "warning" })).toEqual({});
  });

  it("names the rules that are changed", () => {
    expect(changedRules({}, { "host-cpu": { isOn: false } })).toEqual(["This machine's CPU"]);
    expect(changedRules({ "host-cpu": { isOn: false } }, { "host-cpu": { isOn: false } })).toEqual([]);
  });

  it("says what a rule cannot have; an empty field of the policy's limit is none of it", () => {
    expect(problemsOf({ "host-cpu": { threshold: 400 } }).get("host-cpu")).toBe("This machine's CPU: a number from 1 to 100.");
    expect(problemsOf({ "host-cpu": { pendingMs: Number.NaN } }).size).toBe(1);
    expect(problemsOf(withChange({}, rule("latency-high"), { threshold: null })).size).toBe(0);
  });
});

import fc from "fast-check";
import { describe as suite, expect, it } from "vitest";
import { policySchema, type Policy } from "../../../../shared/policy/policy";
import { safeParse } from "valibot";
import { formatNumber } from "../../../format/number";
import { BUDGET_MARKS, daysAtShare, shareOfDays } from "./budget-scale";
import { changesBetween, problemsOf } from "./draft";
import { FLEET_NUMBERS, heldOf, metricNumber, metricPath, recoveryOf, type Scope } from "./fields";
import { edited, editsBetween, keyOf, leavesOf, pathOf, policyFrom, withEdit, type Edits } from "./leaves";
import { valueAt } from "./CostChart";

const FLEET: Scope = { kind: "fleet" };
const POLICY: Policy = {
  limits: { maxLatencyMs: 45 },
  budget: { days: 7 },
  verticals: { drone: { roles: { latencyMs: "signal" }, limits: { maxLatencyMs: 40 } } },
  nodes: { node_3: { critical: { qualityScore: false } } },
};
const NO_EDITS: Edits = new Map();

suite("a policy taken apart", () => {
  it("is the same policy when it is put together again", () => {
    expect(policyFrom(leavesOf(POLICY))).toEqual({ ok: true, value: POLICY });
  });

  it("keeps names that hold anything", () => {
    const name = fc.string({ minLength: 1, maxLength: 64 }).filter((text) => text !== "__proto__" && !/[\uD800-\uDFFF]/u.test(text));
    fc.assert(
      fc.property(name, (nodeId) => {
        expect(pathOf(keyOf(["nodes", nodeId, "limits"]))).toEqual(["nodes", nodeId, "limits"]);
      }),
      { numRuns: 50 },
    );
  });

  it("takes edits, also onto a newer revision, and forgets one that changes nothing", () => {
    const base = leavesOf(POLICY);
    const path = metricPath(FLEET, "latencyMs", "limit");
    const edits = withEdit(base, NO_EDITS, path, 50);
    expect(policyFrom(edited(base, edits))).toMatchObject({ ok: true, value: { limits: { maxLatencyMs: 50 }, budget: { days: 7 } } });
    const newer = leavesOf({ ...POLICY, budget: { days: 30 } });
    expect(policyFrom(edited(newer, edits))).toMatchObject({ ok: true, value: { limits: { maxLatencyMs: 50 }, budget: { days: 30 } } });
    expect(withEdit(base, edits, path, 45).size).toBe(0);
  });

  it("becomes another policy by the edits between both", () => {
    const other: Policy = { limits: { maxLatencyMs: 45 }, engine: { dryRun: true } };
    expect(policyFrom(edited(leavesOf(POLICY), editsBetween(leavesOf(POLICY), leavesOf(other))))).toEqual({ ok: true, value: other });
  });
});

suite("what a scope is held to", () => {
  const leaves = leavesOf(POLICY);
  it("is its own value, else that of the next wider scope, else the default", () => {
    const node: Scope = { kind: "node", nodeId: "node_3", vertical: "drone" };
    expect(heldOf(leaves, node, "qualityScore", "critical")).toEqual({ value: false, origin: "here" });
    expect(heldOf(leaves, node, "latencyMs", "limit")).toEqual({ value: 40, origin: "drone" });
    expect(heldOf(leaves, { ...node, vertical: "iot" }, "latencyMs", "limit")).toEqual({ value: 45, origin: "Fleet" });
    expect(heldOf(leaves, node, "compressionRatio", "limit")).toEqual({ value: 5, origin: "default" });
    expect(heldOf(leaves, FLEET, "latencyMs", "limit")).toEqual({ value: 45, origin: "here" });
  });

  it("recovers 5 % inside of its limit", () => {
    expect(recoveryOf("latencyMs", 50)).toBeCloseTo(47.5);
    expect(recoveryOf("qualityScore", 0.7)).toBeCloseTo(0.735);
  });
});

suite("changes", () => {
  const base = leavesOf(POLICY);
  const changesAfter = (...edits: readonly (readonly [readonly string[], number | boolean | string | null])[]) =>
    changesBetween(base, edited(base, edits.reduce((all, [path, leaf]) => withEdit(base, all, path, leaf), NO_EDITS)));

  it("are told with owner, unit, before and after", () => {
    expect(changesAfter([metricPath(FLEET, "latencyMs", "limit"), 50], [["budget", "days"], 30])).toEqual([
      { key: "limits/maxLatencyMs", name: "Latency, limit", before: "45 ms", after: "50 ms" },
      { key: "budget/days", name: "At most one false rollback in", before: "7 days", after: "30 days" },
    ]);
    const node: Scope = { kind: "node", nodeId: "node_3", vertical: null };
    expect(changesAfter([metricPath(node, "qualityScore", "critical"), null], [metricPath(node, "latencyMs", "maxChange"), 0.125])).toMatchObject([
      { name: "node_3: Quality, critical", before: "no", after: "inherited" },
      { name: "node_3: Latency, change from the baseline", before: "inherited", after: "12.5 %" },
    ]);
  });

  it("are none where only the default is said aloud", () => {
    expect(changesAfter([["engine", "dryRun"], false], [["trial", "warmUpMs"], 2_000])).toEqual([]);
  });
});

suite("what no policy can have", () => {
  it("is named with its range", () => {
    const draft = new Map([...leavesOf(POLICY), ["limits/minQualityScore", 1.2], ["trial/commitSamples", 12.5]]);
    expect(problemsOf(draft)).toEqual([
      { key: "limits/minQualityScore", name: "Quality, limit", sentence: "A number from 0 to 1." },
      { key: "trial/commitSamples", name: "Trial before commit", sentence: `A whole number from 12 to ${formatNumber(100_000, 0)} samples.` },
    ]);
  });

  it("is a node that is lost before it is stale", () => {
    const draft = new Map<string, number>([["trial/staleAfterMs", 40_000]]);
    expect(problemsOf(draft)).toMatchObject([{ key: "trial/lostAfterMs", sentence: "Longer than stale after, 40 s: a node is stale before it is lost." }]);
    expect(problemsOf(new Map([...draft, ["trial/lostAfterMs", 40_001]]))).toEqual([]);
  });

  it("is what the schema says, at both ends of every range", () => {
    const facts = [
      ...Object.entries(FLEET_NUMBERS),
      ...(["compressionRatio", "latencyMs", "qualityScore"] as const).flatMap((metric) =>
        (["limit", "maxChange"] as const).map((field) => [keyOf(metricPath(FLEET, metric, field)), metricNumber(metric, field)] as const),
      ),
    ] as const;
    for (const [key, { least, most, isWhole }] of facts) {
      const isPolicy = (value: number): boolean => {
        const [first = "", second = ""] = pathOf(key);
        return safeParse(policySchema, { [first]: { [second]: value } }).success;
      };
      expect([key, isPolicy(least), isPolicy(most)]).toEqual([key, true, true]);
      expect([key, isPolicy(least - 0.005), isPolicy(most + 0.5), isPolicy(Number.NaN)]).toEqual([key, false, false, false]);
      expect([key, isPolicy(Math.max(least, 1) + 0.5)]).toEqual([key, !isWhole && Math.max(least, 1) + 0.5 <= most]);
    }
  });
});

suite("the budget's scale", () => {
  it("leads from days to a share and back, at its marks and by two figures", () => {
    for (const days of BUDGET_MARKS) expect(daysAtShare(shareOfDays(days))).toBeCloseTo(days, days > 100 ? -1 : 6);
    expect([daysAtShare(0), daysAtShare(1), shareOfDays(0.1), shareOfDays(3_650)]).toEqual([1, 365, 0, 1]);
  });

  it("never sticks: one step of the slider is another number of days", () => {
    for (let position = 0; position < 100; position += 1) {
      const days = daysAtShare(position / 100);
      expect(daysAtShare(shareOfDays(days) + 0.01)).toBeGreaterThan(days);
    }
  });

  it("reads a curve between its points by the logarithm of the days, and not outside of them", () => {
    const points = [
      { days: 1, oneSdMs: 10, twoSdMs: 4, dropMs: 1 },
      { days: 100, oneSdMs: 20, twoSdMs: 8, dropMs: 3 },
    ];
    expect(valueAt(points, "dropMs", 10)).toBeCloseTo(2);
    expect(valueAt(points, "dropMs", 1)).toBe(1);
    expect(valueAt(points, "dropMs", 101)).toBeNull();
  });
});

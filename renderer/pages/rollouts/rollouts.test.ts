import { describe, expect, it } from "vitest";
import type { RolloutView } from "../../../shared/contract/rollouts";
import { INITIAL, planOf, problemsOf } from "./start-form";
import { aroundSwap, changeOf, linePath, scaleOf, type Trace } from "./swap-lines";
import { countIn, eventGlyph, nodesToReturn, numberOf, TOTALS } from "./words";

function trace(values: readonly (readonly [sinceMs: number, value: number])[]): Trace {
  const column = Float64Array.from(values.map(([, value]) => value));
  return { nodeId: "node_0", swappedAtMs: 0, rolledBackAtMs: null, sinceSwapMs: Float64Array.from(values.map(([sinceMs]) => sinceMs)), compressionRatio: column, latencyMs: column, qualityScore: column };
}

describe("the form that starts a roll-out", () => {
  it("makes a plan in the contract's units", () => {
    expect(planOf({ ...INITIAL, version: "1.1.0", soakMinutes: 2.5, sharePercent: 30 }, undefined)).toEqual({
      version: "1.1.0", canary: 1, share: 0.3, atOnce: 2, soakMs: 150_000, stop: { leastFailures: 2, failureShare: 0.2, leastJudged: 5 },
    });
    expect(planOf(INITIAL, undefined), "without a version there is none").toBeNull();
  });

  it("names the field that is empty, out of its range, or no whole number", () => {
    expect([...problemsOf(INITIAL)]).toEqual([]);
    expect([...problemsOf({ ...INITIAL, canary: NaN, sharePercent: 101, atOnce: 1.5 })]).toEqual([
      ["canary", "A number is needed."],
      ["sharePercent", "1 to 100 %."],
      ["atOnce", "1 to 100 nodes."],
    ]);
  });
});

describe("lines around a swap", () => {
  it("take the median over nodes at each step, with the swap in the middle, and leave gaps", () => {
    const values = aroundSwap([trace([[-10_000, 1], [10_000, 5]]), trace([[-10_000, 3], [10_000, 7]]), trace([[-10_000, 2], [10_000, 6]])], "qualityScore");
    expect(values).toHaveLength(60);
    expect([values[15], values[30], values[45]]).toEqual([2, NaN, 6]);
  });

  it("are broken where a value is missing, never bridged", () => {
    const path = linePath(trace([[0, 1], [1, NaN], [2, 3], [3, 4]]), "qualityScore", (ms) => ms, (value) => value);
    expect(path).toBe("M0.0 1.0M2.0 3.0L3.0 4.0");
  });

  it("have a scale with room, and none without a value; a change needs both sides", () => {
    expect(scaleOf([1, NaN, 2], 0.5)).toEqual({ min: 0.5, max: 2.5 });
    expect(scaleOf([NaN])).toBeNull();
    expect(changeOf({ before: 10, after: 12 })).toBeCloseTo(0.2);
    expect([changeOf({ before: null, after: 12 }), changeOf({ before: 0, after: 12 })]).toEqual([null, null]);
  });
});

describe("words of a roll-out", () => {
  const node = (state: RolloutView["leftOut"][number]["state"], fromVersion: string | null = "1.0.0") => ({ nodeId: state, state, fromVersion, passed: 0, needed: 0, atMs: 0, note: "" });

  it("count every node once in the totals, whatever its state", () => {
    const states = ["waiting", "sent", "trial", "committed", "rolled-back", "failed", "unconfirmed", "inconsistent", "left-out", "returned"] as const;
    const nodes = states.map((state) => node(state));
    expect(TOTALS.reduce((sum, [, , each]) => sum + countIn(nodes, each), 0)).toBe(nodes.length);
  });

  it("name what an abort would take back: not what waits, was rolled back, or ran the version before", () => {
    const nodes = [node("committed"), node("waiting"), node("rolled-back"), node("trial", "1.1.0"), node("unconfirmed")];
    const view = { version: "1.1.0", leftOut: [], phases: [{ name: "canary" as const, state: "running" as const, nodes, gate: [], gateOpensAtMs: null }] };
    expect(nodesToReturn(view).map(({ nodeId }) => nodeId)).toEqual(["committed", "unconfirmed"]);
  });

  it("number roll-outs as their id does, and give every event a shape", () => {
    expect([numberOf("r-0031"), numberOf("r-0000"), numberOf("r-12345")]).toEqual(["31", "0", "12345"]);
    expect([eventGlyph("rollout-node-rolled-back"), eventGlyph("rollout-stopped"), eventGlyph("rollout-started")]).toEqual(["rolled-back", "failing", "waiting"]);
  });
});

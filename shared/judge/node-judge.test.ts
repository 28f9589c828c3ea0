import { describe, expect, test } from "vitest";
import { nodePolicyOf } from "../policy/policy";
import { judgeSample, standingOf, startNode, swapVersion, type NodeState } from "./node-judge";
import { defaultRules } from "./simulation/fleet";

const rules = defaultRules(6, 30);

/** A node that has run a version for so many healthy samples. */
function running(version: string | null, samples: number): { readonly state: NodeState; run(next: string | null, count: number): void; nowMs(): number } {
  const state = startNode("node_0", version, 0, rules);
  let tMs = 0;
  const run = (next: string | null, count: number): void => {
    for (let index = 0; index < count; index += 1) {
      tMs += 500;
      judgeSample(state, { tMs, modelVersion: next, compressionRatio: 8 + 0.1 * (index % 7), latencyMs: 20 + 0.5 * (index % 5), qualityScore: 0.9 + 0.004 * (index % 3) }, rules);
    }
  };
  run(version, samples);
  return { state, run, nowMs: () => tMs };
}

describe("a swap", () => {
  test("to what nobody asked back for has a time to commit by, and is held against the version before", () => {
    const { state, run, nowMs } = running("1.1.0", 200);
    run("1.2.0", 1);
    expect(state.commitByMs).toBe(nowMs() + rules.fleet.commitWithinMs);
    expect(state.metrics.latencyMs.judge.held?.n).toBe(120);
  });

  test("back to what a rollback asked for has nothing to prove in time, and is not held against what was taken back", () => {
    const { state, run } = running("1.1.0", 200);
    run("1.2.0", 200);
    const before = state.metrics.latencyMs.judge;
    state.goesBackTo = "1.1.0";
    run("1.1.0", 1);
    expect(state.commitByMs).toBeNull();
    expect(state.goesBackTo).toBeNull();
    expect(state.metrics.latencyMs.judge.held).toBe(before.held);
    expect(before.baseline).not.toBeNull();
  });

  test("to an unknown version is none back, though none was asked for", () => {
    const { state, nowMs } = running("1.1.0", 200);
    const { baseline } = state.metrics.latencyMs.judge;
    swapVersion(state, null, nowMs(), rules);
    expect(state.commitByMs).toBe(nowMs() + rules.fleet.commitWithinMs);
    expect(state.metrics.latencyMs.judge.held).toBe(baseline);
  });

  test("of a node that told no version before is the first that was seen, and has none to blame", () => {
    const { state, run } = running(null, 20);
    run("1.1.0", 1);
    expect([state.hasSwapped, state.commitByMs]).toEqual([false, null]);
  });
});

test("a node of which nothing is judged is unknown, never a pass", () => {
  const muted = { ...rules, node: nodePolicyOf({ roles: { compressionRatio: "muted", latencyMs: "muted", qualityScore: "muted" } }, "node_0", null) };
  const state = startNode("node_0", "1.1.0", 0, muted);
  expect(state.standing.outcome).toBe("no-data");
  expect(judgeSample(state, { tMs: 500, modelVersion: "1.1.0", compressionRatio: 8, latencyMs: 20, qualityScore: 0.9 }, muted).outcome).toBe("no-data");
  expect(standingOf(state, 1_000, muted).outcome).toBe("no-data");
});

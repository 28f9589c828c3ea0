import { describe, expect, test } from "vitest";
import { nodePolicyOf, fleetPolicyOf, type Policy } from "../policy/policy";
import { seededRandom } from "../random";
import { createBudgetBook } from "./budget";
import type { LimitedMetric } from "./limits";
import { judgeSample, startNode, type JudgeRules, type NodeState } from "./node-judge";
import { crossingOf, slopeOf, type Crossing } from "./reasons";
import { StatisticPath } from "./statistic-path";

const PERIOD_MS = 500;
const HEALTHY = 300;
const budgets = createBudgetBook({ days: 30, nodes: 6, metrics: 3, baselinesPerDay: 1 });

/** A node whose latency does what a test says after healthy samples, with what the window draws of it. */
function startDrift(policy: Policy = {}): {
  readonly state: NodeState;
  step(latencyMs: number): void;
  crossing(metric?: LimitedMetric): Crossing | null;
} {
  const rules: JudgeRules = { fleet: fleetPolicyOf(policy), node: nodePolicyOf(policy, "node_0", null), budgets };
  const state = startNode("node_0", "1.1.0", 0, rules);
  const random = seededRandom(3);
  const path = new StatisticPath();
  const atMs: number[] = [];
  const latencies: number[] = [];
  const step = (latencyMs: number): void => {
    const tMs = atMs.length * PERIOD_MS;
    judgeSample(state, { tMs, modelVersion: "1.1.0", compressionRatio: 8 + 0.4 * random.normal(), latencyMs, qualityScore: 0.9 + 0.02 * random.normal() }, rules);
    path.note(state, tMs);
    atMs.push(tMs);
    latencies.push(latencyMs);
  };
  for (let index = 0; index < HEALTHY; index += 1) step(20 + 1.5 * random.normal());
  return {
    state,
    step,
    crossing(metric = "latencyMs") {
      const { atMs: pathAtMs, columns } = path.last(600);
      const charts = { "drift-slow": columns[`${metric} drift-slow`], "drift-fast": columns[`${metric} drift-fast`], spread: columns[`${metric} spread`] };
      return crossingOf(state, metric, { atMs: pathAtMs, charts, values: { atMs, of: latencies } });
    },
  };
}

describe("a slope", () => {
  test("is that of the newest 20 values, of no fewer than 5, and knows no value that is not finite", () => {
    const at = Array.from({ length: 60 }, (_, index) => index * 100);
    expect(slopeOf(at, at.map((ms, index) => (index < 40 ? -ms : 3 * ms)))).toBeCloseTo(3, 9);
    expect(slopeOf(at.slice(0, 4), [1, 2, 3, 4])).toBeNaN();
    expect(slopeOf(at.slice(0, 7), [0, Number.NaN, 200, 300, Infinity, 500, 600])).toBeCloseTo(1, 9);
  });
});

describe("what is ahead", () => {
  test("is nothing while a node is as it was", () => {
    const drift = startDrift();
    expect(drift.crossing()).toBeNull();
  });

  test("is told before the rule acts, and comes nearer to when it does", () => {
    const drift = startDrift();
    const told: { readonly atStep: number; readonly inMs: number }[] = [];
    let steps = 0;
    const { judge } = drift.state.metrics.latencyMs;
    for (; judge.failing === null && steps < 400; steps += 1) {
      drift.step(21.5);
      const crossing = drift.crossing();
      if (crossing !== null) told.push({ atStep: steps + 1, inMs: crossing.inMs });
    }
    expect(drift.state.standing).toMatchObject({ outcome: "fail", metric: "latencyMs" });
    expect(told.length).toBeGreaterThanOrEqual(3);
    const errors = told.map(({ atStep, inMs }) => Math.abs(inMs - (steps - atStep) * PERIOD_MS));
    expect(errors.at(-1)).toBeLessThanOrEqual(3 * PERIOD_MS);
    expect(drift.crossing(), "it acted: nothing is ahead").toBeNull();
  });

  test("is told as a rollback of a guardrail, and as a crossing where the metric only warns", () => {
    const sentenceOf = (policy: Policy): string => {
      const drift = startDrift(policy);
      for (let steps = 0; steps < 400; steps += 1) {
        drift.step(21.5);
        const crossing = drift.crossing();
        if (crossing !== null) return crossing.sentence;
      }
      return "nothing";
    };
    expect(sentenceOf({})).toMatch(/^At this slope 1\.1\.0 is rolled back in about \d.* s\.$/);
    expect(sentenceOf({ roles: { latencyMs: "signal" } })).toMatch(/^At this slope it crosses in about \d.* s\.$/);
  });

  test("is the hard limit where values reach it before a chart reaches its own", () => {
    const drift = startDrift();
    for (let steps = 0; steps < 400 && drift.crossing() === null; steps += 1) drift.step(21.5);
    const { slow } = drift.state.metrics.latencyMs.judge;
    const atMs = Array.from({ length: 20 }, (_, index) => index * PERIOD_MS);
    const along = (slope: number): number[] => atMs.map((ms) => slope * ms);
    // The chart takes five minutes, the values take ten seconds from 21.5 ms to 50 ms.
    const chart = along(((slow?.limit ?? Number.NaN) - (slow?.statistic ?? Number.NaN)) / 300_000);
    const still = along(0);
    const ahead = (of: number[]): Crossing | null =>
      crossingOf(drift.state, "latencyMs", { atMs, charts: { "drift-slow": chart, "drift-fast": still, spread: still }, values: { atMs, of } });
    const [first, away] = [ahead(along(28.5 / 10_000)), ahead(along(-28.5 / 10_000))];
    expect(first?.rule).toBe("hard-limit");
    expect(first?.inMs).toBeCloseTo(10_000, 3);
    expect(away?.rule, "values that go the other way reach nothing").toBe("drift-slow");
    expect(away?.inMs).toBeCloseTo(300_000, 3);
  });
});

import { describe, expect, test } from "vitest";
import { createBudget, createBudgetBook, falseAlarmChance } from "./budget";
import { playDrama } from "./drama-fixture";
import { policyCostOf, policyCurveOf } from "./policy-cost";
import { predictBudget } from "./predict";

/**
 * Decisions, statistics and sentences as they were when they were last looked at. A rule that is changed on purpose changes
 * these files (`npx vitest run shared/judge/golden.test.ts -u`): the difference shows what else it changes.
 */
describe("what the judge decides, and what it keeps and says on the way, is what it was", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    test(`in drama ${seed}`, async () => {
      await expect(playDrama(seed, 900)).toMatchFileSnapshot(`golden/drama-${seed}.txt`);
    });
  }
});

/** Six figures of each number. */
function rounded(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === "number" ? (Number.isFinite(each) ? Number(each.toPrecision(6)) : String(each)) : each));
}

test("the limits of budgets, and what they are predicted to cost, are what they were", async () => {
  const lines: string[] = [];
  for (const request of [
    { days: 30, nodes: 6, metrics: 3, samplesPerSecond: 2, baselinesPerDay: 1 },
    { days: 0.5, nodes: 1, metrics: 1, samplesPerSecond: 10, baselinesPerDay: 12 },
    { days: 365, nodes: 1000, metrics: 2, samplesPerSecond: 3, baselinesPerDay: 0.1 },
  ]) {
    const budget = createBudget(request);
    lines.push(rounded(request));
    for (const rho of [0, 0.42, 0.8]) {
      lines.push(`rho ${rho}: k ${rounded(budget.slowK(rho))}`);
      for (const trigger of ["drift-slow", "drift-fast", "spread"] as const) {
        const limits = [120, 480, 1920].map((n) => budget.chartLimit(trigger, { n, rho, isEarly: n < 1920 }));
        lines.push(`  ${trigger} ${rounded(budget.arlOf(trigger))}: ${rounded(limits)} plain ${rounded(budget.plainLimit(trigger, rho))}`);
      }
      for (const trigger of ["hard", "relative"] as const) lines.push(`  ${trigger}: ${rounded([-3, 1, 1.5, 2.326, 2.7, 9].map((sd) => budget.run(trigger, sd, rho)))}`);
    }
    lines.push(`leap ${rounded([120, 479, 480, 1920].map((n) => budget.leap(n)))}`);
  }
  const book = createBudgetBook({ days: 30, nodes: 6, metrics: 3, baselinesPerDay: 1 });
  lines.push(`rates ${rounded([0, 1.9, 2, 2.04, 2.05, 3, 3.1, 10].map((rate) => book.forRate(rate).request.samplesPerSecond))}`);
  lines.push(`chance ${rounded([0.5, 1].map((k) => falseAlarmChance(k, 9, { mean: 0.09, logScale: 0.06 }, 172_800)))}`);
  for (const drop of [0.05, 0.1, 0.3]) for (const rho of [0, 0.6]) lines.push(`predict ${drop} ${rho}: ${rounded(predictBudget({ nodes: 6, metrics: 3, days: 30, rho, drop, cv: 0.05 }))}`);
  lines.push(`policy ${rounded(policyCostOf({ budget: { days: 7 }, roles: { latencyMs: "signal" } }, 0))}`);
  lines.push(`policy ${rounded(policyCostOf({ budget: { nodes: 12 } }, 3))}`);
  lines.push(`curve ${rounded(policyCurveOf({ budget: { nodes: 12 } }, 3))}`);
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("golden/limits.txt");
});

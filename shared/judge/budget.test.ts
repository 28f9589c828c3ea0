import { describe, expect, test } from "vitest";
import { BASELINE_STAGES, BUDGET_SHARES, createBudget, createBudgetBook, falseAlarmChance, PLANNED_SHARE, SHORTEST_RELATIVE_RUN, type BudgetRequest } from "./budget";
import { predictBudget } from "./predict";
import { cusumArl } from "./statistics/cusum";
import { normalCdf } from "./statistics/normal";
import { poissonUpper95 } from "./statistics/poisson";
import { autocorrelatedRunArls } from "./statistics/runs-rules";

const six: BudgetRequest = { days: 30, nodes: 6, metrics: 3, samplesPerSecond: 2, baselinesPerDay: 1 };
const full = { n: 1920, rho: 0, isEarly: false };

describe("a budget", () => {
  test("is shared out whole, and planned to a quarter", () => {
    expect(Object.values(BUDGET_SHARES).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    const budget = createBudget(six);
    const perDay = (Object.keys(BUDGET_SHARES) as (keyof typeof BUDGET_SHARES)[]).reduce((sum, trigger) => sum + (172_800 * 18) / budget.arlOf(trigger), 0);
    expect(perDay).toBeCloseTo(PLANNED_SHARE / 30, 9);
  });

  test("gives the same limits to who asks again", () => {
    expect(createBudget({ ...six })).toBe(createBudget({ ...six }));
  });

  test("has limits above those of a known baseline, closer to them the larger it is", () => {
    const budget = createBudget(six);
    const limit = budget.chartLimit("drift-fast", full) ?? 0;
    expect(cusumArl({ k: 1, h: limit }, 0)).toBeGreaterThan(budget.arlOf("drift-fast"));
    for (const trigger of ["drift-slow", "drift-fast", "spread"] as const) {
      const limits = BASELINE_STAGES.slice(0, -1).map((n) => budget.chartLimit(trigger, { n, rho: 0, isEarly: true }) ?? Infinity);
      expect(limits).toEqual([...limits].sort((a, b) => b - a));
    }
  });

  test("rises with nodes, days, metrics, rate and autocorrelation", () => {
    const limit = (change: Partial<BudgetRequest>): number => createBudget({ ...six, ...change }).chartLimit("drift-fast", full) ?? Infinity;
    const plain = limit({});
    for (const change of [{ nodes: 50 }, { days: 365 }, { metrics: 6 }, { samplesPerSecond: 10 }]) expect(limit(change)).toBeGreaterThan(plain);
    expect(createBudget(six).chartLimit("drift-fast", { ...full, rho: 0.8 })).toBeGreaterThan(plain);
  });

  test("lets a small baseline of strongly correlated samples alarm on nothing but a large drift", () => {
    const budget = createBudget(six);
    const small = budget.chartLimit("drift-slow", { n: 120, rho: 0.8, isEarly: true });
    expect(small === null || small > 3 * (budget.chartLimit("drift-slow", { n: 1920, rho: 0.8, isEarly: false }) ?? Infinity)).toBe(true);
  });

  test("charges an error of the baseline: the chance of a false alarm grows with it and falls with the limit", () => {
    const none = falseAlarmChance(0.5, 15, { mean: 0.001, logScale: 0.001 }, 1000);
    expect(falseAlarmChance(0.5, 15, { mean: 0.1, logScale: 0.001 }, 1000)).toBeGreaterThan(2 * none);
    expect(falseAlarmChance(0.5, 15, { mean: 0.001, logScale: 0.1 }, 1000)).toBeGreaterThan(2 * none);
    expect(falseAlarmChance(0.5, 16, { mean: 0.1, logScale: 0.1 }, 1000)).toBeLessThan(falseAlarmChance(0.5, 15, { mean: 0.1, logScale: 0.1 }, 1000));
  });
});

describe("a leap", () => {
  test("is rarer than its share of the budget, larger for a tighter budget, and asked of a large enough baseline alone", () => {
    const budget = createBudget(six);
    const leap = budget.leap(1920);
    expect(normalCdf(-leap)).toBeLessThan(1 / budget.arlOf("jump"));
    expect(createBudget({ ...six, days: 3000 }).leap(1920)).toBeGreaterThan(leap);
    expect(budget.leap(480)).toBeGreaterThan(leap);
    expect(budget.leap(480)).toBeLessThan(9);
    expect(budget.leap(479)).toBe(Infinity);
  });
});

describe("a run", () => {
  test("is the shortest that the budget allows", () => {
    const budget = createBudget(six);
    const run = budget.run("hard", 2.3, 0.5);
    const arls = autocorrelatedRunArls(2.3, 0.5, run);
    expect(arls[run - 1]).toBeGreaterThanOrEqual(budget.arlOf("hard"));
    expect(arls[run - 2]).toBeLessThan(budget.arlOf("hard"));
  });

  test("is longer the closer healthy samples lie and the more they hang together, and never below three against a baseline", () => {
    const budget = createBudget(six);
    expect(budget.run("hard", 1.2, 0)).toBeGreaterThan(budget.run("hard", 2.3, 0));
    expect(budget.run("hard", 2.3, 0.8)).toBeGreaterThan(budget.run("hard", 2.3, 0));
    expect(budget.run("hard", 9, 0)).toBe(budget.run("hard", 2.326, 0));
    expect(budget.run("hard", -3, 0)).toBe(budget.run("hard", 1, 0));
    const loose = createBudget({ ...six, days: 0.001, nodes: 1, metrics: 1 });
    expect(loose.run("relative", 9, 0)).toBe(SHORTEST_RELATIVE_RUN);
    expect(loose.run("hard", 9, 0)).toBeLessThan(SHORTEST_RELATIVE_RUN);
  });
});

describe("a book of budgets", () => {
  test("has one for a node's own rate, none below 2 a second", () => {
    const book = createBudgetBook({ days: 30, nodes: 6, metrics: 3, baselinesPerDay: 1 });
    expect([0, 1, 2, 2.01].map((rate) => book.forRate(rate).request.samplesPerSecond)).toEqual([2, 2, 2, 2]);
    const fast = book.forRate(10).request.samplesPerSecond;
    expect(fast).toBeGreaterThanOrEqual(10 / 1.02);
    expect(fast).toBeLessThan(15);
    expect(book.forRate(9.9)).toBe(book.forRate(10));
  });
});

describe("a prediction", () => {
  test("is the same twice, and dearer for a tighter budget", () => {
    const request = { nodes: 6, metrics: 3, days: 30, rho: 0.5, drop: 0.3, cv: 0.05 };
    const once = predictBudget(request);
    expect(predictBudget(request)).toEqual(once);
    const tight = predictBudget({ ...request, days: 3000 });
    expect(tight.falseRollbacksPerDay).toBeLessThan(once.falseRollbacksPerDay);
    expect(tight.driftLimit).toBeGreaterThan(once.driftLimit);
    expect(tight.hardRun).toBeGreaterThan(once.hardRun);
    expect(tight.delaySamples).toBeGreaterThanOrEqual(once.delaySamples);
    expect(predictBudget({ ...request, rho: 0.8 }).delaySamples).toBe(6);
  });
});

describe("an upper limit of a count", () => {
  test("is Garwood's: 3.00 after none, 4.74 after one, 9.15 after four", () => {
    expect([0, 1, 4, 24].map((count) => Number(poissonUpper95(count).toFixed(2)))).toEqual([3, 4.74, 9.15, 33.75]);
  });
});

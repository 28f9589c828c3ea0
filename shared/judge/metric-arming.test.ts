import { describe, expect, test } from "vitest";
import { nodePolicyOf } from "../policy/policy";
import { seededRandom } from "../random";
import { createBudgetBook, type BudgetBook } from "./budget";
import { gatherAnew, isBreaking, judgeValue, rearm, startMetric, type MetricState } from "./metric-judge";
import { scoreStream } from "./simulation/noise";

const budgets: BudgetBook = createBudgetBook({ days: 30, nodes: 6, metrics: 3, baselinesPerDay: 1 });
const budget = budgets.forRate(2);
const { compressionRatio } = nodePolicyOf({}, "node_0", null);

interface Fed {
  readonly state: MetricState;
  feed(value: number, afterMs?: number): void;
}

/** A metric that has so many healthy samples of an autocorrelation, the first of them at `fromMs`. */
function fed(samples: number, { rho = 0, fromMs = 0, seed = 4, book = budgets }: { readonly rho?: number; readonly fromMs?: number; readonly seed?: number; readonly book?: BudgetBook } = {}): Fed {
  const score = scoreStream(seededRandom(seed), rho);
  const state = startMetric(compressionRatio, book, null);
  let tMs = fromMs - 500;
  const feed = (value: number, afterMs = 500): void => {
    judgeValue(state, value, (tMs += afterMs), book);
  };
  for (let index = 0; index < samples; index += 1) feed(8 + 0.4 * score());
  return { state, feed };
}

describe("the limits of a metric", () => {
  test("are those of the rate that its own samples came at, however late they began", () => {
    const rates: number[] = [];
    const book: BudgetBook = {
      forRate(samplesPerSecond) {
        rates.push(samplesPerSecond);
        return budgets.forRate(samplesPerSecond);
      },
    };
    const late = fed(120, { fromMs: 3_600_000, book });
    rearm(late.state, book);
    startMetric(compressionRatio, book, late.state.baseline);
    expect(rates[0]).toBe(0);
    for (const rate of rates.slice(1)) expect(rate).toBeCloseTo(2, 6);
    expect(rates).toHaveLength(4);
  });

  test("of the last baseline are for the rest of its life, and those of every one before until it has doubled", () => {
    const rhoOf = (state: MetricState): number => state.baseline?.rho ?? Number.NaN;
    const last = fed(1920).state;
    expect(last.baseline?.n).toBe(1920);
    expect(last.slow?.limit).toBe(budget.chartLimit("drift-slow", { n: 1920, rho: rhoOf(last), isEarly: false }));
    expect(last.fast?.limit).toBe(budget.chartLimit("drift-fast", { n: 1920, rho: rhoOf(last), isEarly: false }));
    const early = fed(960).state;
    expect(early.baseline?.n).toBe(960);
    const rhoError = Math.sqrt((1 - rhoOf(early) ** 2) / 960);
    expect(early.fast?.limit).toBe(budget.chartLimit("drift-fast", { n: 960, rho: rhoOf(early) + Math.max(0, rhoError - 0.025), isEarly: true }));
  });

  test("allow for the error of a small baseline's autocorrelation, beyond the half step that limits are rounded up by", () => {
    const { baseline, fast } = fed(120, { rho: 0.5 }).state;
    const rho = baseline?.rho ?? Number.NaN;
    const rhoError = Math.sqrt((1 - rho * rho) / 120);
    expect(fast?.limit).toBe(budget.chartLimit("drift-fast", { n: 120, rho: rho + rhoError - 0.025, isEarly: true }));
    expect(fast?.limit).toBeGreaterThan(budget.chartLimit("drift-fast", { n: 120, rho, isEarly: true }) ?? Infinity);
  });

  test("a chart that is not armed yet keeps what it gathered when its baseline grows", () => {
    const { state, feed } = fed(239, { rho: 0.75, seed: 10 });
    expect(state.spread?.limit).toBeNull();
    const spread = state.spread;
    if (spread === null) throw new Error("it has no chart");
    spread.statistic = 3;
    feed(8);
    expect(state.baseline?.n).toBe(240);
    expect(state.spread?.limit).toBeNull();
    expect(state.spread?.statistic).toBeGreaterThan(2);
  });
});

describe("after a gap", () => {
  test("of more than 2.2 periods nothing of the sample before is taken off the next one; of 2.2 it still is", () => {
    const residualAfter = (gapMs: number): number => {
      const { state, feed } = fed(1920, { rho: 0.8 });
      feed(7.4);
      feed(7.4, gapMs);
      return state.lastResidual;
    };
    const periods = 500 * 2.2;
    expect(residualAfter(periods)).toBe(residualAfter(500));
    expect(residualAfter(periods + 1)).toBeGreaterThan(residualAfter(500) + 0.5);
    expect(residualAfter(periods + 1)).toBe(residualAfter(60_000));
  });
});

describe("what the rules gathered", () => {
  test("is forgotten whole: samples in a row and charts begin at none, and a failure stays one", () => {
    const { state, feed } = fed(480);
    for (let index = 0; index < 40; index += 1) feed(4);
    expect([state.failing !== null, isBreaking(state)]).toEqual([true, true]);
    gatherAnew(state);
    expect([state.hard.length, state.relative.length, state.jump.length, state.slow?.statistic, state.fast?.statistic, state.spread?.statistic]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([state.failing !== null, isBreaking(state)]).toEqual([true, false]);
  });
});

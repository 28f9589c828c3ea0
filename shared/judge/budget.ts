import { cusumLimit, siegmundArl } from "./statistics/cusum";
import { normalPdf, normalQuantile } from "./statistics/normal";
import { gaussLegendre, solveRising, type Quadrature } from "./statistics/quadrature";
import { autocorrelatedRunArls } from "./statistics/runs-rules";

/** What false rollbacks may cost, and what they are counted over. */
export interface BudgetRequest {
  /** One false rollback of the whole fleet in so many days, > 0. */
  readonly days: number;
  /** Nodes in the fleet, at least 1. */
  readonly nodes: number;
  /** Metrics of each node that can roll it back, at least 1. */
  readonly metrics: number;
  /** Samples of each metric in a second, > 0. */
  readonly samplesPerSecond: number;
  /** New baselines of a node in a day: each has its own chance of being unlucky. */
  readonly baselinesPerDay: number;
}

/** The rules that can roll a node back; they share the budget. */
export type Trigger = "hard" | "relative" | "jump" | "drift-slow" | "drift-fast" | "spread";

/** How the budget is split. A tenth costs a chart ln(10) / 2k of its limit, so the split hardly matters. */
export const BUDGET_SHARES: Readonly<Record<Trigger, number>> = { hard: 0.15, relative: 0.1, jump: 0.05, "drift-slow": 0.3, "drift-fast": 0.3, spread: 0.1 };

/**
 * Part of the budget that the limits are solved for. The rest is for what no model of errors knows: dependence
 * of another kind than an autoregression, a slow wander of the level, more swaps than were planned.
 */
export const PLANNED_SHARE = 0.25;

/** Share of a chart's budget that all the short stages before the last baseline may use together. */
const EARLY_SHARE = 0.2;

/** Baselines grow by doubling from 120 samples; 1920 is sixteen minutes at 2 Hz. */
export const BASELINE_STAGES = [120, 240, 480, 960, 1920] as const;

/** The most and least exceedances, in standard deviations, that a run rule assumes of a healthy node. */
export const RUN_CERTAIN_SD = 1;
/** A healthy node has at most one sample in 100 beyond a limit, however far it seems to be inside. */
export const HEALTHY_LIMIT_SD = 2.326;
/** One sample in 1000 may lie anywhere: outliers do not follow the curve of a distribution. */
export const HEALTHY_RELATIVE_SD = 3.09;
/** Three samples at least for a change against the baseline, so that no two outliers make one. */
export const SHORTEST_RELATIVE_RUN = 3;
/** A jump is one leap and its stay: so many samples in a row in all, so that one sample alone never decides. */
export const JUMP_RUN = 6;
/** How far to the worse side the samples of a jump stay, in standard deviations. */
export const JUMP_STAYS_SD = 3;
/** What is assumed before a node has shown its own autocorrelation. */
export const ASSUMED_RHO = 0.5;
/** A run rule waits no longer than this many samples. */
export const LONGEST_RUN = 240;
const LARGEST_RHO = 0.95;

/**
 * Samples of a baseline at which a leap must be twice as large. The scale of a residual errs by 2 / sqrt(n) of itself at
 * an autocorrelation of 0.8; averaged over normal errors, the chance of L standard deviations is that of L (1 - 2 L^2 / n).
 */
const LEAP_CAUTION = 80;
/** What tails that are longer than normal ones add to a leap; of 63 node-days of lognormal quality at 0.8 none comes so far. */
const LEAP_TAIL = 0.6;
/** A smaller baseline has not seen its tails: a leap out of it says little. */
const LEAST_LEAP_BASELINE = 480;

/** Limits are solved for autocorrelations in such steps, the next one up. */
export const RHO_STEP = 0.05;

function roundedRho(rho: number): number {
  return Math.min(LARGEST_RHO, Math.ceil(Math.max(0, rho) / RHO_STEP - 1e-9) * RHO_STEP);
}

/** The reference value of the fast drift chart, in long-run standard deviations: best for a shift of 2. */
export const FAST_K = 1;

/** How a baseline of `n` samples misses the truth; see docs/decisions/040-judge.md. */
interface EstimationError {
  /** Standard deviation of the error of the mean, in units of the chart. */
  readonly mean: number;
  /** Standard deviation of the logarithm of the error of the scale. */
  readonly logScale: number;
}

/**
 * How much more a baseline of autocorrelated samples errs than the first-order terms say: ranks in the tails rest on
 * few independent samples, and a walk that is in the tail stays there. Found with `./lydlr bench judge --rho R`.
 */
function dependenceFactor(rho: number): number {
  return 1.15 * (1 + 0.6 * rho);
}

function driftError(n: number, rho: number): EstimationError {
  // The mean of normal scores errs by 1 / sqrt(n) long-run standard deviations. The long-run scale errs by
  // the plug-in autocorrelation, 1 / sqrt(n (1 - rho^2)), and by the spread of the scores themselves.
  const factor = dependenceFactor(rho);
  return { mean: factor / Math.sqrt(n), logScale: factor * Math.sqrt((1.5 + 0.5 * rho * rho) / (1 - rho * rho) / n) };
}

function spreadError(n: number, rho: number): EstimationError {
  // A scale that is off by a share x moves the square root of a difference by 1.18 x of its own deviation.
  const scale = dependenceFactor(rho) * Math.sqrt((0.5 + 0.5 * rho * rho) / (1 - rho * rho) / n);
  return { mean: 1.18 * scale + 0.5 / Math.sqrt(n), logScale: 0.5 * scale };
}

/** A normal distribution as nodes and weights, to six standard deviations. */
function normalRule(sd: number, count: number): Quadrature {
  const { nodes, weights } = gaussLegendre(count, -6, 6);
  return { nodes: nodes.map((x) => x * sd), weights: weights.map((weight, index) => weight * normalPdf(nodes[index] ?? 0)) };
}

/**
 * Chance of a false alarm of a CUSUM within `horizon` samples, over the errors of its baseline: with an error
 * of e and s the chart is an exact one with reference value (k - e) / s and limit h / s.
 */
export function falseAlarmChance(k: number, h: number, error: EstimationError, horizon: number): number {
  const means = normalRule(error.mean, 17);
  const scales = normalRule(error.logScale, 13);
  let chance = 0;
  for (let i = 0; i < scales.nodes.length; i += 1) {
    const s = Math.exp(scales.nodes[i] ?? 0);
    for (let j = 0; j < means.nodes.length; j += 1) {
      const arl = siegmundArl({ k: (k - (means.nodes[j] ?? 0)) / s, h: h / s }, 0);
      chance += (scales.weights[i] ?? 0) * (means.weights[j] ?? 0) * -Math.expm1(-horizon / arl);
    }
  }
  return chance;
}

/** Where a chart stands: how large its baseline is and for how long that one is used. */
export interface ChartStage {
  readonly n: number;
  /** Estimated autocorrelation at one sample, 0 to below 1. */
  readonly rho: number;
  /** Used only until the baseline has doubled, or for the rest of the baseline's life. */
  readonly isEarly: boolean;
}

/** Limits that keep a false-rollback budget. Computed on demand and kept: asking twice costs nothing. */
export interface Budget {
  readonly request: BudgetRequest;
  /** Mean samples to a false alarm that one rule of one stream may have. */
  arlOf(trigger: Trigger): number;
  /** Reference value of the slow chart, in long-run standard deviations. */
  slowK(rho: number): number;
  /** Limit of a drift or spread chart; null while its baseline is too small for the budget. */
  chartLimit(trigger: "drift-slow" | "drift-fast" | "spread", stage: ChartStage): number | null;
  /** What the limit would be with a baseline that does not err: half of it is too loud for a baseline to grow. */
  plainLimit(trigger: "drift-slow" | "drift-fast" | "spread", rho: number): number;
  /** Samples in a row beyond a line that lies `sd` standard deviations away from healthy samples. */
  run(trigger: "hard" | "relative", sd: number, rho: number): number;
  /** Where a jump begins: a change from the sample before, in standard deviations of what an autoregression leaves; Infinity where the baseline is too small to tell. */
  leap(n: number): number;
}

const runArls = new Map<string, readonly number[]>();

/** Mean samples between runs of every length. They are the same for every budget; there are few steps of both. */
function runArlsOf(c: number, rho: number): readonly number[] {
  const key = `${c} ${rho}`;
  const known = runArls.get(key);
  if (known !== undefined) return known;
  const arls = autocorrelatedRunArls(c, rho, LONGEST_RUN);
  runArls.set(key, arls);
  return arls;
}

const solved = new Map<string, Budget>();
const MOST_SOLVED = 64;

/** The limits of a budget. The same request gives the same object: solving takes half a second, and fleets share it. */
export function createBudget(request: BudgetRequest): Budget {
  const key = [request.days, request.nodes, request.metrics, request.samplesPerSecond, request.baselinesPerDay].join(" ");
  const known = solved.get(key);
  if (known !== undefined) return known;
  if (solved.size >= MOST_SOLVED) solved.clear();
  const budget = solveBudget(request);
  solved.set(key, budget);
  return budget;
}

function solveBudget(request: BudgetRequest): Budget {
  const perDay = 86_400 * request.samplesPerSecond;
  const perStream = perDay * request.days * request.nodes * request.metrics;
  const kept = new Map<string, number | null>();
  function keep(key: string, compute: () => number | null): number | null {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const value = compute();
    kept.set(key, value);
    return value;
  }
  const arlOf = (trigger: Trigger): number => perStream / (BUDGET_SHARES[trigger] * PLANNED_SHARE);
  const slowK = (rho: number): number => Math.min(0.5, Math.max(0.3, Math.sqrt((1 - rho) / (1 + rho))));
  const referenceOf = (trigger: Trigger, rho: number): number => (trigger === "drift-fast" ? FAST_K : trigger === "spread" ? 0.5 : slowK(rho));
  const plainLimit = (trigger: "drift-slow" | "drift-fast" | "spread", rho: number): number => {
    const k = referenceOf(trigger, rho);
    return solveRising((h) => Math.log(siegmundArl({ k, h }, 0)), Math.log(arlOf(trigger)), 0, 8, LARGEST_LIMIT, 1e-4);
  };
  function chartLimit(trigger: "drift-slow" | "drift-fast" | "spread", { n, rho, isEarly }: ChartStage): number | null {
    const level = roundedRho(rho);
    return keep(`${trigger} ${n} ${level} ${isEarly ? 1 : 0}`, () => {
      const isSpread = trigger === "spread";
      // The spread chart sees one value for two samples.
      const pace = isSpread ? 2 : 1;
      const k = referenceOf(trigger, level);
      const lifeSamples = perDay / request.baselinesPerDay / pace;
      const arl = arlOf(trigger) / pace;
      const allowed = (lifeSamples / arl) * (isEarly ? EARLY_SHARE / (BASELINE_STAGES.length - 1) : 1 - EARLY_SHARE);
      const horizon = isEarly ? n / pace : lifeSamples;
      const error = isSpread ? spreadError(n, level) : driftError(n, level);
      const guarded = guardedLimit(k, error, horizon, Math.min(allowed, 0.5));
      if (!Number.isFinite(guarded)) return null;
      return guarded + (keep(`correction ${k} ${arl}`, () => exactCorrection(k, arl)) ?? 0);
    });
  }
  function run(trigger: "hard" | "relative", sd: number, rho: number): number {
    const most = trigger === "hard" ? HEALTHY_LIMIT_SD : HEALTHY_RELATIVE_SD;
    const c = Math.floor(Math.min(most, Math.max(RUN_CERTAIN_SD, sd)) * 20 + 1e-9) / 20;
    const level = roundedRho(rho);
    const shortest = trigger === "relative" ? SHORTEST_RELATIVE_RUN : 1;
    const length = keep(`${trigger} run ${c} ${level}`, () => {
      const wanted = arlOf(trigger);
      const enough = runArlsOf(c, level).findIndex((arl) => arl >= wanted || !Number.isFinite(arl));
      return enough < 0 ? LONGEST_RUN : enough + 1;
    });
    return Math.max(shortest, length ?? LONGEST_RUN);
  }
  // Leaps alone, in whitened samples, are as rare as the budget asks, whatever the autocorrelation; the stay is asked too.
  const leap = (n: number): number => (n < LEAST_LEAP_BASELINE ? Infinity : -normalQuantile(1 / arlOf("jump")) * (1 + LEAP_CAUTION / n) + LEAP_TAIL);
  return { request, arlOf, slowK, chartLimit, plainLimit, run, leap };
}

/** Budgets of one fleet by the rate of a node's samples. */
export interface BudgetBook {
  /** @param samplesPerSecond as measured; 0 while it is not known, which counts as {@link LEAST_RATE}. */
  forRate(samplesPerSecond: number): Budget;
}

/** The rate that nodes are told to keep, samples a second. */
export const LEAST_RATE = 2;
/** Rates are rounded up to a power of this, so that few budgets are solved. */
const RATE_STEP = 1.5;

/** Makes a book of budgets; a node that reports faster has more chances to alarm in a day, and higher limits. */
export function createBudgetBook(request: Omit<BudgetRequest, "samplesPerSecond">): BudgetBook {
  const budgets = new Map<number, Budget>();
  return {
    forRate(samplesPerSecond) {
      const steps = Math.max(0, Math.ceil(Math.log(samplesPerSecond / LEAST_RATE / 1.02) / Math.log(RATE_STEP)));
      const known = budgets.get(steps);
      if (known !== undefined) return known;
      const budget = createBudget({ ...request, samplesPerSecond: LEAST_RATE * RATE_STEP ** steps });
      budgets.set(steps, budget);
      return budget;
    },
  };
}

/** The largest limit a chart may have; a baseline that needs more is too small for the budget. */
const LARGEST_LIMIT = 1000;

function guardedLimit(k: number, error: EstimationError, horizon: number, allowed: number): number {
  const logChance = (h: number): number => -Math.log(falseAlarmChance(k, h, error, horizon));
  return solveRising(logChance, -Math.log(allowed), 0, 8, LARGEST_LIMIT, 1e-4);
}

/** The errors are averaged with Siegmund's closed form; the exact integral says how far that one is off. */
function exactCorrection(k: number, arl: number): number {
  const closed = solveRising((h) => Math.log(siegmundArl({ k, h }, 0)), Math.log(arl), 0, 8, LARGEST_LIMIT);
  return cusumLimit(k, arl, false) - closed;
}

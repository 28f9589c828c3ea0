import type { MetricPolicy } from "../policy/policy";
import { freezeBaseline, scoreOf, type Baseline } from "./baseline";
import { ASSUMED_RHO, BASELINE_STAGES, FAST_K, HEALTHY_LIMIT_SD, JUMP_RUN, JUMP_STAYS_SD, RHO_STEP, type Budget, type BudgetBook, type Trigger } from "./budget";
import { count, grow, hasCrossed, isQuietChart, LOUD_SHARE, shareOf, type Chart, type Run } from "./chart";
import { GOOD_RUN } from "./limits";

/** How one metric of one node and version stands. Changed in place: a fleet is judged thousands of times a second. */
export interface MetricState {
  policy: MetricPolicy;
  /** +1 where a larger value is worse, -1 where a smaller one is. */
  readonly worse: 1 | -1;
  readonly hard: Run;
  readonly relative: Run;
  /** Beyond the relative line on the better side: a warning, never a failure. */
  readonly better: Run;
  /** A leap to far beyond the baseline that stays; before this version has its own, one at the swap, and 30 % worse too. */
  readonly jump: Run;
  /** The residual, or at the swap the score, that makes a leap; Infinity without a baseline that is large enough. */
  leap: number;
  /** One over the standard deviation of what the autoregression of the baseline leaves. */
  whitening: number;
  /** See {@link largestResidual}. */
  largestResidual: number;
  /** More time than this since the value before is a gap, ms; Infinity before a baseline is frozen. */
  gapMs: number;
  /** Null before a baseline is frozen. */
  slow: Chart | null;
  fast: Chart | null;
  spread: Chart | null;
  baseline: Baseline | null;
  /** What the version before was like here; the relative rule uses it until this version has its own. */
  readonly held: Baseline | null;
  /** Finite values of the version that runs, after the warm-up. */
  n: number;
  latest: number;
  latestMs: number;
  /** Values kept for the next baseline, in order. */
  kept: Float64Array;
  keptCount: number;
  keptFromMs: number;
  keptBeyond: number;
  /** How often in a row what was kept was refused as a baseline. */
  refused: number;
  /** Samples in a row without any chart above half of its limit or any sample beyond a line. */
  quiet: number;
  /** Rules that hold now, latched until the metric recovered. */
  failing: Trigger | null;
  /** Value, time and number of samples when it began to fail. */
  failedAtMs: number;
  /** Samples in a row within the recovery limit, for the end of a failure. */
  recovered: number;
  /** What the autoregression needs of the sample before; NaN after a gap. */
  lastScore: number;
  lastResidual: number;
  isPairOpen: boolean;
}

/** A period longer than this many of its own is a gap: what came before says nothing about the next sample. */
const GAP_PERIODS = 2.2;
/** A residual of independent samples counts for no more than so many standard deviations: three outliers in a row make no alarm. */
const LARGEST_RESIDUAL = 4;
/** And for less where samples hang together: what ranks get wrong in a long tail is whitened into several times as much. */
const LESS_FOR_RHO = 1.25;

/** For how many standard deviations a residual counts at most, at an autocorrelation. */
export function largestResidual(rho: number): number {
  return LARGEST_RESIDUAL - LESS_FOR_RHO * rho;
}

/** A share of samples beyond a limit from which a metric is not healthy enough for a baseline. */
const UNHEALTHY_SHARE = 0.1;
/** Refusals after which everything that is kept is newer than the baseline: each drops the older half. */
const SURELY_NEWER = 2;
/** Standard errors by which healthy samples are worse than their baseline at most, 99 times of 100. */
const LIKE_BASELINE = 2.326;
/** Mean and standard deviation of the square root of a standard normal value's size (D. M. Hawkins, 1981). */
const ROOT_MEAN = 0.82218;
const ROOT_SD = 0.34914;
/** Relative slack of a comparison with a baseline's share, so that exactly 30 % passes in binary too. */
const EXACTLY = 1e-9;

/** Samples a second that a baseline was made of. */
function sampleRateOf({ n, fromMs, toMs }: Baseline): number {
  return toMs > fromMs ? (1000 * (n - 1)) / (toMs - fromMs) : 0;
}

/**
 * Begins to judge a metric of a version.
 * @param held what the version before was like here; null without one.
 * @param firstBaseline samples of the first baseline, 120 or more.
 */
export function startMetric(policy: MetricPolicy, budgets: BudgetBook, held: Baseline | null, firstBaseline: number = BASELINE_STAGES[0]): MetricState {
  const budget = budgets.forRate(held === null ? 0 : sampleRateOf(held));
  const rho = held?.rho ?? ASSUMED_RHO;
  const relativeSd = held === null ? HEALTHY_LIMIT_SD : (policy.maxChange * held.median) / held.spread;
  return {
    policy,
    worse: policy.side === "max" ? 1 : -1,
    hard: { needed: budget.run("hard", HEALTHY_LIMIT_SD, rho), length: 0, sinceMs: 0 },
    relative: { needed: budget.run("relative", relativeSd, rho), length: 0, sinceMs: 0 },
    better: { needed: budget.run("relative", relativeSd, rho), length: 0, sinceMs: 0 },
    jump: { needed: JUMP_RUN, length: 0, sinceMs: 0 },
    leap: leapAtSwap(budget, held),
    whitening: 1,
    largestResidual: LARGEST_RESIDUAL,
    gapMs: Infinity,
    slow: null,
    fast: null,
    spread: null,
    baseline: null,
    held,
    n: 0,
    latest: Number.NaN,
    latestMs: Number.NaN,
    kept: new Float64Array(firstBaseline),
    keptCount: 0,
    keptFromMs: 0,
    keptBeyond: 0,
    refused: 0,
    quiet: 0,
    failing: null,
    failedAtMs: 0,
    recovered: 0,
    lastScore: Number.NaN,
    lastResidual: Number.NaN,
    isPairOpen: false,
  };
}

/** How far out of what the version before was like the samples after a swap are in a jump. */
function leapAtSwap(budget: Budget, held: Baseline | null): number {
  return held === null ? Infinity : budget.leap(held.n);
}

/** The baseline that a change is measured against now. */
export function referenceOf(state: MetricState): Baseline | null {
  return state.baseline ?? state.held;
}

/** The rule that a metric breaks now, the plainest first. */
function brokenRule(state: MetricState): Trigger | null {
  if (state.hard.length >= state.hard.needed) return "hard";
  if (state.relative.length >= state.relative.needed) return "relative";
  if (state.jump.length >= state.jump.needed) return "jump";
  if (hasCrossed(state.fast)) return "drift-fast";
  if (hasCrossed(state.slow)) return "drift-slow";
  return hasCrossed(state.spread) ? "spread" : null;
}

/** Adds a score to the drift and spread charts. */
function chartScore(state: MetricState, baseline: Baseline, value: number, tMs: number): void {
  const { slow, fast, spread } = state;
  if (slow === null || fast === null || spread === null) return;
  const score = state.worse * scoreOf(baseline, value);
  const isFirst = Number.isNaN(state.lastScore);
  const white = isFirst ? score / baseline.residualScale : (score - baseline.rho * state.lastScore) * state.whitening;
  const residual = Math.max(-state.largestResidual, Math.min(state.largestResidual, white));
  count(state.jump, score > JUMP_STAYS_SD && (state.jump.length > 0 || (!isFirst && white >= state.leap)), tMs);
  grow(slow, residual, tMs);
  grow(fast, residual, tMs);
  // Differences of two neighbours do not see the level, and pairs that do not overlap are independent.
  if (state.isPairOpen && !isFirst) {
    const size = Math.abs(residual - state.lastResidual) * Math.SQRT1_2;
    grow(spread, (Math.sqrt(size) - ROOT_MEAN) / ROOT_SD, tMs);
    state.isPairOpen = false;
  } else state.isPairOpen = true;
  state.lastScore = score;
  state.lastResidual = residual;
}

/** Part of a limit that the loudest chart has reached. */
export function loudest(state: MetricState): number {
  return Math.max(shareOf(state.slow), shareOf(state.fast), shareOf(state.spread));
}

/** A metric that the run rules and the recovery see: strictly beyond a line fails, exactly at it passes. */
function countRuns(state: MetricState, value: number, tMs: number): void {
  const { policy, worse } = state;
  count(state.hard, worse * (value - policy.limit) > 0, tMs);
  const reference = referenceOf(state);
  if (reference !== null) {
    const change = (worse * (value - reference.median)) / Math.abs(reference.median);
    const line = policy.maxChange * (1 + EXACTLY);
    count(state.relative, change > line, tMs);
    count(state.better, change < -line, tMs);
    // However samples hang together, none of a healthy version comes so far by chance: samples in a row need not wait it out.
    if (state.baseline === null) count(state.jump, change > line && worse * scoreOf(reference, value) >= state.leap, tMs);
  }
}

function judgeFailure(state: MetricState, value: number, tMs: number): void {
  const broken = brokenRule(state);
  if (state.failing !== null) {
    const isWithin = state.worse * (value - state.policy.recoverAt) <= 0 && state.relative.length === 0;
    state.recovered = isWithin ? state.recovered + 1 : 0;
    if (broken === null && state.recovered >= GOOD_RUN && loudest(state) < LOUD_SHARE) state.failing = null;
  } else if (broken !== null) {
    state.failing = broken;
    state.failedAtMs = tMs;
    state.recovered = 0;
  }
  const isQuiet = state.failing === null && state.hard.length + state.relative.length + state.jump.length === 0 && isQuietChart(state.slow) && isQuietChart(state.fast) && isQuietChart(state.spread);
  state.quiet = isQuiet ? state.quiet + 1 : 0;
}

/**
 * Judges one finite value.
 * @param tMs its time on a clock that does not go back.
 * @param budgets where a larger baseline takes its limits from.
 */
export function judgeValue(state: MetricState, value: number, tMs: number, budgets: BudgetBook): void {
  const { baseline } = state;
  if (tMs - state.latestMs > state.gapMs) {
    state.lastScore = Number.NaN;
    state.isPairOpen = false;
  }
  state.n += 1;
  state.latest = value;
  state.latestMs = tMs;
  countRuns(state, value, tMs);
  if (baseline !== null) chartScore(state, baseline, value, tMs);
  judgeFailure(state, value, tMs);
  if (state.keptCount < state.kept.length) keep(state, value, tMs, budgets);
}

/** Keeps a value for the next baseline, and freezes that one when it is full. */
function keep(state: MetricState, value: number, tMs: number, budgets: BudgetBook): void {
  // What a failing metric shows is no baseline, nor is what led there: a step in it would read as an autocorrelation.
  if (state.failing !== null) {
    state.keptCount = 0;
    state.keptBeyond = 0;
    return;
  }
  if (state.keptCount === 0) state.keptFromMs = tMs;
  state.kept[state.keptCount] = value;
  state.keptCount += 1;
  if (state.hard.length > 0) state.keptBeyond += 1;
  if (state.keptCount < state.kept.length) return;
  const isHealthy = state.keptBeyond <= UNHEALTHY_SHARE * state.keptCount;
  if (isHealthy && (state.baseline === null || state.quiet >= GOOD_RUN || isOnlyLoud(state, state.baseline))) adopt(state, tMs, budgets);
  else forgetHalf(state, tMs);
}

/**
 * Whether the charts are loud because the baseline errs: long enough for what is kept to be all newer than it, and that
 * is not worse than it by more than two such sets of healthy samples differ. Else a small unlucky one would stay for ever.
 */
function isOnlyLoud({ kept, keptCount, refused, worse }: MetricState, baseline: Baseline): boolean {
  if (refused < SURELY_NEWER) return false;
  let sum = 0;
  for (let index = 0; index < keptCount; index += 1) sum += scoreOf(baseline, kept[index] ?? 0);
  const standardError = Math.sqrt(baseline.longRunVariance * (1 / keptCount + 1 / baseline.n));
  return (worse * sum) / keptCount < LIKE_BASELINE * standardError;
}

/** What is not healthy enough is no baseline: the older half goes, and more is collected. */
function forgetHalf(state: MetricState, tMs: number): void {
  const half = state.keptCount >> 1;
  const spanMs = tMs - state.keptFromMs;
  state.kept.copyWithin(0, half, state.keptCount);
  state.keptFromMs += (spanMs * half) / Math.max(1, state.keptCount - 1);
  state.keptCount -= half;
  state.refused += 1;
  state.keptBeyond = 0;
}

/** Freezes what was kept as the baseline, arms the rules with limits for its size, and makes room for twice as much. */
function adopt(state: MetricState, tMs: number, budgets: BudgetBook): void {
  const baseline = freezeBaseline(state.kept.slice(0, state.keptCount), state.keptFromMs, tMs);
  state.baseline = baseline;
  state.refused = 0;
  state.whitening = 1 / (Math.sqrt(1 - baseline.rho * baseline.rho) * baseline.residualScale);
  state.largestResidual = largestResidual(baseline.rho);
  state.gapMs = (GAP_PERIODS * (baseline.toMs - baseline.fromMs)) / Math.max(1, baseline.n - 1);
  arm(state, baseline, budgets.forRate(sampleRateOf(baseline)));
  const larger = BASELINE_STAGES.find((size) => size > baseline.n);
  if (larger === undefined) return;
  const kept = new Float64Array(larger);
  kept.set(state.kept.subarray(0, state.keptCount));
  state.kept = kept;
}

/** Takes the limits of another budget, because the fleet grew. */
export function rearm(state: MetricState, budgets: BudgetBook): void {
  if (state.baseline !== null) arm(state, state.baseline, budgets.forRate(sampleRateOf(state.baseline)));
  else {
    const { held } = state;
    state.hard.needed = budgets.forRate(0).run("hard", HEALTHY_LIMIT_SD, held?.rho ?? ASSUMED_RHO);
    state.leap = leapAtSwap(budgets.forRate(held === null ? 0 : sampleRateOf(held)), held);
  }
}

/** Forgets what the rules have gathered, not that the metric fails: what comes from now on decides. */
export function gatherAnew(state: MetricState): void {
  for (const run of [state.hard, state.relative, state.better, state.jump]) run.length = 0;
  for (const chart of [state.slow, state.fast, state.spread]) {
    if (chart === null) continue;
    chart.statistic = 0;
    chart.samples = 0;
  }
}

/** Whether a rule is broken by what is gathered now; a failure is latched for longer. */
export function isBreaking(state: MetricState): boolean {
  return brokenRule(state) !== null;
}

/** Holds a metric to another policy. Its baseline stays; samples in a row beyond the old lines say nothing about the new ones. */
export function changePolicy(state: MetricState, policy: MetricPolicy, budgets: BudgetBook): void {
  state.policy = policy;
  for (const run of [state.hard, state.relative, state.better]) run.length = 0;
  rearm(state, budgets);
}

/** How far a score may be off, nineteen times of twenty: rules of samples in a row must not trust a lucky baseline. */
function scoreError(sd: number, { longRunVariance, n }: Baseline): number {
  return 1.645 * Math.sqrt((longRunVariance * (1 + (sd * sd) / 2)) / n);
}

function arm(state: MetricState, baseline: Baseline, budget: Budget): void {
  const { n, rho } = baseline;
  const isEarly = n < (BASELINE_STAGES.at(-1) ?? n);
  // Few samples tell little of their autocorrelation, and a limit for too little of it is too low. Limits are solved for
  // the next step of it: half a step is added already.
  const rhoError = Math.sqrt((1 - rho * rho) / n);
  const stage = { n, rho: rho + Math.max(0, rhoError - RHO_STEP / 2), isEarly };
  const chart = (trigger: "drift-slow" | "drift-fast" | "spread", k: number, before: Chart | null): Chart => {
    const limit = budget.chartLimit(trigger, stage);
    const { statistic, samples, sinceMs } = before ?? { statistic: 0, samples: 0, sinceMs: 0 };
    const quietBelow = LOUD_SHARE * budget.plainLimit(trigger, rho);
    return { k, limit, quietBelow, statistic: limit === null ? statistic : Math.min(statistic, LOUD_SHARE * limit), samples, sinceMs };
  };
  state.slow = chart("drift-slow", budget.slowK(rho), state.slow);
  state.fast = chart("drift-fast", FAST_K, state.fast);
  state.spread = chart("spread", 0.5, state.spread);
  const runRho = rho + 2 * rhoError;
  const { limit, maxChange } = state.policy;
  const limitSd = state.worse * scoreOf(baseline, limit);
  const line = baseline.median + state.worse * maxChange * Math.abs(baseline.median);
  const lineSd = state.worse * scoreOf(baseline, line);
  state.hard.needed = budget.run("hard", limitSd - scoreError(limitSd, baseline), runRho);
  state.relative.needed = budget.run("relative", lineSd - scoreError(lineSd, baseline), runRho);
  state.better.needed = state.relative.needed;
  state.leap = budget.leap(n);
}

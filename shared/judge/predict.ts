import { seededRandom, type Random } from "../random";
import { BUDGET_SHARES, BASELINE_STAGES, createBudget, FAST_K, HEALTHY_LIMIT_SD, JUMP_RUN, JUMP_STAYS_SD, LEAST_RATE, PLANNED_SHARE } from "./budget";
import { largestResidual } from "./metric-judge";

/** What a budget is predicted for. */
export interface PredictionRequest {
  readonly nodes: number;
  readonly metrics: number;
  /** One false rollback of the fleet in so many days. */
  readonly days: number;
  /** Autocorrelation of neighbouring samples, 0 to 0.95. */
  readonly rho: number;
  /** A sudden change, as a share of the healthy mean. */
  readonly drop: number;
  /** Coefficient of variation of healthy samples, > 0. */
  readonly cv: number;
}

/** What a policy costs before it is saved. */
export interface Prediction {
  /** False rollbacks of the whole fleet in a day that the limits are solved for, at most. */
  readonly falseRollbacksPerDay: number;
  /** Median samples from the change to the verdict. */
  readonly delaySamples: number;
  /** Samples in a row beyond a hard limit before it counts. */
  readonly hardRun: number;
  /** Limit of the slow drift chart, in long-run standard deviations, with a full baseline. */
  readonly driftLimit: number;
}

const RUNS = 2_001;
const PATIENCE = 100_000;
const LARGEST_SCORE = 8;
const SETTLE = 50;

interface Rules {
  readonly slow: { readonly k: number; readonly h: number };
  readonly fast: { readonly k: number; readonly h: number };
  readonly leap: number;
}

/** Delays of the chart pair and the jump on a change of `shift` standard deviations, each from the charts' state in health. */
function simulateDelays({ normal }: Random, shift: number, rho: number, { slow, fast, leap }: Rules): Float64Array {
  const scale = Math.sqrt(1 - rho * rho);
  const largest = largestResidual(rho);
  const delays = new Float64Array(RUNS).fill(PATIENCE);
  for (let run = 0; run < RUNS; run += 1) {
    let slowSum = 0;
    let fastSum = 0;
    let jumped = 0;
    let value = rho * normal() + scale * normal();
    let before = value;
    for (let index = -SETTLE; index < PATIENCE; index += 1) {
      value = rho * value + scale * normal();
      const score = Math.min(LARGEST_SCORE, value + (index >= 0 ? shift : 0));
      const white = (score - rho * before) / scale;
      const residual = Math.max(-largest, Math.min(largest, white));
      before = score;
      jumped = score > JUMP_STAYS_SD && (jumped > 0 || white >= leap) ? jumped + 1 : 0;
      slowSum = Math.max(0, slowSum + residual - slow.k);
      fastSum = Math.max(0, fastSum + residual - fast.k);
      if (index >= 0 && (jumped >= JUMP_RUN || slowSum >= slow.h || fastSum >= fast.h)) {
        delays[run] = index + 1;
        break;
      }
      slowSum = Math.min(slowSum, slow.h);
      fastSum = Math.min(fastSum, fast.h);
    }
  }
  return delays;
}

const predicted = new Map<string, Prediction>();
const MOST_PREDICTED = 256;

/**
 * Predicts what a budget costs, with the limits that the judge itself uses. The delay is that of the drift charts
 * and the jump on normal values with a full baseline, by a fixed-seed simulation: the same request gives the same
 * answer, and asked again it costs nothing.
 */
export function predictBudget(request: PredictionRequest): Prediction {
  const { nodes, metrics, days, rho, drop, cv } = request;
  const key = [nodes, metrics, days, rho, drop, cv].join(" ");
  const known = predicted.get(key);
  if (known !== undefined) return known;
  if (predicted.size >= MOST_PREDICTED) predicted.clear();
  const prediction = computePrediction(request);
  predicted.set(key, prediction);
  return prediction;
}

function computePrediction({ nodes, metrics, days, rho, drop, cv }: PredictionRequest): Prediction {
  const budget = createBudget({ days, nodes, metrics, samplesPerSecond: LEAST_RATE, baselinesPerDay: 1 });
  const n = BASELINE_STAGES.at(-1) ?? 0;
  const stage = { n, rho, isEarly: false };
  const slow = budget.chartLimit("drift-slow", stage) ?? Infinity;
  const fast = budget.chartLimit("drift-fast", stage) ?? Infinity;
  const rules = { slow: { k: budget.slowK(rho), h: slow }, fast: { k: FAST_K, h: fast }, leap: budget.leap(n) };
  // Another stream than any that a recording is simulated with.
  const delays = simulateDelays(seededRandom(71), drop / cv, rho, rules).sort();
  const shares = Object.values(BUDGET_SHARES).reduce((sum, share) => sum + share, 0);
  return {
    falseRollbacksPerDay: (shares * PLANNED_SHARE) / days,
    delaySamples: delays[RUNS >> 1] ?? PATIENCE,
    hardRun: budget.run("hard", HEALTHY_LIMIT_SD, rho),
    driftLimit: slow,
  };
}

import { seededRandom } from "../random";
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
  readonly charts: readonly { readonly k: number; readonly h: number }[];
  readonly leap: number;
}

/** One delay of the chart pair and the jump on a change of `shift` standard deviations, from the charts' state in health. */
function delayOnce(next: () => number, shift: number, rho: number, { charts, leap }: Rules): number {
  const scale = Math.sqrt(1 - rho * rho);
  const sums = charts.map(() => 0);
  const largest = largestResidual(rho);
  let jumped = 0;
  let before = next();
  for (let index = -SETTLE; index < PATIENCE; index += 1) {
    const score = Math.min(LARGEST_SCORE, next() + (index >= 0 ? shift : 0));
    const white = (score - rho * before) / scale;
    const residual = Math.max(-largest, Math.min(largest, white));
    before = score;
    jumped = score > JUMP_STAYS_SD && (jumped > 0 || white >= leap) ? jumped + 1 : 0;
    if (jumped >= JUMP_RUN && index >= 0) return index + 1;
    for (const [chart, { k, h }] of charts.entries()) {
      const sum = Math.max(0, (sums[chart] ?? 0) + residual - k);
      if (sum >= h && index >= 0) return index + 1;
      sums[chart] = Math.min(sum, h);
    }
  }
  return PATIENCE;
}

/**
 * Predicts what a budget costs, with the limits that the judge itself uses. The delay is that of the drift charts
 * and the jump on normal values with a full baseline, by a fixed-seed simulation: the same request gives the same answer.
 */
export function predictBudget({ nodes, metrics, days, rho, drop, cv }: PredictionRequest): Prediction {
  const budget = createBudget({ days, nodes, metrics, samplesPerSecond: LEAST_RATE, baselinesPerDay: 1 });
  const n = BASELINE_STAGES.at(-1) ?? 0;
  const stage = { n, rho, isEarly: false };
  const slow = budget.chartLimit("drift-slow", stage) ?? Infinity;
  const fast = budget.chartLimit("drift-fast", stage) ?? Infinity;
  const charts = [
    { k: budget.slowK(rho), h: slow },
    { k: FAST_K, h: fast },
  ];
  const random = seededRandom(71);
  const innovation = Math.sqrt(1 - rho * rho);
  const delays = Float64Array.from({ length: RUNS }, () => {
    let score = random.normal();
    return delayOnce(
      () => {
        score = rho * score + innovation * random.normal();
        return score;
      },
      drop / cv,
      rho,
      { charts, leap: budget.leap(n) },
    );
  }).sort();
  const shares = Object.values(BUDGET_SHARES).reduce((sum, share) => sum + share, 0);
  return {
    falseRollbacksPerDay: (shares * PLANNED_SHARE) / days,
    delaySamples: delays[RUNS >> 1] ?? PATIENCE,
    hardRun: budget.run("hard", HEALTHY_LIMIT_SD, rho),
    driftLimit: slow,
  };
}

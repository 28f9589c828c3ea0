import { defaultRules, simulateNode } from "../../shared/judge/simulation/fleet";
import { DISTRIBUTIONS, marginsOf, type Distribution } from "../../shared/judge/simulation/noise";
import { expectRollbacks } from "../../shared/judge/simulation/rare-rollbacks";
import { weightedUpper95 } from "../../shared/judge/statistics/poisson";
import type { Random } from "../../shared/random";

/** One kind of healthy noise under the default budget itself. */
export interface BudgetCell {
  readonly distribution: Distribution;
  /** Autocorrelation of neighbouring samples. */
  readonly rho: number;
  /** Nodes of the fleet that the budget is of. */
  readonly nodes: number;
  /** One false rollback of the fleet in so many days. */
  readonly days: number;
  /** Healthy nodes that are simulated, each with baselines of its own. */
  readonly lives: number;
}

/** How often healthy nodes are rolled back at the limits of a budget, however rare that is. */
export interface BudgetFinding {
  readonly perNodeDay: number;
  /** Upper 95 % limit of that (M. P. Fay and E. J. Feuer, 1997). */
  readonly upper95PerNodeDay: number;
  readonly budgetPerNodeDay: number;
  /** The upper limit is within the budget. */
  readonly isKept: boolean;
  /** Variance of a life's expected rollbacks over the square of their mean. */
  readonly relativeVariance: number;
  /** Part of all that the unluckiest life has. */
  readonly largestShare: number;
  readonly byRule: Readonly<Record<string, number>>;
}

/** Estimates false rollbacks at the limits of a budget by splitting and importance sampling. */
export function findBudgetKept({ distribution, rho, nodes, days, lives }: BudgetCell, random: Random): BudgetFinding {
  const rules = defaultRules(nodes, days);
  const margins = marginsOf(distribution);
  const ofLives: number[] = [];
  const byRule: Record<string, number> = {};
  for (let life = 0; life < lives; life += 1) {
    const own = random.fork(life);
    const expected = expectRollbacks(simulateNode(own.fork(1), margins, rho), own.fork(2), rules);
    for (const [rule, count] of Object.entries(expected)) byRule[rule] = (byRule[rule] ?? 0) + count / lives;
    ofLives.push(Object.values(expected).reduce((sum, count) => sum + count, 0));
  }
  const sum = ofLives.reduce((total, each) => total + each, 0);
  const squares = ofLives.reduce((total, each) => total + each * each, 0);
  const mean = sum / lives;
  const upper95PerNodeDay = weightedUpper95(ofLives.filter((each) => each > 0), 1) / lives;
  const budgetPerNodeDay = 1 / (days * nodes);
  return {
    perNodeDay: mean,
    upper95PerNodeDay,
    budgetPerNodeDay,
    isKept: upper95PerNodeDay <= budgetPerNodeDay,
    relativeVariance: mean === 0 ? 0 : squares / lives / (mean * mean) - 1,
    largestShare: sum === 0 ? 0 : Math.max(...ofLives) / sum,
    byRule,
  };
}

/** Lives at an autocorrelation: the more samples hang together, the more baselines differ, and the more of them it takes. */
export function livesAt(rho: number, independent: number): number {
  return Math.ceil(independent / ((1 - rho) * (1 - rho)));
}

/** What the promise is made for: each distribution from no autocorrelation to much. */
const PROMISED_RHOS = [0, 0.3, 0.5, 0.65, 0.8] as const;

/** All cells of the promise. */
export const PROMISED_CELLS: readonly Pick<BudgetCell, "distribution" | "rho">[] = DISTRIBUTIONS.flatMap((distribution) => PROMISED_RHOS.map((rho) => ({ distribution, rho })));

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** A finding as a line of JSON. */
export function budgetLine({ distribution, rho, nodes, days, lives }: BudgetCell, finding: BudgetFinding): object {
  const { perNodeDay, upper95PerNodeDay, budgetPerNodeDay, isKept, relativeVariance, largestShare, byRule } = finding;
  return {
    type: "default-budget",
    method: "splitting",
    distribution,
    rho,
    nodes,
    days,
    lives,
    falseRollbacksPerNodeDay: rounded(perNodeDay),
    upper95PerNodeDay: rounded(upper95PerNodeDay),
    budgetPerNodeDay: rounded(budgetPerNodeDay),
    isKept,
    relativeVariance: rounded(relativeVariance),
    largestShare: rounded(largestShare),
    byRule: Object.fromEntries(Object.entries(byRule).map(([rule, count]) => [rule, rounded(count)])),
  };
}

/** A finding as a sentence. */
export function budgetSentence({ distribution, rho, days, lives }: BudgetCell, finding: BudgetFinding): string {
  const { perNodeDay, upper95PerNodeDay, budgetPerNodeDay, isKept, relativeVariance, largestShare, byRule } = finding;
  const rules = Object.entries(byRule).map(([rule, count]) => `${rule} ${count.toExponential(1)}`).join(", ");
  return (
    `default budget, ${distribution}, rho ${rho}: ${perNodeDay.toExponential(2)} false rollbacks a node-day, at most ${upper95PerNodeDay.toExponential(2)} (95 %), ` +
    `budget of one in ${days} days ${budgetPerNodeDay.toExponential(2)}: ${isKept ? "kept" : "not shown to be kept"} ` +
    `(splitting, ${lives} lives, relative variance ${relativeVariance.toFixed(1)}, unluckiest life ${(100 * largestShare).toFixed(0)} %; ${rules})`
  );
}

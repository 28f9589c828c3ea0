import type { PolicyCost } from "../contract/policy";
import { fleetPolicyOf, guardrailCount, type Policy } from "../policy/policy";
import { LEAST_RATE } from "./budget";
import { predictBudget, type Prediction } from "./predict";

/** Days of a budget that the chart of the delay has points for. */
const CURVE_DAYS = [1, 3, 10, 30, 100, 300] as const;
/** A sudden change for the worse, and how much healthy samples spread: what `./lydlr calc predict` takes by default. */
const DROP = 0.3;
const SPREAD = 0.05;

function delayMs({ delaySamples }: Prediction): number {
  return (1000 * delaySamples) / LEAST_RATE;
}

/**
 * Predicts what a policy costs, by the functions that the judge takes its limits from: independent samples, a full
 * baseline. Takes a few tenths of a second for another number of nodes or metrics, and little for another budget.
 * @param liveNodes nodes that are there now; a policy that names a number of its own is computed for that.
 */
export function policyCostOf(policy: Policy, liveNodes: number): PolicyCost {
  const fleet = fleetPolicyOf(policy);
  const nodes = fleet.nodes ?? Math.max(1, liveNodes);
  const metrics = guardrailCount(policy);
  const predict = (days: number, shiftSd: number): Prediction => predictBudget({ nodes, metrics, days, rho: 0, drop: shiftSd * SPREAD, cv: SPREAD });
  const dropSd = DROP / SPREAD;
  const now = predict(fleet.days, dropSd);
  return {
    nodes,
    metrics,
    falseRollbacksPerDay: now.falseRollbacksPerDay,
    dropDelaySamples: now.delaySamples,
    dropDelayMs: delayMs(now),
    hardRun: now.hardRun,
    driftLimit: now.driftLimit,
    curve: CURVE_DAYS.map((days) => ({ days, oneSdMs: delayMs(predict(days, 1)), twoSdMs: delayMs(predict(days, 2)), dropMs: delayMs(predict(days, dropSd)) })),
  };
}

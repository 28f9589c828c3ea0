import type { PolicyCost, PolicyCurve } from "../contract/policy";
import { fleetPolicyOf, guardrailCount, type Policy } from "../policy/policy";
import { LEAST_RATE } from "./budget";
import { predictBudget, type Prediction, type PredictionRequest } from "./predict";

/** Days of a budget that the chart of the delay has points for. */
const CURVE_DAYS = [1, 3, 10, 30, 100, 300] as const;
/** A sudden change for the worse, and how much healthy samples spread: what `./lydlr calc predict` takes by default. */
const DROP = 0.3;
const SPREAD = 0.05;

function delayMs({ delaySamples }: Prediction): number {
  return (1000 * delaySamples) / LEAST_RATE;
}

/** What a policy is predicted for: a policy that names a number of nodes is computed for that. */
function requestOf(policy: Policy, liveNodes: number): Omit<PredictionRequest, "days" | "drop"> {
  const fleet = fleetPolicyOf(policy);
  return { nodes: fleet.nodes ?? Math.max(1, liveNodes), metrics: guardrailCount(policy), rho: 0, cv: SPREAD };
}

/**
 * Predicts what a policy costs, by the functions that the judge takes its limits from: independent samples, a full
 * baseline. Takes some hundredths of a second.
 * @param liveNodes nodes that are there now.
 */
export function policyCostOf(policy: Policy, liveNodes: number): PolicyCost {
  const request = requestOf(policy, liveNodes);
  const now = predictBudget({ ...request, days: fleetPolicyOf(policy).days, drop: DROP });
  return {
    nodes: request.nodes,
    metrics: request.metrics,
    falseRollbacksPerDay: now.falseRollbacksPerDay,
    dropDelaySamples: now.delaySamples,
    dropDelayMs: delayMs(now),
    hardRun: now.hardRun,
    driftLimit: now.driftLimit,
  };
}

/** Predicts the delays over the budget in the same way: some tenths of a second for another number of nodes or metrics. */
export function policyCurveOf(policy: Policy, liveNodes: number): PolicyCurve {
  const request = requestOf(policy, liveNodes);
  const delay = (days: number, shiftSd: number): number => delayMs(predictBudget({ ...request, days, drop: shiftSd * SPREAD }));
  return CURVE_DAYS.map((days) => ({ days, oneSdMs: delay(days, 1), twoSdMs: delay(days, 2), dropMs: delay(days, DROP / SPREAD) }));
}

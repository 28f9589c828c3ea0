import type { RolloutPlan } from "../../contract/rollouts";

/** How a version goes to the fleet where nobody says otherwise: one canary, a quarter, all; a gate opens 5 min after the last commit. */
export const DEFAULT_PLAN: Omit<RolloutPlan, "version" | "nodeIds"> = {
  canary: 1,
  share: 0.25,
  atOnce: 2,
  soakMs: 300_000,
  stop: { leastFailures: 2, failureShare: 0.2, leastJudged: 5 },
};

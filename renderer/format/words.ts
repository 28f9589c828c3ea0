import type { Attention, CommandPhase, Liveness, NodeState } from "../../shared/contract/snapshot";

/** The word that stands beside a state's shape, everywhere the same. */
export const STATE_WORDS: Readonly<Record<NodeState, string>> = {
  live: "Live",
  joining: "Joining",
  "no-metrics": "No metrics",
  failing: "Failing",
  stale: "Stale",
  lost: "Lost",
  unconfirmed: "Unconfirmed",
  inconsistent: "Inconsistent",
};

/** The word for a command's phase. */
export const PHASE_WORDS: Readonly<Record<CommandPhase, string>> = {
  requested: "Requested",
  sent: "Sent",
  acknowledged: "Acknowledged",
  verifying: "Verifying",
  verified: "Verified",
  unconfirmed: "Unconfirmed",
  failed: "Failed",
  inconsistent: "Inconsistent",
};

/** Which colour a state has: red, amber or none. Lost is amber too. */
export const STATE_HUES: Readonly<Record<NodeState, Attention>> = {
  live: "none",
  joining: "none",
  "no-metrics": "low",
  failing: "high",
  stale: "low",
  lost: "medium",
  unconfirmed: "low",
  inconsistent: "medium",
};

/** Whether the newest values are not of now: shown in a quieter ink, with hollow pointers. */
export function hasOldValues(liveness: Liveness): boolean {
  return isUnknown(liveness) || liveness === "no-metrics";
}

/** Whether nothing at all is known of the node now: shown dashed. */
export function isUnknown(liveness: Liveness): boolean {
  return liveness === "stale" || liveness === "lost";
}

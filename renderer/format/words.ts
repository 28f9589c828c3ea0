import type { Attention, CommandPhase, Liveness, NodeState } from "../../shared/contract/snapshot";

/**
 * What a node is shown as: its state, or what its verdict makes of it. `drifting`: a chart rises; `warned`: another
 * warning; `changed`: for the better; `held`: it fails and the engine rolls nothing back; `frozen`: it fails and was rolled back too often.
 */
export type ShownState = NodeState | "drifting" | "warned" | "changed" | "held" | "frozen";

/** The word that stands beside a state's shape, everywhere the same. */
export const STATE_WORDS: Readonly<Record<ShownState, string>> = {
  live: "Live",
  joining: "Joining",
  "no-metrics": "No metrics",
  drifting: "Drifting",
  warned: "Warned",
  changed: "Changed",
  failing: "Failing",
  held: "Held",
  frozen: "Frozen",
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
export const STATE_HUES: Readonly<Record<ShownState, Attention>> = {
  live: "none",
  joining: "none",
  "no-metrics": "low",
  drifting: "medium",
  warned: "medium",
  changed: "low",
  failing: "high",
  held: "high",
  frozen: "high",
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

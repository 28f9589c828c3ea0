import type { EventView } from "../../shared/contract/snapshot";

/** Events that somebody or something decided, from what was known then; all others only happened. */
const DECISIONS: ReadonlySet<string> = new Set([
  "verdict",
  "deploy-requested",
  "deploy-refused",
  "rollback-requested",
  "rollback-refused",
  "rollback-held",
  "rollback-escalated",
  "quarantine-lifted",
]);

/** Whether an event is a decision whose grounds can be looked at. */
export function isDecision({ event }: Pick<EventView, "event">): boolean {
  return DECISIONS.has(event);
}

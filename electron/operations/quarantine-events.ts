import type { Lift } from "../../shared/rollout/guard-events";
import { QUARANTINE_LIFTED } from "../../shared/rollout/guard-journal";
import type { EventDraft } from "./event-log";

/** What is written when a person lifts an entry of the quarantine. */
export function liftDraft({ scope, version }: Lift, reason: string): EventDraft {
  const ofNode = scope.kind === "node";
  const where = ofNode ? `on ${scope.nodeId}` : `on every ${scope.nodeClass ?? "node that reports no vertical"}`;
  return {
    event: QUARANTINE_LIFTED,
    nodeId: ofNode ? scope.nodeId : null,
    actor: "operator",
    sentence: `${version} may run ${where} again: ${reason}`,
    detail: { version, scope: scope.kind, reason, ...(ofNode ? {} : { vertical: scope.nodeClass }) },
  };
}

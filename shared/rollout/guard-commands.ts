import type { Command } from "./command";
import type { GuardEvent } from "./guard-events";
import { standingOfPhase } from "./guard-journal";

/** What a new command is for the guard. `atMs` is monotonic. */
export function requestedEvent({ nodeId, kind, commandId, actor, version, fromVersion }: Command, atMs: number, isByVerdict: boolean, sentence: string, isReturn = false): GuardEvent {
  const of = { nodeId, commandId, actor, version, fromVersion };
  return kind === "deploy" ? { event: "deploy-requested", ...of, ...(isReturn ? { isReturn } : {}) } : { event: "rollback-requested", ...of, atMs, isByVerdict, sentence };
}

/** What a step of a command is for the guard. */
export function movedEvent({ nodeId, commandId, phase, sentence }: Command, atMs: number): GuardEvent {
  return { event: "command-moved", nodeId, commandId, standing: standingOfPhase(phase), atMs, sentence };
}

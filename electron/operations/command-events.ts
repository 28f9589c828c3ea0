import type { Command } from "../../shared/rollout/command";
import type { DecisionBasis } from "../../shared/rollout/basis";
import type { EventDraft } from "./event-log";

/** What is written of a command in its phase. `basis` is what is known of its node; null where it is not known. */
export function commandDraft(command: Command, basis: DecisionBasis | null): EventDraft {
  const { kind, phase, commandId, requestId, version, fromVersion, attempts } = command;
  return {
    event: `${kind}-${phase}`,
    nodeId: command.nodeId,
    actor: phase === "acknowledged" ? "node" : phase === "requested" ? command.actor : "engine",
    sentence: command.sentence,
    detail: { commandId, requestId, version, fromVersion, attempts, note: command.steps.at(-1)?.note ?? "" },
    ...(basis === null ? {} : { basis }),
  };
}

/** What is written of a request: with the numbers that it follows from, which the command's own outrank, and its sentence. */
export function requestDraft(asked: EventDraft, numbers: EventDraft["detail"], sentence: string | null): EventDraft {
  return { ...asked, sentence: sentence ?? asked.sentence, detail: { ...numbers, ...asked.detail } };
}

import type { CommandPhase, CommandView, NodeView } from "../../shared/contract/snapshot";
import { formatNumber } from "../format/number";
import { originText } from "../format/origin";
import { formatDuration } from "../format/time";

/** One step of a version on its way onto a node. */
export interface RolloutStep {
  readonly key: "reported" | "staged" | "sent" | "acknowledged" | "warming" | "trial" | "committed" | "ended";
  readonly word: string;
  readonly note: string;
  /** Unix ms; null before it was reached. */
  readonly atMs: number | null;
  /** `ended`: the way ended here, and not well. */
  readonly state: "done" | "now" | "waiting" | "ended";
  /** How far it is, 0 to 1; null where that is not counted. */
  readonly share: number | null;
  /** The phase that a command ended in, for its shape. */
  readonly endedAs?: CommandPhase;
}

/** What a version's way is made of. */
export type RolloutFacts = Pick<NodeView, "command" | "guard" | "modelVersion">;

const BAD_ENDS: ReadonlySet<CommandPhase> = new Set(["unconfirmed", "failed", "inconsistent"]);
const END_WORDS: Readonly<Partial<Record<CommandPhase, string>>> = { unconfirmed: "Unconfirmed", failed: "Failed", inconsistent: "Inconsistent" };

/** The version whose way is shown, and the command that brought it; null for one that ran before anyone asked. */
export function versionOnItsWay({ command, modelVersion }: RolloutFacts): { readonly version: string | null; readonly command: CommandView | null } {
  if (command === null) return { version: modelVersion, command: null };
  const isDone = command.phase === "verified" || command.phase === "failed";
  // A command that is done tells of the version that runs; another one that runs since came by itself.
  if (isDone && command.version !== modelVersion) return { version: modelVersion, command: null };
  return { version: command.version, command };
}

/**
 * The steps of the version on its way, from the command and from the trial: what was sent, what the node itself
 * reported, and how it is judged since.
 * @param warmUpMs of the policy; null where it is not known.
 */
export function rolloutSteps(facts: RolloutFacts, warmUpMs: number | null): readonly RolloutStep[] {
  const { version, command } = versionOnItsWay(facts);
  const begun = command === null ? reportedStep(facts) : commandSteps(command);
  if (command !== null && BAD_ENDS.has(command.phase)) return [...begun, endStep(command)];
  const isRunning = facts.modelVersion === version && facts.guard !== null;
  return [...begun, ...trialSteps(isRunning ? facts.guard : null, warmUpMs)];
}

function step(key: RolloutStep["key"], word: string, more: Partial<RolloutStep>): RolloutStep {
  return { key, word, note: "", atMs: null, state: "waiting", share: null, ...more };
}

function reportedStep({ guard }: RolloutFacts): readonly RolloutStep[] {
  return [step("reported", "Reported", { note: "its own report", atMs: guard?.trial.sinceMs ?? null, state: "done" })];
}

function commandSteps(command: CommandView): readonly RolloutStep[] {
  const timeOf = (phase: CommandPhase): number | null => command.steps.find((one) => one.phase === phase)?.atMs ?? null;
  const [stagedMs, sentMs, acknowledgedMs] = [timeOf("requested"), timeOf("sent"), timeOf("acknowledged")];
  const stateOf = (atMs: number | null, nextMs: number | null): RolloutStep["state"] => (atMs === null ? "waiting" : nextMs === null && !BAD_ENDS.has(command.phase) ? "now" : "done");
  const times = command.attempts > 1 ? `, ${command.attempts} of 3 times` : "";
  const delay = sentMs === null || acknowledgedMs === null ? "" : `, ${formatDuration(acknowledgedMs - sentMs)}`;
  const isBad = BAD_ENDS.has(command.phase);
  const steps = [
    step("staged", "Staged", { note: "verified and journalled", atMs: stagedMs, state: stateOf(stagedMs, sentMs) }),
    step("sent", "Sent", { note: `${command.commandId}, ${originText(command.placedBy)}${times}`, atMs: sentMs, state: stateOf(sentMs, acknowledgedMs) }),
    step("acknowledged", "Acknowledged", { note: `own report${delay}`, atMs: acknowledgedMs, state: acknowledgedMs === null ? "waiting" : "done" }),
  ];
  return isBad ? steps.filter(({ atMs }) => atMs !== null) : steps;
}

function endStep(command: CommandView): RolloutStep {
  const last = command.steps.at(-1);
  return step("ended", END_WORDS[command.phase] ?? command.phase, { note: last?.note ?? "", atMs: last?.atMs ?? null, state: "ended", endedAs: command.phase });
}

function trialSteps(guard: NodeView["guard"], warmUpMs: number | null): readonly RolloutStep[] {
  const ignored = warmUpMs === null ? "its first samples ignored" : `${formatNumber(warmUpMs / 1_000, Number.isInteger(warmUpMs / 1_000) ? 0 : 1)} s ignored`;
  if (guard === null) return [step("warming", "Warming", { note: ignored }), step("trial", "Trial", {}), step("committed", "Committed", {})];
  const { phase, passed, needed, sinceMs } = guard.trial;
  const isCommitted = phase === "committed";
  return [
    step("warming", "Warming", { note: ignored, atMs: sinceMs, state: phase === "warming" ? "now" : "done" }),
    step("trial", `Trial ${Math.min(passed, needed)} of ${needed}`, {
      note: "samples that passed",
      state: isCommitted ? "done" : phase === "trial" ? "now" : "waiting",
      share: needed === 0 ? null : Math.min(1, passed / needed),
    }),
    step("committed", "Committed", { note: isCommitted ? "still guarded" : `after ${needed} passing samples`, state: isCommitted ? "done" : "waiting" }),
  ];
}

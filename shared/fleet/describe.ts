import type { GuardView } from "../contract/guard";
import type { Attention, NodeState } from "../contract/snapshot";
import { hasEnded, type Command } from "../rollout/command";
import type { TrackedNode } from "./tracked-node";
import { duration } from "./words";

/** A node's state in one word, how much it needs a person, and the sentence that says why. */
export interface NodeDescription {
  readonly state: NodeState;
  readonly attention: Attention;
  /** Unix ms since when the state holds. */
  readonly sinceMs: number;
  readonly sentence: string;
}

function describeSilence(node: TrackedNode, wallMs: number): string {
  const silentFor = duration(wallMs - node.lastHeardWallMs);
  const { staleAfterMs, lostAfterMs } = node.silence;
  if (node.liveness === "lost") return `No sample for ${silentFor} (lost after ${lostAfterMs / 1000} s). What it does now is unknown.`;
  return `No sample for ${silentFor} (stale after ${staleAfterMs / 1000} s, lost after ${lostAfterMs / 1000} s). It is not healthy, it is unknown.`;
}

/** What a command that is on its way adds to the sentence of a verdict. */
function inFlightClause(command: Command): string {
  const verb = command.kind === "rollback" ? "Rolling back to" : "Deploying";
  const at = {
    requested: "requested",
    sent: "sent, waiting for its report",
    acknowledged: "its report is here, settling",
    verifying: "its samples are checked",
  } as const;
  const { phase } = command;
  const step = phase === "requested" || phase === "sent" || phase === "acknowledged" || phase === "verifying" ? at[phase] : phase;
  return `${verb} ${command.version}: ${step}.`;
}

function describeFailing({ verdict, hold }: GuardView, command: Command | null): string {
  if (hold !== null) return hold.sentence;
  return command !== null && !hasEnded(command) ? `${verdict.sentence} ${inFlightClause(command)}` : verdict.sentence;
}

/** How much a node that speaks and does not fail needs a person. */
function attentionOf({ verdict }: GuardView): Attention {
  switch (verdict.outcome) {
    case "warn":
      return verdict.reason === "better" ? "low" : "medium";
    case "error":
      return "medium";
    case "no-data":
      return "low";
    default:
      return "none";
  }
}

/** The time of a command's newest step, Unix ms. */
function commandSinceMs(command: Command): number {
  return command.steps.at(-1)?.atMs ?? 0;
}

/**
 * Describes a node for the fleet page. Precedence: lost and stale (nothing else can be known), failing by its
 * verdict, a rollback that did not help, inconsistent and unconfirmed commands, alive without metrics, joining,
 * a command on its way, the verdict.
 * @param guard its verdict and trial; null before its first sample.
 */
export function describeNode(node: TrackedNode, command: Command | null, guard: GuardView | null, wallMs: number): NodeDescription {
  const sinceMs = node.livenessSinceWallMs;
  const hold = guard?.hold ?? null;
  if (node.liveness === "lost" || node.liveness === "stale") {
    const isLeft = hold?.code === "NOT_RECOVERED";
    const attention = isLeft ? "high" : node.liveness === "lost" ? "medium" : "low";
    return { state: node.liveness, attention, sinceMs, sentence: isLeft ? `${describeSilence(node, wallMs)} ${hold.sentence}` : describeSilence(node, wallMs) };
  }
  if (node.liveness === "live" && guard !== null && guard.verdict.outcome === "fail") {
    return { state: "failing", attention: "high", sinceMs: guard.verdict.sinceMs, sentence: describeFailing(guard, command) };
  }
  if (command !== null && (command.phase === "unconfirmed" || command.phase === "inconsistent")) {
    if (hold?.code === "NOT_RECOVERED") return { state: command.phase, attention: "high", sinceMs: hold.sinceMs, sentence: hold.sentence };
    const attention = command.phase === "inconsistent" ? "medium" : "low";
    return { state: command.phase, attention, sinceMs: commandSinceMs(command), sentence: command.sentence };
  }
  if (hold?.code === "NOT_RECOVERED") return { state: "live", attention: "high", sinceMs: hold.sinceMs, sentence: hold.sentence };
  if (node.liveness === "no-metrics") {
    const sentence = "Heartbeats arrive, metrics do not. It is alive, how well it compresses is unknown.";
    return { state: "no-metrics", attention: "low", sinceMs, sentence };
  }
  if (node.liveness === "joining") {
    return { state: "joining", attention: "none", sinceMs, sentence: "Its topics were found; waiting for its first metrics." };
  }
  if (command !== null && !hasEnded(command)) {
    return { state: "live", attention: "none", sinceMs, sentence: command.sentence };
  }
  const attention = guard === null ? "none" : attentionOf(guard);
  const sentence = guard?.verdict.sentence ?? `Runs ${node.modelVersion ?? "a version that it does not report"}.`;
  return { state: "live", attention, sinceMs: attention === "none" ? sinceMs : (guard?.verdict.sinceMs ?? sinceMs), sentence };
}

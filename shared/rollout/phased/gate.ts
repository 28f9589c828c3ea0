import { counted, duration } from "../../fleet/words";
import { isCommonCause } from "../decision";
import type { RolloutInput } from "./input";
import { FAILURES, type PhaseIndex, type Rollout, type RolloutNode } from "./state";

/** One condition of a gate. */
export interface GateCondition {
  readonly met: boolean;
  readonly sentence: string;
}

/** How the stop rule stands. */
export interface StopCount {
  readonly failures: number;
  readonly judged: number;
  /** So many failures stop it, once enough nodes are judged. */
  readonly failuresToStop: number;
  /** Why it stops now; null while it goes on. */
  readonly reason: string | null;
}

/** The nodes of a phase, in their order. */
export function nodesOf(rollout: Rollout, phase: PhaseIndex): readonly RolloutNode[] {
  return [...rollout.nodes.values()].filter((node) => node.phase === phase);
}

function isFailure(node: RolloutNode): boolean {
  return FAILURES.has(node.state);
}

/** Counts judged nodes and failures, and says why it stops. A node that is left out, unconfirmed or on its way is neither. */
export function countForStop(rollout: Rollout): StopCount {
  const { stop } = rollout.plan;
  const nodes = [...rollout.nodes.values()];
  const failures = nodes.filter(isFailure).length;
  const judged = failures + nodes.filter(({ state }) => state === "committed").length;
  const failuresToStop = Math.max(stop.leastFailures, Math.ceil(stop.failureShare * judged));
  return { failures, judged, failuresToStop, reason: stopReason(rollout, failures, judged, failuresToStop) };
}

function stopReason(rollout: Rollout, failures: number, judged: number, failuresToStop: number): string | null {
  const canaries = nodesOf(rollout, 0).filter(({ state }) => state !== "left-out");
  if (canaries.length > 0 && canaries.every(isFailure)) {
    return canaries.length === 1 ? "The only canary failed." : `All ${canaries.length} canaries failed.`;
  }
  if (judged < rollout.plan.stop.leastJudged || failures < failuresToStop) return null;
  return `${failures} of ${counted(judged, "judged node")} failed; it stops at ${failuresToStop}.`;
}

/** When the newest node of a phase was committed, on the roll-out's clock; null before any was. */
export function lastCommitMs(rollout: Rollout, phase: PhaseIndex): number | null {
  const times = nodesOf(rollout, phase)
    .filter(({ state }) => state === "committed")
    .map(({ atMs }) => atMs);
  return times.length === 0 ? null : Math.max(...times);
}

/** Whether nodes that did not change get worse together now, so that it is the environment. */
export function isHeldByCommonCause({ commonCause: { degrading, watched } }: RolloutInput): boolean {
  const peers = Array.from({ length: watched }, (_, index) => ({ nodeId: "", hasChanged: false, isDegrading: index < degrading }));
  return isCommonCause(peers);
}

/** Failures that a phase may have and still pass: its share, rounded down. */
function tolerated(rollout: Rollout, taken: number): number {
  return Math.floor(rollout.plan.stop.failureShare * taken + 1e-9);
}

function committedCondition(rollout: Rollout, phase: PhaseIndex): GateCondition {
  const nodes = nodesOf(rollout, phase).filter(({ state }) => state !== "left-out");
  const committed = nodes.filter(({ state }) => state === "committed").length;
  const failed = nodes.filter(isFailure).length;
  const may = tolerated(rollout, nodes.length);
  if (nodes.length === 0) return { met: false, sentence: "No node of this phase can be judged: all are left out." };
  const met = committed > 0 && failed <= may && committed + failed === nodes.length;
  const misses = failed === 0 ? "" : failed > may ? `, ${failed} failed, at most ${may} may` : `, ${failed} failed`;
  return { met, sentence: `${committed} of ${nodes.length} committed${misses}` };
}

function soakCondition(rollout: Rollout, phase: PhaseIndex, atMs: number): GateCondition {
  const { soakMs } = rollout.plan;
  const sinceMs = lastCommitMs(rollout, phase);
  const wanted = `${duration(soakMs)} after the last commit`;
  if (sinceMs === null) return { met: false, sentence: wanted };
  const leftMs = sinceMs + soakMs - atMs;
  return leftMs <= 0 ? { met: true, sentence: wanted } : { met: false, sentence: `${wanted}, ${duration(leftMs)} left` };
}

function names(nodes: readonly RolloutNode[]): string {
  const [first, second] = nodes;
  if (first === undefined) return "";
  if (second === undefined) return first.nodeId;
  return nodes.length === 2 ? `${first.nodeId} and ${second.nodeId}` : `${first.nodeId} and ${nodes.length - 1} others`;
}

/** Conditions of the gate after a phase, each with its sentence. All must be met at one time. */
export function gateConditions(rollout: Rollout, phase: PhaseIndex, input: RolloutInput): readonly GateCondition[] {
  const unconfirmed = [...rollout.nodes.values()].filter(({ state }) => state === "unconfirmed");
  const { degrading, watched } = input.commonCause;
  const isCommon = isHeldByCommonCause(input);
  return [
    committedCondition(rollout, phase),
    soakCondition(rollout, phase, input.atMs),
    { met: unconfirmed.length === 0, sentence: unconfirmed.length === 0 ? "no unconfirmed node" : `${names(unconfirmed)} confirmed` },
    { met: !isCommon, sentence: isCommon ? `${degrading} of ${counted(watched, "unchanged node")} get worse together` : "no common cause" },
  ];
}

/** When the gate can open at the earliest, on the roll-out's clock; null where the last commit is not known yet. */
export function gateOpensMs(rollout: Rollout, phase: PhaseIndex): number | null {
  const nodes = nodesOf(rollout, phase);
  const isOver = nodes.every((node) => node.state === "committed" || node.state === "left-out" || isFailure(node));
  const sinceMs = lastCommitMs(rollout, phase);
  return isOver && sinceMs !== null ? sinceMs + rollout.plan.soakMs : null;
}

import type { GuardView } from "../../shared/contract/guard";
import type { NodeId } from "../../shared/fleet/ids";
import type { TrackedNode } from "../../shared/fleet/tracked-node";
import type { Failure } from "../../shared/result";
import { hasEnded, type Command } from "../../shared/rollout/command";
import { guardNode, quarantineOf } from "../../shared/rollout/guard";
import type { GuardState } from "../../shared/rollout/guard-events";
import type { NodeProgress, RolloutInput } from "../../shared/rollout/phased/input";
import { requestIdOf, type Rollout, type RolloutNode } from "../../shared/rollout/phased/state";

/** What is known of a node besides its own reports. */
export interface Around {
  /** The newest command of it. */
  readonly newest: Command | null;
  readonly guard: GuardState;
  readonly view: GuardView | null;
  /** Whether a request was taken, in this run or an earlier one. */
  knows(requestId: string): boolean;
  /** Why a request was refused in this run. */
  refusalOf(requestId: string): Failure | null;
}

const NO_REQUEST = { command: null, refusal: null, isRolledBack: false, isReplaced: false } as const;

/** How the node's own request stands, and what others have done to it since. */
function ofRequest(rollout: Rollout, node: RolloutNode, around: Around): Pick<NodeProgress, "command" | "refusal" | "isRolledBack" | "isReplaced"> {
  const { newest } = around;
  const { version } = rollout.plan;
  const deployId = requestIdOf(rollout, node, "deploy");
  const returnId = requestIdOf(rollout, node, "return");
  const requestId = node.returns > 0 ? returnId : deployId;
  const isIssued = node.attempt === 0 || around.knows(deployId);
  const isOurs = newest !== null && (newest.requestId === deployId || newest.requestId === returnId);
  return {
    command: newest?.requestId === requestId ? newest.phase : null,
    refusal: around.knows(requestId) ? null : around.refusalOf(requestId),
    isRolledBack: isIssued && newest?.kind === "rollback" && !isOurs && newest.fromVersion === version,
    isReplaced: isIssued && newest?.kind === "deploy" && !isOurs && newest.version !== version && node.attempt > 0,
  };
}

/** Why a node fails and is left as it is; null while it does not, or while that may be the environment. */
function failingOf(view: GuardView | null): string | null {
  if (view?.verdict.outcome !== "fail" || view.hold === null || view.hold.code === "COMMON_CAUSE") return null;
  return view.hold.sentence;
}

/** Samples of its trial that passed, of those that a commit takes: without a first baseline nothing is committed. */
function trialOf(view: GuardView | null): NodeProgress["trial"] {
  if (view === null || view.trial.phase === "committed") return null;
  const needed = Math.max(view.trial.needed, view.baselineNeeded);
  return { passed: Math.min(view.trial.passed, needed), needed };
}

/** What a roll-out is told of a node. Without a roll-out: what a plan looks at. */
export function nodeProgress(version: string, rollout: Rollout | null, node: TrackedNode, around: Around): NodeProgress {
  const { nodeId, liveness, modelVersion } = node;
  const known = rollout?.nodes.get(nodeId);
  const { view, newest } = around;
  const guarded = guardNode(around.guard, nodeId);
  return {
    nodeId,
    liveness,
    reportedVersion: modelVersion,
    isInFlight: newest !== null && !hasEnded(newest),
    trial: trialOf(view),
    isCommitted: guarded.isCommitted && guarded.version === modelVersion && modelVersion === version,
    isQuarantined: quarantineOf(around.guard, nodeId).has(version),
    failing: modelVersion === version ? failingOf(view) : null,
    ...(rollout === null || known === undefined ? NO_REQUEST : ofRequest(rollout, known, around)),
  };
}

/** Whether something good is known to have run on a node, besides the version itself, that is not in quarantine there. */
export function hasWayBack(version: string, guard: GuardState, nodeId: NodeId): boolean {
  const quarantined = quarantineOf(guard, nodeId);
  return guardNode(guard, nodeId).good.some((good) => good !== version && !quarantined.has(good));
}

/** Nodes that a roll-out did not change, and how many of them fail now. */
export function unchangedNodes(version: string, nodes: Iterable<TrackedNode>, viewOf: (node: TrackedNode) => GuardView | null): RolloutInput["commonCause"] {
  let degrading = 0;
  let watched = 0;
  for (const node of nodes) {
    if (node.liveness !== "live" || node.modelVersion === version) continue;
    const view = viewOf(node);
    if (view === null) continue;
    watched += 1;
    if (view.verdict.outcome === "fail") degrading += 1;
  }
  return { degrading, watched };
}

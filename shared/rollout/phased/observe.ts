import type { RolloutNodeState } from "../../contract/rollouts";
import type { ErrorCode } from "../../contract/errors";
import type { NodeProgress, RolloutInput } from "./input";
import type { Rollout, RolloutNode } from "./state";

/** Where a node moves to, and why. */
export interface Move {
  readonly state: RolloutNodeState;
  readonly note: string;
}

/** Deploys that are made of one node at most; then it is left out for good. */
export const MAX_ATTEMPTS = 5;

/** Refusals that say nothing of node or version: it is asked for again. */
export const PASSING_REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["LINK_DOWN", "ALREADY_IN_FLIGHT", "JOURNAL_UNAVAILABLE", "JOURNAL_BROKEN"]);
/** Refusals that say something of the node alone: it is left out, and offered again. */
const NODE_REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["NODE_SILENT", "UNKNOWN_NODE", "STALE_VERSION", "QUARANTINED"]);

/** Whether a node does not speak now. One that joins may yet. */
export function isGone(progress: NodeProgress | undefined, input: RolloutInput): boolean {
  if (progress === undefined) return !input.isSettling;
  if (progress.liveness === "lost") return !input.isSettling;
  return false;
}

/** Whether the refusal of a node's deploy concerns the version, so that nobody can take it. */
export function refusesVersion(node: RolloutNode, progress: NodeProgress | undefined): boolean {
  const code = progress?.refusal?.code;
  if (node.state !== "sent" || code === undefined) return false;
  return !PASSING_REFUSALS.has(code) && !NODE_REFUSALS.has(code) && code !== "ALREADY_RUNNING";
}

function afterRefusal(code: ErrorCode, message: string): Move {
  if (code === "ALREADY_RUNNING") return { state: "trial", note: "already reports it" };
  return NODE_REFUSALS.has(code) ? { state: "left-out", note: `${code}: ${message}` } : { state: "waiting", note: `${code}: ${message}` };
}

function ofSent(rollout: Rollout, progress: NodeProgress): Move | null {
  const { refusal, reportedVersion, command } = progress;
  if (refusal !== null) return afterRefusal(refusal.code, refusal.message);
  if (reportedVersion === rollout.plan.version) return { state: "trial", note: "by its own report" };
  switch (command) {
    case "unconfirmed":
      return { state: "unconfirmed", note: "nobody can say which version it runs" };
    case "inconsistent":
      return { state: "inconsistent", note: `reports ${reportedVersion ?? "no version"}` };
    case "failed":
      return { state: "failed", note: `still reports ${reportedVersion ?? "no version"}` };
    default:
      return null;
  }
}

function ofTrial(rollout: Rollout, progress: NodeProgress, input: RolloutInput): Move | null {
  const { version } = rollout.plan;
  if (isGone(progress, input) || progress.liveness === "no-metrics") {
    return { state: "unconfirmed", note: progress.liveness === "no-metrics" ? "sends no metrics in its trial" : "lost in its trial" };
  }
  if (progress.failing !== null) return { state: "failed", note: progress.failing };
  if (progress.liveness !== "live") return null;
  if (progress.reportedVersion === version && progress.isCommitted) {
    return { state: "committed", note: "" };
  }
  return strayed(version, progress);
}

function strayed(version: string, { reportedVersion, isInFlight }: NodeProgress): Move | null {
  if (reportedVersion === null || reportedVersion === version || isInFlight) return null;
  return { state: "inconsistent", note: `reports ${reportedVersion}` };
}

function ofUnconfirmed(rollout: Rollout, progress: NodeProgress): Move | null {
  const { liveness, reportedVersion, isInFlight } = progress;
  if (liveness !== "live") return null;
  if (reportedVersion === rollout.plan.version) return { state: "trial", note: "by its own report" };
  if (reportedVersion === null || isInFlight) return null;
  return { state: "left-out", note: `reports ${reportedVersion}: it did not take it` };
}

function ofCommitted(rollout: Rollout, node: RolloutNode, progress: NodeProgress | undefined, input: RolloutInput): Move | null {
  // While its gate is waited for, a node that vanished is not counted as passed.
  if (isGone(progress, input)) {
    return node.phase === rollout.phase && rollout.phase !== 2 ? { state: "unconfirmed", note: "lost after its commit" } : null;
  }
  if (progress === undefined) return null;
  if (progress.failing !== null) return { state: "failed", note: progress.failing };
  return progress.liveness === "live" ? strayed(rollout.plan.version, progress) : null;
}

/** What a node's own reports, its command and its judge say of it: where it moves; null where it stays. */
export function observeNode(rollout: Rollout, node: RolloutNode, input: RolloutInput): Move | null {
  const progress = input.nodes.get(node.nodeId);
  if (node.state === "waiting" || node.state === "left-out" || node.state === "rolled-back" || node.state === "returned") return null;
  if (progress?.isRolledBack === true) return { state: "rolled-back", note: "was taken back" };
  if (progress?.isReplaced === true) return { state: "left-out", note: "another version was put on it by hand" };
  switch (node.state) {
    case "sent":
      return progress === undefined ? null : ofSent(rollout, progress);
    case "trial":
      if (progress === undefined) return input.isSettling ? null : { state: "unconfirmed", note: "lost in its trial" };
      return ofTrial(rollout, progress, input);
    case "unconfirmed":
      return progress === undefined ? null : ofUnconfirmed(rollout, progress);
    case "committed":
      return ofCommitted(rollout, node, progress, input);
    case "failed":
    case "inconsistent":
      return null;
  }
}

/** Whether a node can take the version now. `wait`: not yet, and it is not left out for it. */
export type Turn = { readonly can: "take" | "already" } | { readonly can: "wait" | "not"; readonly reason: string };

/** Whether a node can take the version at its turn, or why not. */
export function turnOf(version: string, attempt: number, progress: NodeProgress | undefined, isSettling: boolean): Turn {
  if (progress === undefined) return isSettling ? { can: "wait", reason: "has not been seen yet" } : { can: "not", reason: "not seen in this run" };
  const { liveness, reportedVersion, isQuarantined, isInFlight, isReplaced } = progress;
  if (liveness === "joining") return { can: "wait", reason: "joins" };
  if (liveness === "lost" || liveness === "stale") return isSettling ? { can: "wait", reason: "has not been heard yet" } : { can: "not", reason: liveness };
  if (liveness === "no-metrics") return { can: "not", reason: "no metrics" };
  if (isQuarantined) return { can: "not", reason: `${version} is in quarantine for it` };
  if (reportedVersion === null) return { can: "not", reason: "reports no version, so a deploy could not be confirmed" };
  if (attempt > 0 && isReplaced) return { can: "not", reason: "another version was put on it by hand" };
  if (attempt >= MAX_ATTEMPTS) return { can: "not", reason: `was sent ${MAX_ATTEMPTS} times` };
  if (isInFlight) return { can: "wait", reason: "has a command on its way" };
  return { can: reportedVersion === version ? "already" : "take" };
}

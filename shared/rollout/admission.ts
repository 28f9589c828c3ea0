import type { LinkView, Liveness } from "../contract/snapshot";
import { duration } from "../fleet/words";
import { fail, ok, type Result } from "../result";
import { advanceCommand, hasEnded, isSupersedable, type Command } from "./command";
import { quarantineEntry, quarantineRefusal } from "./guard";
import type { GuardState, Quarantine } from "./guard-events";

/** What somebody wants to do with a node, and how the node stands. */
export interface CommandQuestion {
  readonly nodeId: string;
  readonly kind: Command["kind"];
  readonly actor: Command["actor"];
  /** What the requester saw running; null where the node reports none. */
  readonly expectedVersion: string | null;
  /** By the node's own report now. */
  readonly reportedVersion: string | null;
  readonly liveness: Liveness;
  readonly linkState: LinkView["state"];
  /** The newest command of the node. */
  readonly newest: Command | null;
}

/** What a command does besides being sent, if it is made. */
export interface Admission {
  /** The command whose place it takes, as it ends by that; null of none. */
  readonly superseded: Command | null;
  /** What its Undo lifts from the quarantine; null of none. */
  readonly lifts: Quarantine | null;
}

/**
 * Whether a node can be changed now at all.
 * @returns LINK_DOWN, ALREADY_IN_FLIGHT, NODE_SILENT, STALE_VERSION.
 */
export function refuseChange(question: CommandQuestion, wallMs: number): Result<void> {
  const { nodeId, kind, actor, newest, liveness } = question;
  if (question.linkState !== "up") return fail("LINK_DOWN", `The link is ${question.linkState}: a command could not be confirmed.`);
  const isInTheWay = newest !== null && !hasEnded(newest) && !(kind === "rollback" && isSupersedable(newest));
  if (isInTheWay) {
    const agoMs = wallMs - (newest.steps[0]?.atMs ?? 0);
    return fail("ALREADY_IN_FLIGHT", `${newest.commandId} is on its way to ${nodeId}, ${duration(agoMs)}.`);
  }
  // A version that fell silent in its trial is taken back all the same: its node may hear though it does not speak.
  if (actor === "operator" && (liveness === "stale" || liveness === "lost")) {
    return fail("NODE_SILENT", `${nodeId} is ${liveness}: a command could not be confirmed.`);
  }
  if (question.reportedVersion !== question.expectedVersion) {
    return fail("STALE_VERSION", `${nodeId} changed to ${question.reportedVersion ?? "no version"} while you were looking. Look again.`);
  }
  return ok(undefined);
}

/**
 * Whether a version may be sent to a node that can be changed, and what goes with it.
 * @param undoes the rollback that this is the Undo of, if any: what its click put into quarantine is lifted.
 * @returns QUARANTINED, ALREADY_RUNNING.
 */
export function admitVersion(
  question: CommandQuestion,
  version: string,
  undoes: string | null,
  guard: GuardState,
  times: { readonly atMs: number; readonly wallMs: number },
): Result<Admission> {
  const { nodeId, newest } = question;
  const entry = quarantineEntry(guard, nodeId, version);
  const isUndone = entry !== null && undoes !== null && entry.isByClick && entry.scope.kind === "node" && entry.commandId === undoes;
  if (entry !== null && !isUndone) return fail("QUARANTINED", quarantineRefusal(entry, nodeId));
  if (question.reportedVersion === version) return fail("ALREADY_RUNNING", `${nodeId} already reports ${version}.`);
  const isSuperseding = newest !== null && question.kind === "rollback" && isSupersedable(newest);
  const superseded = isSuperseding ? advanceCommand(newest, { type: "superseded", ...times }).command : null;
  return ok({ superseded, lifts: isUndone ? entry : null });
}

import { counted } from "../fleet/words";

/** Another node of the fleet while one of them fails. */
export interface PeerEvidence {
  readonly nodeId: string;
  /** It was swapped lately: what it shows may be its version's doing. */
  readonly hasChanged: boolean;
  /** The same metric got worse on it at the same time. */
  readonly isDegrading: boolean;
}

/** What is asked when a node's verdict is fail. */
export interface RollbackQuestion {
  readonly nodeId: string;
  readonly nowMs: number;
  readonly version: string | null;
  /** Versions that were good on this node before the one that runs, the newest last. */
  readonly goodBefore: readonly string[];
  /** Versions that must not run on this node. */
  readonly quarantined: ReadonlySet<string>;
  /** When this node was rolled back by policy before, ms. */
  readonly rollbacksAtMs: readonly number[];
  readonly peers: readonly PeerEvidence[];
  /** What the peers that degrade have in common, for the sentence. */
  readonly symptom: string;
}

/** What the engine may do alone. */
export interface RollbackRights {
  readonly rollBackOnFail: boolean;
  readonly holdOnCommonCause: boolean;
  readonly maxRollbacksPerHour: number;
  readonly dryRun: boolean;
}

/** Why nothing is rolled back though the verdict is fail. */
export type HoldCode = "COMMON_CAUSE" | "NO_GOOD_VERSION" | "ROLLBACKS_FROZEN" | "NOT_ALLOWED" | "DRY_RUN";

/** What is done about a failing node. */
export type RollbackDecision =
  | { readonly action: "roll-back"; readonly target: string; readonly sentence: string }
  | { readonly action: "hold"; readonly code: HoldCode; readonly target: string | null; readonly sentence: string };

const HOUR_MS = 3_600_000;
/** Part of the nodes that did not change which must degrade together before it is the environment. */
const COMMON_SHARE = 0.2;
/** And so many at least, where there are so many: two of a thousand are no environment, one of two may be. */
const COMMON_LEAST = 2;

/** The version a rollback goes to: the last that was good here, is another one, and is not in quarantine; null without one. */
export function chooseTarget({ version, goodBefore, quarantined }: Pick<RollbackQuestion, "version" | "goodBefore" | "quarantined">): string | null {
  return goodBefore.toReversed().find((good) => good !== version && !quarantined.has(good)) ?? null;
}

/** Whether so many nodes that did not change degrade at once that it is the environment and not a version. */
export function isCommonCause(peers: readonly PeerEvidence[]): boolean {
  const unchanged = peers.filter((peer) => !peer.hasChanged);
  const degrading = unchanged.filter((peer) => peer.isDegrading).length;
  const least = Math.min(COMMON_LEAST, unchanged.length);
  return degrading > 0 && degrading >= Math.max(least, Math.ceil(COMMON_SHARE * unchanged.length));
}

/**
 * Decides what is done about a node whose verdict is fail. The order is the precedence: rights, common cause,
 * the flap limit, the target, dry run.
 */
export function decideRollback(question: RollbackQuestion, rights: RollbackRights): RollbackDecision {
  const { nodeId, nowMs, version, peers } = question;
  const target = chooseTarget(question);
  const hold = (code: HoldCode, sentence: string): RollbackDecision => ({ action: "hold", code, target, sentence });
  if (!rights.rollBackOnFail) return hold("NOT_ALLOWED", `The policy lets nothing be rolled back alone. ${nodeId} needs you.`);
  if (rights.holdOnCommonCause && isCommonCause(peers)) {
    const unchanged = peers.filter((peer) => !peer.hasChanged);
    const degrading = unchanged.filter((peer) => peer.isDegrading).length;
    return hold(
      "COMMON_CAUSE",
      `${degrading} of ${counted(unchanged.length, "other node")} that did not change ${question.symptom} at the same time. ` +
        "This is the environment, not a version. Nothing is rolled back.",
    );
  }
  const lately = question.rollbacksAtMs.filter((atMs) => nowMs - atMs < HOUR_MS).length;
  if (lately >= rights.maxRollbacksPerHour) {
    return hold("ROLLBACKS_FROZEN", `${counted(lately, "automatic rollback")} this hour. ${nodeId} is left as it is and needs you.`);
  }
  if (target === null) return hold("NO_GOOD_VERSION", `Nothing good ran on ${nodeId} before ${version ?? "what runs now"}, so there is nothing to go back to.`);
  if (rights.dryRun) return hold("DRY_RUN", `Dry run: ${nodeId} would be rolled back to ${target}.`);
  return { action: "roll-back", target, sentence: `Rolling back to ${target}.` };
}

import type { CommandPhase, Liveness } from "../../contract/snapshot";
import type { Failure } from "../../result";

/** What is known of one node now, from outside of the roll-out. */
export interface NodeProgress {
  readonly nodeId: string;
  readonly liveness: Liveness;
  /** By its own report; null where it reports none. */
  readonly reportedVersion: string | null;
  /** How its newest deploy, or once there is one its newest return, stands; null where no such command is known. */
  readonly command: CommandPhase | null;
  /** Why that request was refused; null where it was not. */
  readonly refusal: Failure | null;
  /** A command is on its way to it, whoever made it. */
  readonly isInFlight: boolean;
  /** Samples of its trial that passed, of those that a commit takes; null where none is judged. */
  readonly trial: { readonly passed: number; readonly needed: number } | null;
  /** The version that it reports was committed here. */
  readonly isCommitted: boolean;
  /** The version may not run on it. */
  readonly isQuarantined: boolean;
  /** The version was taken back from it since it was sent. */
  readonly isRolledBack: boolean;
  /** Somebody else has put another version on it since it was sent. */
  readonly isReplaced: boolean;
  /** Why its verdict is fail and it is not rolled back, for no common cause; null otherwise. */
  readonly failing: string | null;
}

/** What a roll-out is decided on. */
export interface RolloutInput {
  /** On the roll-out's clock. */
  readonly atMs: number;
  /** Nodes that were seen in this run. */
  readonly nodes: ReadonlyMap<string, NodeProgress>;
  /** The run or the link has just begun: a node that is not there yet has not vanished. */
  readonly isSettling: boolean;
  /** Why nothing can go out now: the link or the journal; null where it can. */
  readonly obstacle: { readonly code: "LINK_DOWN" | "JOURNAL_UNAVAILABLE"; readonly reason: string } | null;
  /** Nodes that it did not change: how many degrade now, of those that are watched. */
  readonly commonCause: { readonly degrading: number; readonly watched: number };
}

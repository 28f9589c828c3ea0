import type { HoldCode as DecidedHold } from "./decision";

/** Why nothing is rolled back though a node fails: what was decided, what the end of a rollback left, or a refusal. */
export type HoldCode = DecidedHold | "NOT_RECOVERED" | "REFUSED";

/** A rollback that is not made. */
export interface Hold {
  readonly code: HoldCode;
  /** What it would go to; null without one. */
  readonly target: string | null;
  /** Monotonic ms. */
  readonly atMs: number;
  readonly sentence: string;
}

/** Where a version may not run: one node, or every node of a vertical (null: those that report none). */
export type QuarantineScope =
  | { readonly kind: "node"; readonly nodeId: string }
  | { readonly kind: "class"; readonly nodeClass: string | null };

/** A version that may not run somewhere until a person lifts it. */
export interface Quarantine {
  readonly version: string;
  readonly scope: QuarantineScope;
  readonly atMs: number;
  /** The rollback that made it; null for a class, and where the command's id is not known. */
  readonly commandId: string | null;
  /** A person took it back: the Undo of that click lifts it again. */
  readonly isByClick: boolean;
  readonly sentence: string;
}

/** How the newest command of a node stands, as far as the guard must know. */
export type CommandStanding = "open" | "acknowledged" | "verified" | "failed" | "unconfirmed" | "inconsistent";

/** The newest command of a node. */
export interface GuardCommand {
  /** Null in a recording, which has no commands of its own. */
  readonly commandId: string | null;
  readonly kind: "deploy" | "rollback";
  readonly actor: "operator" | "policy";
  readonly version: string;
  readonly fromVersion: string | null;
  readonly standing: CommandStanding;
}

/** What decisions on a node are made from. Immutable. */
export interface GuardNode {
  /** Its vertical; null while it reports none. */
  readonly nodeClass: string | null;
  /** By the node's own report. */
  readonly version: string | null;
  /** It came by a swap that was seen, so it has a trial; what ran first has none to blame. */
  readonly hasSwapped: boolean;
  /** It came by a rollback: it was good here before, and its commit is not waited for. */
  readonly isByRollback: boolean;
  readonly isCommitted: boolean;
  /** Versions that were good here, the newest last. */
  readonly good: readonly string[];
  readonly quarantined: ReadonlyMap<string, Quarantine>;
  /** Automatic rollbacks of the last hour, monotonic ms. */
  readonly rollbacksAtMs: readonly number[];
  readonly command: GuardCommand | null;
  readonly hold: Hold | null;
}

/** What the guard knows of a fleet. Immutable. */
export interface GuardState {
  readonly nodes: ReadonlyMap<string, GuardNode>;
  /** Nodes on which a version failed by verdict, by class and version. */
  readonly failures: ReadonlyMap<string, ReadonlySet<string>>;
  /** Versions that a class may not run, by class and version. */
  readonly classes: ReadonlyMap<string, Quarantine>;
}

/** The sentence of a verdict. */
export interface Evidence {
  readonly sentence: string;
}

/** A person lifts an entry. */
export interface Lift {
  readonly scope: QuarantineScope;
  readonly version: string;
}

interface OfNode {
  readonly nodeId: string;
}

/** Everything that changes what the guard knows. Times are monotonic ms. */
export type GuardEvent =
  | (OfNode & { readonly event: "version-reported"; readonly version: string | null; readonly nodeClass: string | null; readonly isSwap: boolean })
  | (OfNode & { readonly event: "version-good"; readonly version: string })
  | (OfNode & { readonly event: "version-committed"; readonly version: string | null })
  /** `isReturn`: it goes back to what ran before an A/B test. */
  | (OfNode & Omit<GuardCommand, "kind" | "standing"> & { readonly event: "deploy-requested"; readonly isReturn?: boolean })
  | (OfNode &
      Omit<GuardCommand, "kind" | "standing"> & {
        readonly event: "rollback-requested";
        readonly atMs: number;
        /** The version failed here by verdict: it counts for its class. */
        readonly isByVerdict: boolean;
        readonly sentence: string;
      })
  | (OfNode & {
      readonly event: "command-moved";
      readonly commandId: string | null;
      readonly standing: CommandStanding;
      readonly atMs: number;
      /** What is told of the command. */
      readonly sentence: string;
    })
  | (OfNode & Hold & { readonly event: "rollback-held" })
  /** Its verdict is not fail any more; what a rollback left to a person ends only with a pass. */
  | (OfNode & { readonly event: "hold-ended"; readonly isWell: boolean })
  | (Lift & { readonly event: "quarantine-lifted" })
  /** A roll-out's stop rule took a version off the classes that it failed on. */
  | { readonly event: "rollout-stopped"; readonly version: string; readonly classes: readonly (string | null)[]; readonly atMs: number; readonly sentence: string };

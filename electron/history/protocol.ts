import type { HistoryRange, Retention } from "../../shared/contract/history";
import type { RollUpLevel, RollUps } from "../../shared/history/roll-up";
import type { Result } from "../../shared/result";
import type { Origin, SampleBatch } from "./batch";
import type { KeeperStatus } from "./keeper";
import type { RangeRequest } from "./reading";
import type { WalkQuestion, WalkStep } from "./walk";
import type { Appended } from "./writer";

/** What a thread is for; one bundle has all of them. */
export type ThreadData =
  | { readonly role: "writer"; readonly path: string; readonly retention: Retention; readonly nowMs: number }
  | { readonly role: "reader" | "walk"; readonly path: string }
  | { readonly role: "check"; readonly path: string }
  | { readonly role: "backup"; readonly path: string; readonly target: string }
  | { readonly role: "export"; readonly path: string; readonly target: string; readonly question: WalkQuestion };

/** Calls of the thread that writes. */
export type WriterCalls = {
  append: { ask: { readonly batches: readonly SampleBatch[]; readonly nowMs: number }; answer: Result<Appended, "HISTORY_UNAVAILABLE"> };
  retain: { ask: Retention; answer: Result<void> };
  distrust: { ask: { readonly nowMs: number }; answer: Result<void> };
  status: { ask: null; answer: Result<KeeperStatus> };
  /** Packs nothing, gives the file back. */
  close: { ask: null; answer: Result<void> };
};

/** Calls of the thread that answers charts. */
export type ReaderCalls = {
  range: { ask: RangeRequest; answer: Result<HistoryRange> };
  nodes: { ask: { readonly fleet: string }; answer: Result<readonly string[]> };
};

/** What a walk begins with. */
export interface WalkBegin {
  readonly unknownNodes: readonly string[];
  readonly origins: ReadonlyMap<number, Origin>;
}

/** Calls of a thread that goes over samples or roll-ups. */
export type WalkCalls = {
  samples: { ask: WalkQuestion; answer: Result<WalkBegin> };
  nextSamples: { ask: null; answer: Result<WalkStep | null> };
  rollUps: { ask: WalkQuestion & { readonly level: RollUpLevel }; answer: Result<WalkBegin> };
  nextRollUps: { ask: null; answer: Result<{ readonly nodeId: string; readonly rolled: RollUps; readonly unreadable: number } | null> };
};

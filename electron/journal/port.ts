import type { Settings } from "../../shared/contract/settings";
import type { EventView } from "../../shared/contract/snapshot";
import type { Result } from "../../shared/result";
import type { DecisionBasis } from "../../shared/rollout/basis";
import type { ChainBreak, CheckProgress } from "./chain-check";

/** The journal's condition. */
export interface JournalStatus {
  /** `broken`: it is written, but something in it is not what was written, and no person has acknowledged that. */
  readonly state: "written" | "unavailable" | "broken";
  /** What is written where, why nothing can be, or what is broken and what to do. */
  readonly sentence: string;
  readonly lastWriteAtMs: number | null;
}

/**
 * An event as the journal takes it: with what the decision was made on, where it is one; or with other values in JSON
 * that are kept with it and shown to nobody, such as the samples of a test. Not both.
 */
export type JournalEntry = EventView & { readonly basis?: DecisionBasis; readonly kept?: unknown };

/** Where a page of events goes on: before this time, and at this time before this event. */
export interface EventCursor {
  readonly tMs: number;
  readonly id: number;
}

/** Which events are asked for. */
export interface EventQuery {
  /** Unix ms, both ends included. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Null: of every node, and of none. */
  readonly nodeId: string | null;
  /** Names of events, `*` for any letters; empty: all. */
  readonly kinds: readonly string[];
  /** Words that a sentence must have, or its node; empty: any. */
  readonly text: string;
  readonly before: EventCursor | null;
  readonly limit: number;
}

/** Some of the events that were asked for. */
export interface EventPage {
  /** Newest first. */
  readonly events: readonly EventView[];
  /** There may be more: fewer events than asked for do not mean that there are none. Null: that is all. */
  readonly next: EventCursor | null;
}

/** How many events of each kind there are in each stretch of a range. */
export interface EventTally {
  readonly counts: readonly { readonly bucket: number; readonly event: string; readonly count: number }[];
  /** Up to where it was counted, Unix ms; from there it goes on. */
  readonly reachedMs: number;
}

/**
 * The one store. Events are append-only, chained by hashes and on disk when `append` returns success;
 * settings are small. Every failure is a value: the engine then refuses what must not happen without a record.
 */
export interface Journal {
  /** Writes events, and what they were decided on, in one transaction, synced. On failure nothing of it is written. */
  append(entries: readonly JournalEntry[]): Result<void, "JOURNAL_UNAVAILABLE">;
  status(): JournalStatus;
  /** Whether a command may change the fleet: JOURNAL_BROKEN until a person has acknowledged what is broken. */
  mayCommand(): Result<void, "JOURNAL_BROKEN">;
  /** The newest events of all runs, newest first. */
  recent(limit: number): Result<readonly EventView[], "JOURNAL_UNAVAILABLE">;
  /** Every event of one kind of all runs, oldest first. */
  ofKind(event: string): Result<readonly EventView[], "JOURNAL_UNAVAILABLE">;
  /** Every event of some kinds of all runs, oldest first. */
  ofKinds(kinds: readonly string[]): Result<readonly EventView[], "JOURNAL_UNAVAILABLE">;
  /** Events of a time and of ids, `afterId` < id <= `throughId`, in the order of their ids. Times are Unix ms, both included. */
  between(range: {
    readonly fromMs: number;
    readonly toMs: number;
    readonly afterId: number;
    readonly throughId: number;
  }): Result<readonly EventView[], "JOURNAL_UNAVAILABLE">;
  /** One event; null where it is not there. */
  eventOf(eventId: number): Result<EventView | null, "JOURNAL_UNAVAILABLE">;
  /** A page of events by range, node, kind and text; looks at 20 000 events at most, some tens of milliseconds. */
  page(query: EventQuery): Result<EventPage, "JOURNAL_UNAVAILABLE">;
  /** The newest events on a node up to a time, of one of the kinds that tell what ran there (reports, requests, presence). */
  newestOfNode(nodeId: string, event: string, toMs: number, limit: number): Result<readonly EventView[], "JOURNAL_UNAVAILABLE">;
  /** Counts events in stretches of `bucketMs` from `fromMs`; looks at some 20 000 at most and says how far it came. */
  tally(range: { readonly fromMs: number; readonly toMs: number; readonly bucketMs: number; readonly sinceMs: number }): Result<EventTally, "JOURNAL_UNAVAILABLE">;
  /** What an event was decided on; null where it has none or is not there. */
  basisOf(eventId: number): Result<DecisionBasis | null, "JOURNAL_UNAVAILABLE">;
  /** What was kept with an event, as it is in JSON; null where nothing was or it is not there. */
  keptOf(eventId: number): Result<unknown, "JOURNAL_UNAVAILABLE">;
  /** The highest event id ever written; 0 in a new journal. */
  lastEventId(): number;
  /**
   * Goes on with checking the whole chain, by at most `limit` events; it begins with the first call. Once it
   * finds something the status says so.
   */
  check(limit: number): CheckProgress | null;
  /** What is broken and not acknowledged; null where nothing is known to be. */
  broken(): ChainBreak | null;
  readSettings(): Settings;
  writeSettings(settings: Settings): Result<void, "JOURNAL_UNAVAILABLE">;
  /** Small named facts such as the window's bounds; null where never written. */
  readFact(name: string): string | null;
  writeFact(name: string, value: string): Result<void, "JOURNAL_UNAVAILABLE">;
  close(): void;
}

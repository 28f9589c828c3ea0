import type { Settings } from "../../shared/contract/settings";
import type { EventView } from "../../shared/contract/snapshot";
import type { Result } from "../../shared/result";

/** The journal's condition. */
export interface JournalStatus {
  readonly state: "written" | "unavailable";
  /** What is written where, or why nothing can be. */
  readonly sentence: string;
  readonly lastWriteAtMs: number | null;
}

/**
 * The one store. Events are append-only and on disk when `append` returns success; settings are small.
 * Every failure is a value: the engine then refuses what must not happen without a record.
 */
export interface Journal {
  /** Writes events in one transaction, synced. On failure nothing of it is written. */
  append(events: readonly EventView[]): Result<void, "JOURNAL_UNAVAILABLE">;
  status(): JournalStatus;
  /** The newest events of all runs, newest first. */
  recent(limit: number): Result<readonly EventView[], "JOURNAL_UNAVAILABLE">;
  /** Every event of one kind of all runs, oldest first. */
  ofKind(event: string): Result<readonly EventView[], "JOURNAL_UNAVAILABLE">;
  /** The highest event id ever written; 0 in a new journal. */
  lastEventId(): number;
  readSettings(): Settings;
  writeSettings(settings: Settings): Result<void, "JOURNAL_UNAVAILABLE">;
  /** Small named facts such as the window's bounds; null where never written. */
  readFact(name: string): string | null;
  writeFact(name: string, value: string): Result<void, "JOURNAL_UNAVAILABLE">;
  close(): void;
}

import type { EventView } from "../../shared/contract/snapshot";
import { ok, type Result } from "../../shared/result";
import type { Clock, Dispose } from "../../shared/time";
import type { DecisionBasis } from "../../shared/rollout/basis";
import type { Journal, JournalEntry } from "../journal/port";

/** Events that are kept in memory for the window. */
const KEPT_EVENTS = 500;

/**
 * What a caller says of an event; id and time are the log's. The basis, and what is kept, go to the journal alone:
 * what was known when it was decided.
 */
export type EventDraft = Omit<EventView, "id" | "tMs"> & { readonly basis?: DecisionBasis; readonly kept?: unknown };

/**
 * Everything that happened, in order. `record` is for what happened anyway: it is shown at once and
 * written with the tick. `commit` is for what must be on disk before its effect.
 */
export class EventLog {
  private readonly events: EventView[] = [];
  private readonly listeners = new Set<(event: EventView) => void>();
  private pending: JournalEntry[] = [];
  private lastId: number;
  private decided = 0;

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {
    this.lastId = journal.lastEventId();
  }

  /** Events since the start. */
  get count(): number {
    return this.decided;
  }

  /** Shows an event now and writes it at the end of the tick. */
  record(draft: EventDraft): void {
    const entry = this.stamp(draft);
    this.pending.push(entry);
    this.announce(entry);
  }

  /**
   * Writes events, with all that came before them, and only then shows them.
   * @returns JOURNAL_UNAVAILABLE when they cannot be written: then none of them happened, and none must have an effect.
   */
  commit(...drafts: readonly EventDraft[]): Result<void, "JOURNAL_UNAVAILABLE"> {
    const events = drafts.map((draft) => this.stamp(draft));
    const written = this.journal.append([...this.pending, ...events]);
    if (!written.ok) return written;
    this.pending = [];
    for (const event of events) this.announce(event);
    return ok(undefined);
  }

  /** Writes what was recorded since the last time; what cannot be written is tried again at the next tick. */
  flush(): void {
    if (this.pending.length === 0) return;
    if (this.journal.append(this.pending).ok) this.pending = [];
    else this.pending = this.pending.slice(-KEPT_EVENTS);
  }

  /** JOURNAL_BROKEN while nothing may change the fleet: the journal was changed and nobody has acknowledged it. */
  mayCommand(): Result<void, "JOURNAL_BROKEN"> {
    return this.journal.mayCommand();
  }

  /** Newest first. */
  recent(limit: number): readonly EventView[] {
    return this.events.slice(-limit).toReversed();
  }

  onEvent(listener: (event: EventView) => void): Dispose {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private stamp(draft: EventDraft): JournalEntry {
    this.lastId += 1;
    return { id: this.lastId, tMs: this.clock.wallMs(), ...draft };
  }

  private announce({ basis: _ofTheJournal, kept: _too, ...event }: JournalEntry): void {
    this.decided += 1;
    this.events.push(event);
    if (this.events.length > KEPT_EVENTS) this.events.shift();
    for (const listener of this.listeners) listener(event);
  }
}

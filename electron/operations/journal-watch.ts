import type { Journal } from "../journal/port";
import type { EventLog } from "./event-log";

/** Events of the journal that a tick checks: some 10 ms of work. */
const CHECKED_A_TICK = 1_000;

/** Checks the whole journal beside the work, some of it in each tick, and tells once what is broken. */
export class JournalWatch {
  private isChecking = true;
  private hasToldBreak = false;

  constructor(
    private readonly journal: Journal,
    private readonly events: EventLog,
  ) {}

  tick(): void {
    if (this.isChecking) this.isChecking = this.journal.check(CHECKED_A_TICK)?.state === "checking";
    this.noteBreak();
  }

  noteBreak(): void {
    const found = this.journal.broken();
    if (found === null || this.hasToldBreak) return;
    this.hasToldBreak = true;
    this.events.record({ event: "journal-broken", nodeId: null, actor: "engine", sentence: found.sentence, detail: { eventId: found.eventId, atMs: found.tMs } });
  }
}

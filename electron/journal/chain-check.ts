import type Database from "libsql";
import { checkpointHash, eventHash, NO_HASH, sameHash, sealNext, segmentHash, type Segment } from "./chain";
import { readCheckpoints, readEvents, readHead, readSegments, type EventRow, type Head } from "./tables";

/** The first place where the journal is not what was written. */
export interface ChainBreak {
  /** The event that does not fit; null where it is no single one. */
  readonly eventId: number | null;
  /** Its time as it stands there, Unix ms. */
  readonly tMs: number | null;
  readonly sentence: string;
}

/** How far a check has come. */
export type CheckProgress =
  | { readonly state: "checking"; readonly checked: number }
  | { readonly state: "whole"; readonly checked: number; readonly head: Head }
  | { readonly state: "broken"; readonly checked: number; readonly break: ChainBreak };

type LinkedSegment = Segment & { readonly hash: Uint8Array };

function breakOf(sentence: string, row?: Pick<EventRow, "id" | "tMs">): ChainBreak {
  return { eventId: row?.id ?? null, tMs: row?.tMs ?? null, sentence };
}

function brokenSegment(segments: readonly LinkedSegment[]): ChainBreak | null {
  if (segments.length === 0) return breakOf("The entry that the chain begins with is missing.");
  let previous = NO_HASH;
  for (const [index, segment] of segments.entries()) {
    if (segment.number !== index + 1 || !sameHash(segmentHash(previous, segment), segment.hash)) {
      return breakOf(`The entry of segment ${index + 1} of the chain was changed, or one before it was taken out.`);
    }
    previous = segment.hash;
  }
  return null;
}

/**
 * Checks a journal in stretches, so that it can be done beside other work. All of it, or only what came
 * after the newest checkpoint.
 */
export class ChainCheck {
  private checked = 0;
  private found: ChainBreak | null = null;
  private isDone = false;
  private segment: LinkedSegment | null = null;
  /** The event that was checked last, its hash and the number of events up to it. */
  private at: Head = { eventId: 0, events: 0, hash: NO_HASH };
  private seal = NO_HASH;
  /** What the checkpoints say, by event. */
  private noted: ReadonlyMap<number, Uint8Array> = new Map();

  /**
   * @param from `checkpoint`: only what came after the newest checkpoint, which is checked itself.
   */
  constructor(
    private readonly database: Database.Database,
    private readonly from: "start" | "checkpoint",
  ) {
    this.guarded(() => this.begin());
  }

  /** Checks at most `limit` more events. */
  next(limit: number): CheckProgress {
    if (this.found === null && !this.isDone) this.guarded(() => this.walk(limit));
    if (this.found !== null) return { state: "broken", checked: this.checked, break: this.found };
    return this.isDone ? { state: "whole", checked: this.checked, head: this.at } : { state: "checking", checked: this.checked };
  }

  /** Checks all that is left. */
  finish(): CheckProgress {
    for (;;) {
      const progress = this.next(1_000);
      if (progress.state !== "checking") return progress;
    }
  }

  private guarded(work: () => ChainBreak | null): void {
    try {
      this.found = work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.found = breakOf(`The file cannot be read after event ${this.at.eventId}: ${reason}.`);
    }
  }

  private begin(): ChainBreak | null {
    const segments = readSegments(this.database);
    const broken = brokenSegment(segments);
    const segment = segments.at(-1);
    if (broken !== null || segment === undefined) return broken;
    this.segment = segment;
    const checkpoints = readCheckpoints(this.database);
    let previous = NO_HASH;
    for (const [index, checkpoint] of checkpoints.entries()) {
      if (checkpoint.number !== index + 1 || !sameHash(checkpointHash(previous, checkpoint), checkpoint.hash)) {
        return breakOf(`Checkpoint ${index + 1} was changed, or one before it was taken out.`);
      }
      previous = checkpoint.hash;
    }
    this.noted = new Map(checkpoints.map((checkpoint) => [checkpoint.eventId, checkpoint.eventHash]));
    if (this.from === "start") return null;
    const newest = checkpoints.at(-1);
    if (newest === undefined || newest.eventId <= segment.afterId) {
      this.at = { eventId: segment.afterId, events: segment.sealedEvents, hash: segment.hash };
      return null;
    }
    const [row] = readEvents(this.database, newest.eventId - 1, 1).rows;
    if (row?.id !== newest.eventId || !sameHash(newest.eventHash, row.hash)) {
      return breakOf(`Event ${newest.eventId} is not the one of checkpoint ${newest.number}: it was changed or taken out.`, row);
    }
    this.at = { eventId: newest.eventId, events: newest.events, hash: newest.eventHash };
    return null;
  }

  private walk(limit: number): ChainBreak | null {
    const { segment } = this;
    if (segment === null) return null;
    const { rows, unreadable } = readEvents(this.database, this.at.eventId, limit);
    for (const row of rows) {
      if (this.at.eventId <= segment.afterId && row.id > segment.afterId) {
        const broken = this.crossInto(segment);
        if (broken !== null) return broken;
      }
      const broken = row.id <= segment.afterId ? this.takeSealed(row) : this.takeChained(row);
      if (broken !== null) return broken;
      this.checked += 1;
    }
    if (unreadable) return breakOf(`The event after event ${this.at.eventId} cannot be read: its values are not of the kinds that were written.`);
    return rows.length === limit ? null : this.arrive(segment);
  }

  private takeSealed(row: EventRow): null {
    this.seal = sealNext(this.seal, row, row.hash);
    this.at = { eventId: row.id, events: this.at.events + 1, hash: this.at.hash };
    return null;
  }

  private takeChained(row: EventRow): ChainBreak | null {
    const hash = eventHash(this.at.hash, row);
    if (!sameHash(hash, row.hash)) {
      const before = this.at.eventId === 0 ? "the beginning" : `event ${this.at.eventId}`;
      return breakOf(`Event ${row.id} does not follow ${before}: it was changed, or one between them was taken out or moved.`, row);
    }
    const noted = this.noted.get(row.id);
    if (noted !== undefined && !sameHash(hash, noted)) {
      return breakOf(`Event ${row.id} is not the one that a checkpoint was made of: it was changed, or one before it was.`, row);
    }
    this.at = { eventId: row.id, events: this.at.events + 1, hash };
    return null;
  }

  /** Everything before the segment was seen: it must be what its entry sealed. */
  private crossInto(segment: LinkedSegment): ChainBreak | null {
    const isFromCheckpoint = this.from === "checkpoint";
    if (!isFromCheckpoint && (this.at.events !== segment.sealedEvents || !sameHash(this.seal, segment.sealedHash))) {
      return breakOf(
        `Among the ${segment.sealedEvents} events up to ${segment.afterId}, which were sealed when segment ${segment.number} of the chain began, something was changed or taken out since.`,
      );
    }
    this.at = { ...this.at, hash: segment.hash };
    return null;
  }

  private arrive(segment: LinkedSegment): ChainBreak | null {
    if (this.at.eventId <= segment.afterId) {
      const broken = this.crossInto(segment);
      if (broken !== null) return broken;
    }
    const head = readHead(this.database);
    if (head === null) return breakOf("The entry of the newest event is missing.");
    if (this.at.events < head.events || this.at.eventId < head.eventId) {
      return breakOf(`The journal ends with event ${this.at.eventId}, but it was written up to event ${head.eventId}: the end was cut off.`);
    }
    if (this.at.events !== head.events || !sameHash(this.at.hash, head.hash)) {
      return breakOf(`The entry of the newest event does not fit event ${this.at.eventId}: it was changed, or something was added.`);
    }
    this.at = { ...this.at, eventId: head.eventId };
    this.isDone = true;
    return null;
  }
}

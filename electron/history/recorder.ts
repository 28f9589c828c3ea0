import type { HistoryStatus, Retention } from "../../shared/contract/history";
import type { MetricSample } from "../../shared/fleet/sample";
import type { Failure } from "../../shared/result";
import type { Dispose, Timers } from "../../shared/time";
import { BatchBuilder, ROW_FIELDS, type SampleBatch } from "./batch";
import type { Thread } from "./calls";
import type { KeeperStatus } from "./keeper";
import type { WriterCalls } from "./protocol";

/** Samples wait at most this long before they are written, ms: with the write itself, what a kill -9 loses. */
export const FLUSH_MS = 1_000;
/** Samples that wait while nothing can be written: ten minutes at 100 a second. */
const MOST_WAITING = 60_000;
/** A thread that fell is begun again after this long, ms. */
const RESTART_MS = 5_000;

/** What the recorder needs. */
export interface RecorderParts {
  readonly timers: Timers;
  /** Begins the thread that writes. */
  readonly openWriter: (retention: Retention, onFallen: (why: string) => void) => Thread<WriterCalls>;
  readonly retention: Retention;
  /** Distinguishes the batches of this run from those of any other. */
  readonly run: string;
  /** Told when writing ends to work, and when it works again (null). */
  readonly onProblem: (problem: Failure<"HISTORY_UNAVAILABLE"> | null) => void;
}

/**
 * Collects samples and hands them to the thread that writes, once a second. What was not written stays here and is
 * handed over again; on the path of a sample there is one push into an array.
 */
export class Recorder {
  private readonly builder = new BatchBuilder();
  private waiting: SampleBatch[] = [];
  private batches = 0;
  private inFlight: Promise<void> | null = null;
  private writer: Thread<WriterCalls> | null;
  private problem: Failure<"HISTORY_UNAVAILABLE"> | null = null;
  private retention: Retention;
  private stopTimer: Dispose;
  private isClosed = false;
  /** Samples that could not be kept. */
  lost = 0;

  constructor(private readonly parts: RecorderParts) {
    this.retention = parts.retention;
    this.writer = this.begin();
    this.stopTimer = this.schedule();
  }

  /** Takes a sample of a node of a fleet. */
  take(fleet: string, sample: MetricSample): void {
    this.builder.add(fleet, sample);
  }

  /** Other limits; they hold at once. */
  async retain(retention: Retention): Promise<void> {
    this.retention = retention;
    await this.writer?.call("retain", retention);
  }

  /** Tells the writer that its file was found damaged: it is kept aside. */
  async distrust(): Promise<void> {
    await this.writer?.call("distrust", { nowMs: this.parts.timers.wallMs() });
  }

  /** What the writer says of its file; null where it does not answer. */
  async status(): Promise<KeeperStatus | null> {
    const answer = await this.writer?.call("status", null);
    return answer?.ok === true ? answer.value : null;
  }

  /** What keeps it from writing; null of nothing. */
  get failing(): Failure<"HISTORY_UNAVAILABLE"> | null {
    return this.problem;
  }

  /** Hands over what was collected, and waits until it is written or was refused. */
  async flush(): Promise<void> {
    await this.inFlight;
    this.hand();
    await this.inFlight;
  }

  /** Writes what there is and gives the file back. */
  async close(): Promise<void> {
    this.stopTimer();
    await this.flush();
    this.isClosed = true;
    await this.writer?.call("close", null);
    await this.writer?.end();
    this.writer = null;
  }

  private schedule(): Dispose {
    return this.parts.timers.after(FLUSH_MS, () => {
      if (this.inFlight === null) this.hand();
      this.stopTimer = this.schedule();
    });
  }

  private hand(): void {
    if (this.builder.count > 0) {
      this.batches += 1;
      this.waiting.push(this.builder.take(`${this.parts.run}:${String(this.batches).padStart(12, "0")}`));
      this.dropOldest();
    }
    const { writer } = this;
    if (writer === null || this.isClosed) return;
    const batches = [...this.waiting];
    // Handed over even when there are none: the thread learns what time it is, and goes on with its other work.
    this.inFlight = writer.call("append", { batches, nowMs: this.parts.timers.wallMs() }).then((answer) => {
      this.inFlight = null;
      if (answer.ok) this.waiting = this.waiting.filter((batch) => !batches.includes(batch));
      this.noteProblem(answer.ok ? null : answer.error);
    });
  }

  private dropOldest(): void {
    let samples = this.waiting.reduce((sum, { rows }) => sum + rows.length / ROW_FIELDS, 0);
    while (samples > MOST_WAITING && this.waiting.length > 1) {
      const dropped = (this.waiting.shift()?.rows.length ?? 0) / ROW_FIELDS;
      samples -= dropped;
      this.lost += dropped;
    }
  }

  private noteProblem(problem: Failure<"HISTORY_UNAVAILABLE"> | null): void {
    if (this.problem?.message === problem?.message) return;
    this.problem = problem;
    this.parts.onProblem(problem);
  }

  private begin(): Thread<WriterCalls> {
    return this.parts.openWriter(this.retention, (why) => {
      this.writer = null;
      this.noteProblem({ code: "HISTORY_UNAVAILABLE", message: `The history's thread ended: ${why}. It is begun again.` });
      this.parts.timers.after(RESTART_MS, () => {
        if (!this.isClosed) this.writer = this.begin();
      });
    });
  }
}

/** A status while the writer does not answer. */
export function silentStatus(path: string, retention: Retention, problem: Failure<"HISTORY_UNAVAILABLE"> | null): Omit<HistoryStatus, "lost"> {
  return {
    state: problem === null ? "starting" : "unavailable",
    sentence: problem?.message ?? "The history is being opened.",
    code: problem?.code ?? null,
    path,
    bytes: 0,
    samples: 0,
    oldestMs: null,
    newestMs: null,
    unreadable: 0,
    retention,
  };
}

import type { Reading } from "../../shared/contract/system";
import type { Timers } from "../../shared/time";
import type { Read } from "./port";

/** A reading that takes longer than this has failed; it may still come. */
const ANSWERS_WITHIN_MS = 30_000;
/** A costly reading is made so seldom that its time is a thousandth of all. A wait for a processor is no cost: what reads files alone is not paced. */
const TIME_SHARE = 1_000;
/** Readings before the pace: a rate needs two, and the first is often slow. */
const UNPACED_READINGS = 2;
/** Where there is none, it is looked for again so seldom: a GPU does not come and go. */
const LOOK_AGAIN_MS = 600_000;
/** The shortest of the last readings is what it costs; the others waited for a processor. */
const KEPT_TIMES = 5;

/** Something that is read again and again. */
export interface GaugeOptions<Raw, Value> {
  readonly name: string;
  readonly timers: Timers;
  /** At least this long between two readings, ms. */
  readonly everyMs: number;
  /** It starts other programs: read so seldom that its time is a thousandth of all. */
  readonly isCostly: boolean;
  read(): Read<Raw>;
  /** Makes the value from what was read and what was read before; null where it needs another reading. */
  derive(raw: Raw, before: { readonly raw: Raw; readonly atMs: number } | null, atMs: number): Value | null;
}

/** Reads something as often as it is wanted and no more often than it is cheap, and keeps what was read. */
export class Gauge<Raw, Value> {
  private reading: Reading<Value> = { state: "pending" };
  private before: { readonly raw: Raw; readonly atMs: number } | null = null;
  private startedMs: number | null = null;
  private nextMs = Number.NEGATIVE_INFINITY;
  private readonly tookMs: number[] = [];

  constructor(private readonly options: GaugeOptions<Raw, Value>) {}

  /** What is known now. */
  current(): Reading<Value> {
    if (this.startedMs !== null && this.options.timers.monotonicMs() - this.startedMs > ANSWERS_WITHIN_MS) {
      return { state: "failed", code: "SYSTEM_READ_FAILED", sentence: `${this.options.name} did not answer within ${ANSWERS_WITHIN_MS / 1_000} s.` };
    }
    return this.reading;
  }

  /** Reads if it is time; resolves once that is done, at once where it is not. */
  async readIfDue(): Promise<void> {
    const { timers, everyMs } = this.options;
    const startedMs = timers.monotonicMs();
    // A beat comes a little early or late: what is due within its wobble is due.
    if (this.startedMs !== null || startedMs < this.nextMs - 0.1 * everyMs) return;
    this.startedMs = startedMs;
    const read = await this.options.read();
    this.startedMs = null;
    const nowMs = timers.monotonicMs();
    this.tookMs.push(nowMs - startedMs);
    if (this.tookMs.length > KEPT_TIMES) this.tookMs.shift();
    const isPaced = this.options.isCostly && this.tookMs.length >= UNPACED_READINGS;
    const pauseMs = isPaced ? Math.max(everyMs, TIME_SHARE * Math.min(...this.tookMs)) : everyMs;
    this.nextMs = startedMs + (read.ok && read.value === null ? Math.max(LOOK_AGAIN_MS, pauseMs) : pauseMs);
    if (!read.ok) {
      this.reading = { state: "failed", code: read.error.code, sentence: read.error.message };
      return;
    }
    if (read.value === null) {
      this.reading = { state: "absent" };
      return;
    }
    const value = this.options.derive(read.value, this.before, nowMs);
    this.before = { raw: read.value, atMs: nowMs };
    if (value !== null) this.reading = { state: "known", atMs: timers.wallMs(), value };
    else if (this.reading.state !== "known") this.reading = { state: "pending" };
  }
}

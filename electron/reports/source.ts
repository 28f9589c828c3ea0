import type { EventView } from "../../shared/contract/snapshot";
import type { HostBatch } from "../../shared/report/host";
import type { SampleBatch } from "../../shared/report/samples";
import type { ReportScope } from "../../shared/report/scope";
import type { Result } from "../../shared/result";

/** Something that is read, and which share of the whole was read with it, 0 to 1. */
export interface Portion<Value> {
  readonly value: Value;
  readonly progress: number;
}

/** The samples of a scope; the same ones however often they are read. */
export interface SampleView {
  /** Where they are read from, a clause: "the history", "memory, ...". */
  readonly store: string;
  /** In the order of their times, in batches of some thousands. A failure is the last item. Also of versions outside of the scope. */
  read(signal: AbortSignal): AsyncIterable<Result<Portion<SampleBatch>>>;
}

/** Where a report's samples come from. */
export interface SampleSource {
  /** Where samples would be read from now, a clause. */
  store(): Promise<string>;
  /** What came in is read so much later at the latest, ms. */
  readonly settlesMs: number;
  /** Nodes that samples are kept of. */
  nodes(): Promise<Result<readonly string[]>>;
  open(scope: ReportScope): Promise<Result<SampleView>>;
}

/** Where a report's events come from. */
export interface EventSource {
  /** Of a period, oldest first, of all nodes. A failure is the last item. */
  read(fromMs: number, toMs: number, signal: AbortSignal): AsyncIterable<Result<Portion<readonly EventView[]>>>;
}

/** Where what was recorded of this machine comes from. */
export interface HostSource {
  /** Rows of a period, oldest first; none where nothing was recorded. The same ones however often they are read. */
  read(fromMs: number, toMs: number): AsyncIterable<HostBatch>;
}

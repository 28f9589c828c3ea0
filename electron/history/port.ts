import type { Failure, Result } from "../../shared/result";
import type { SampleColumns } from "../../shared/history/block";
import type { RollUpLevel, RollUps } from "../../shared/history/roll-up";
import type { Origin } from "./batch";

/** Which samples are read. */
export interface SampleQuestion {
  /** Which fleet; null: the one that is joined. */
  readonly fleet: string | null;
  /** Empty: every node of the fleet. */
  readonly nodeIds: readonly string[];
  /** Unix ms, both included. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Samples of several nodes, one after the other in the order in which they arrived. */
export interface SampleBatchRead {
  /** The nodes of the batch; `node` counts in it. */
  readonly nodeIds: readonly string[];
  /** By the number in `samples.origin`: version, dialect, vertical. */
  readonly origins: ReadonlyMap<number, Origin>;
  /** Index into `nodeIds` of each sample. */
  readonly node: Uint32Array;
  readonly samples: SampleColumns;
  /** The clock went back before this batch: its times begin anew, before those of the batches so far. */
  readonly afterClockWentBack: boolean;
  /** Share of the range that is read with this batch, 0 to 1. */
  readonly progress: number;
}

/** What was read, once all of it was. */
export interface ReadingEnd {
  readonly samples: number;
  /** Packed bodies that could not be read and were left out. */
  readonly unreadable: number;
}

/** Roll-ups of one node, for what is older than the raw samples. */
export interface RollUpsRead {
  readonly nodeId: string;
  readonly level: RollUpLevel;
  readonly rolled: RollUps;
}

/**
 * Reads the history for reports and exports. It reads in a thread of its own, a batch at a time as it is asked for:
 * neither the engine's tick nor the writing of samples waits, and no more than a batch is in memory.
 *
 * Samples come in the order of arrival: by time within a stretch in which the clock did not go back, and of the same
 * time in the order of node ids. What came while it reads may or may not be in it.
 */
export interface HistoryReading {
  /**
   * Every sample of nodes and a range, some minutes of all nodes at a time. A failure ends it and is the last item:
   * CANCELLED once the signal is aborted, HISTORY_UNAVAILABLE, HISTORY_DAMAGED, UNKNOWN_NODE for a node of which
   * nothing is kept. Leaving the loop early ends the reading too.
   */
  samples(question: SampleQuestion, signal?: AbortSignal): AsyncGenerator<Result<SampleBatchRead>, ReadingEnd | Failure>;
  /** Roll-ups of nodes and a range, a node and a day at a time; also where the raw samples are not kept any more. */
  rollUps(question: SampleQuestion, level: RollUpLevel, signal?: AbortSignal): AsyncGenerator<Result<RollUpsRead>, ReadingEnd | Failure>;
  /** Nodes of a fleet that something is kept of, by number. Null: of the one that is joined. */
  nodes(fleet: string | null): Promise<Result<readonly string[]>>;
}

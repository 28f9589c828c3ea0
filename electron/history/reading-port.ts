import { fail, ok, type Failure, type Result } from "../../shared/result";
import type { RollUpLevel } from "../../shared/history/roll-up";
import type { Thread } from "./calls";
import type { HistoryReading, ReadingEnd, RollUpsRead, SampleBatchRead, SampleQuestion } from "./port";
import type { ReaderCalls, WalkCalls } from "./protocol";
import type { WalkQuestion } from "./walk";

/** What the reading port is built from. */
export interface ReadingParts {
  /** Begins a thread for one reading. */
  readonly openWalk: () => Thread<WalkCalls>;
  readonly reader: () => Thread<ReaderCalls>;
  /** The fleet that is joined. */
  readonly fleet: () => string;
  /** What was collected and not written yet is written first, so that a reading ends with now. */
  readonly settle: () => Promise<void>;
}

const CANCELLED = fail("CANCELLED", "The reading was cancelled.");

/** An answer, or CANCELLED as soon as the signal says so. */
function orAborted<Value>(answer: Promise<Value>, signal: AbortSignal | undefined): Promise<Value | typeof CANCELLED> {
  if (signal === undefined) return answer;
  if (signal.aborted) return Promise.resolve(CANCELLED);
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(CANCELLED);
    signal.addEventListener("abort", abort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Opens the reading port. */
export function openReading({ openWalk, reader, fleet, settle }: ReadingParts): HistoryReading {
  const asked = (question: SampleQuestion): WalkQuestion => ({ ...question, fleet: question.fleet ?? fleet() });

  async function* samples(question: SampleQuestion, signal?: AbortSignal): AsyncGenerator<Result<SampleBatchRead>, ReadingEnd | Failure> {
    await settle();
    const thread = openWalk();
    try {
      const begun = await orAborted(thread.call("samples", asked(question)), signal);
      const refused = refusalOf(begun);
      if (refused !== null) return yield* ended(refused);
      const origins = begun.ok ? begun.value.origins : new Map<number, never>();
      let read = 0;
      let unreadable = 0;
      for (;;) {
        const next = await orAborted(thread.call("nextSamples", null), signal);
        if (!next.ok) return yield* ended(next.error);
        if (next.value === null) return { samples: read, unreadable };
        const { unreadable: skipped, ...batch } = next.value;
        read += batch.samples.length;
        unreadable += skipped;
        yield ok({ ...batch, origins });
      }
    } finally {
      await thread.end();
    }
  }

  async function* rollUps(question: SampleQuestion, level: RollUpLevel, signal?: AbortSignal): AsyncGenerator<Result<RollUpsRead>, ReadingEnd | Failure> {
    const thread = openWalk();
    try {
      const begun = await orAborted(thread.call("rollUps", { ...asked(question), level }), signal);
      const refused = refusalOf(begun);
      if (refused !== null) return yield* ended(refused);
      let read = 0;
      let unreadable = 0;
      for (;;) {
        const next = await orAborted(thread.call("nextRollUps", null), signal);
        if (!next.ok) return yield* ended(next.error);
        if (next.value === null) return { samples: read, unreadable };
        read += next.value.rolled.count.reduce((sum, count) => sum + count, 0);
        unreadable += next.value.unreadable;
        yield ok({ nodeId: next.value.nodeId, level, rolled: next.value.rolled });
      }
    } finally {
      await thread.end();
    }
  }

  return { samples, rollUps, nodes: (wanted) => reader().call("nodes", { fleet: wanted ?? fleet() }) };
}

function refusalOf(begun: Result<{ readonly unknownNodes: readonly string[] }>): Failure | null {
  if (!begun.ok) return begun.error;
  const [unknown] = begun.value.unknownNodes;
  return unknown === undefined ? null : { code: "UNKNOWN_NODE", message: `The history has nothing of ${unknown}.` };
}

/** A failure is the last item and what the generator returns. */
function* ended(error: Failure): Generator<Result<never>, Failure> {
  yield { ok: false, error };
  return error;
}

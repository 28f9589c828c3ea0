import type { History } from "../history/desk";
import type { HistoryReading, SampleBatchRead } from "../history/port";
import { TICK_MS } from "../../shared/fleet/tracked-node";
import type { SampleBatch } from "../../shared/report/samples";
import { ok } from "../../shared/result";
import type { SampleSource } from "./source";

/** A batch of the history as reports take it: versions instead of origins. */
function batchFrom({ nodeIds, origins, node, samples }: SampleBatchRead): SampleBatch {
  const versions: (string | null)[] = [];
  const numbers = new Map<number, number>();
  const version = new Uint32Array(samples.length);
  for (let index = 0; index < samples.length; index += 1) {
    const origin = samples.origin[index] ?? NaN;
    let number = numbers.get(origin);
    if (number === undefined) {
      number = versions.push(origins.get(origin)?.version ?? null) - 1;
      numbers.set(origin, number);
    }
    version[index] = number;
  }
  const { atMs, compressionRatio, latencyMs, qualityScore, bandwidthKbps } = samples.columns;
  return { length: samples.length, nodeIds, versions, node, version, atMs, columns: { compressionRatio, latencyMs, qualityScore, bandwidthKbps } };
}

const STORE = "the history";

/** The samples of the history: of the fleet that is joined, as long as raw samples are kept. */
export function historySamples(history: HistoryReading): SampleSource {
  return {
    store: () => Promise.resolve(STORE),
    // A reading begins with writing what was collected; events are written with the tick.
    settlesMs: 2 * TICK_MS,
    nodes: () => history.nodes(null),
    open: ({ nodeIds, fromMs, toMs }) =>
      Promise.resolve(
        ok({
          store: STORE,
          async *read(signal: AbortSignal) {
            for await (const read of history.samples({ fleet: null, nodeIds, fromMs, toMs }, signal)) {
              if (!read.ok) {
                yield read;
                return;
              }
              yield ok({ value: batchFrom(read.value), progress: read.value.progress });
            }
          },
        }),
      ),
  };
}

/** What says whether the history keeps samples. */
export type KeptHistory = Pick<History, "samples" | "rollUps" | "nodes" | "status">;

/** The history, or `instead` while it cannot be written or read: a report of the last minutes is better than none. */
export function historyOr(history: KeptHistory, instead: SampleSource): SampleSource {
  const kept = historySamples(history);
  const chosen = async (): Promise<SampleSource> => ((await history.status()).state === "unavailable" ? instead : kept);
  return {
    settlesMs: Math.max(kept.settlesMs, instead.settlesMs),
    store: async () => (await chosen()).store(),
    nodes: async () => (await chosen()).nodes(),
    open: async (scope) => (await chosen()).open(scope),
  };
}

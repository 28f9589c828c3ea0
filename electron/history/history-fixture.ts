import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseModelVersion, parseNodeId } from "../../shared/fleet/ids";
import type { MetricSample } from "../../shared/fleet/sample";
import { seededRandom } from "../../shared/random";
import { BatchBuilder, type SampleBatch } from "./batch";

/** Samples and folders for the tests of the history. */

/** The fleet of {@link batchOf}. */
export const FLEET = "embedded, seed 7";
/** An even hour, Unix ms. */
export const BEGIN_MS = 1_700_002_800_000;

/** A sample as a node sends it. */
export function sampleAt(nodeId: string, receivedAtMs: number, change: Partial<MetricSample> = {}): MetricSample {
  const id = parseNodeId(nodeId);
  const version = parseModelVersion("1.1.0");
  if (!id.ok || !version.ok) throw new Error(`${nodeId} is no node`);
  return {
    nodeId: id.value,
    dialect: "lydt",
    modelVersion: version.value,
    vertical: "iot",
    sequence: Math.round(receivedAtMs / 500),
    sentAtMs: receivedAtMs - 3.25,
    receivedAtMs,
    compressionRatio: 8.1,
    latencyMs: 21.5,
    qualityScore: 0.91,
    bandwidthKbps: null,
    compressionLevel: 0.5,
    bytesIn: 60_000,
    bytesOut: 7_400,
    modalities: [],
    ...change,
  };
}

let batches = 0;

/** A batch of samples, with a token of its own. */
export function batchOf(samples: readonly MetricSample[], fleet = FLEET): SampleBatch {
  const builder = new BatchBuilder();
  for (const sample of samples) builder.add(fleet, sample);
  batches += 1;
  return builder.take(`test:${String(batches).padStart(12, "0")}`);
}

/** Samples of nodes at 2 Hz from a moment on, with values that differ. */
export function steadySamples(nodeIds: readonly string[], fromMs: number, seconds: number, seed = 1): MetricSample[] {
  const random = seededRandom(seed);
  return Array.from({ length: 2 * seconds }, (_, tick) =>
    nodeIds.map((nodeId) => sampleAt(nodeId, fromMs + 500 * tick + random.next(), { latencyMs: 20 + 3 * random.next(), compressionRatio: 8 + random.next() })),
  ).flat();
}

/** A folder that goes away. Beside the sources, so that native modules are found by what is bundled into it. */
export function scratchFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(import.meta.dirname, "..", "..", "node_modules", ".history-"));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

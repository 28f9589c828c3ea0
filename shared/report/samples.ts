import { METRICS, type Metric } from "../fleet/sample";

/** Samples of several nodes, in the order of their times. */
export interface SampleBatch {
  readonly length: number;
  /** What `node` and `version` count in. */
  readonly nodeIds: readonly string[];
  readonly versions: readonly (string | null)[];
  readonly node: Uint32Array;
  readonly version: Uint32Array;
  /** Unix ms at arrival. */
  readonly atMs: Float64Array;
  /** NaN is what the node did not report. */
  readonly columns: Readonly<Record<Metric, Float64Array>>;
}

/** One sample of a batch. NaN is what the node did not report. */
export interface ReportSample extends Readonly<Record<Metric, number>> {
  readonly atMs: number;
  readonly nodeId: string;
  readonly modelVersion: string | null;
}

/** One sample of a batch by its index. */
export function sampleAt(batch: SampleBatch, index: number): ReportSample {
  const value = (metric: Metric): number => batch.columns[metric][index] ?? NaN;
  return {
    atMs: batch.atMs[index] ?? NaN,
    nodeId: batch.nodeIds[batch.node[index] ?? 0] ?? "",
    modelVersion: batch.versions[batch.version[index] ?? 0] ?? null,
    compressionRatio: value("compressionRatio"),
    latencyMs: value("latencyMs"),
    qualityScore: value("qualityScore"),
    bandwidthKbps: value("bandwidthKbps"),
  };
}

/** Makes a batch of samples, in their order. */
export function batchOf(samples: readonly ReportSample[]): SampleBatch {
  const nodes = new Map<string, number>();
  const versions = new Map<string | null, number>();
  const numberIn = <Key>(known: Map<Key, number>, key: Key): number => {
    const number = known.get(key) ?? known.size;
    known.set(key, number);
    return number;
  };
  const column = (metric: Metric): Float64Array => Float64Array.from(samples, (sample) => sample[metric]);
  const node = Uint32Array.from(samples, ({ nodeId }) => numberIn(nodes, nodeId));
  const version = Uint32Array.from(samples, ({ modelVersion }) => numberIn(versions, modelVersion));
  return {
    length: samples.length,
    nodeIds: [...nodes.keys()],
    versions: [...versions.keys()],
    node,
    version,
    atMs: Float64Array.from(samples, ({ atMs }) => atMs),
    columns: Object.fromEntries(METRICS.map((metric) => [metric, column(metric)])) as Record<Metric, Float64Array>,
  };
}

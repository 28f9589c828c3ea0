import type { ModelVersion, NodeId } from "./ids";

/** What a node is built for; it decides its sensor rate and sizes (wire protocol, 1.6). */
export type Vertical = "drone" | "iot";

/** Which wire dialect a message was spoken in. */
export type Dialect = "lydt" | "legacy";

/** The metrics that are shown and judged. */
export const METRICS = ["compressionRatio", "latencyMs", "qualityScore", "bandwidthKbps"] as const;

/** One of {@link METRICS}. */
export type Metric = (typeof METRICS)[number];

/** Bytes and quality of one sensor modality within a sample, as the node reports them. */
export interface ModalityBytes {
  readonly modality: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/**
 * One metrics message of a node, parsed and range-checked. Every number is finite; what the node did
 * not report, or what its dialect cannot say, is null.
 */
export interface MetricSample {
  readonly nodeId: NodeId;
  readonly dialect: Dialect;
  /** Null in the legacy dialect, which carries no version. */
  readonly modelVersion: ModelVersion | null;
  readonly vertical: Vertical | null;
  /** The compressed frame's sequence number; resets when the node restarts. Null in the legacy dialect. */
  readonly sequence: number | null;
  /** The node's own clock, Unix ms. Null in the legacy dialect. */
  readonly sentAtMs: number | null;
  /** This machine's clock at arrival, Unix ms. */
  readonly receivedAtMs: number;
  /** Bytes in over bytes out, > 0. */
  readonly compressionRatio: number;
  /** Wall time of the encode in ms, > 0. */
  readonly latencyMs: number;
  /** 0 to 1; null where the node reported something that is no quality score (original system, TRT node). */
  readonly qualityScore: number | null;
  /** kbit/s; null where the source's unit cannot be known. */
  readonly bandwidthKbps: number | null;
  readonly compressionLevel: number | null;
  readonly bytesIn: number | null;
  readonly bytesOut: number | null;
  readonly modalities: readonly ModalityBytes[];
}

/** A sign of life without metrics. */
export interface Heartbeat {
  readonly nodeId: NodeId;
  readonly modelVersion: ModelVersion | null;
  readonly vertical: Vertical | null;
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}

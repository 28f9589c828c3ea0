import type { ModelVersion, NodeId } from "./ids";
import type { Vertical } from "./sample";

/** What the coordinator allots one node, as it was read. The same signal comes in two dialects. */
export interface Coordination {
  readonly nodeId: NodeId;
  readonly dialect: "lydt" | "legacy";
  /** This machine's clock at arrival, Unix ms. */
  readonly receivedAtMs: number;
  /** How hard the node is asked to compress, 0.1 to 0.98; higher is more aggressive. */
  readonly targetCompression: number;
  /** Share of the uplink, Mbit/s, from 0. */
  readonly allocatedMbps: number;
  readonly fleetCompressionRatio: number;
  readonly fleetLatencyMs: number;
  /** 0 to 1; null where nodes report something that is no quality score, which the average inherits. */
  readonly fleetQualityScore: number | null;
}

/** A node as the fleet hub sees it. */
export interface HubNode {
  readonly nodeId: NodeId;
  /** Whether the hub heard a heartbeat or metrics of it within 5 s. */
  readonly isAlive: boolean;
  readonly vertical: Vertical | null;
  readonly modelVersion: ModelVersion | null;
  /** Bytes in over bytes out; null before the hub has metrics of it (it then writes 0). */
  readonly compressionRatio: number | null;
  readonly latencyMs: number | null;
  readonly qualityScore: number | null;
}

/** What the fleet hub says of the fleet. */
export interface HubStatus {
  /** This machine's clock at arrival, Unix ms. */
  readonly receivedAtMs: number;
  /** The name of the hub's fleet profile; null where it names none. */
  readonly profile: string | null;
  /** In the hub's order; no node twice. */
  readonly nodes: readonly HubNode[];
}

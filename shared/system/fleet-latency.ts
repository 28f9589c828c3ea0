import { quantile } from "../quantiles";

/** A node whose newest sample is older has no latency now: a 2 Hz node may miss four. */
const CURRENT_FOR_MS = 2_500;

/** How the latencies of the nodes lie now; NaN where no node has one. */
export interface LatencyBand {
  readonly p10Ms: number;
  readonly medianMs: number;
  readonly p90Ms: number;
}

/** The fleet's latency at any time: every node counts once, with the mean of what it reported since the last look. */
export class FleetLatency {
  private readonly nodes = new Map<string, { sumMs: number; count: number; meanMs: number; atMs: number }>();

  /** Takes a sample's latency, at a monotonic time. */
  note(nodeId: string, latencyMs: number, atMs: number): void {
    const before = this.nodes.get(nodeId) ?? { sumMs: 0, count: 0, meanMs: latencyMs, atMs };
    this.nodes.set(nodeId, { sumMs: before.sumMs + latencyMs, count: before.count + 1, meanMs: before.meanMs, atMs });
  }

  /** The band of all nodes heard within 2.5 s; begins the next stretch. */
  take(nowMs: number): LatencyBand {
    const means: number[] = [];
    for (const [nodeId, node] of this.nodes) {
      if (nowMs - node.atMs > CURRENT_FOR_MS) {
        this.nodes.delete(nodeId);
        continue;
      }
      const meanMs = node.count === 0 ? node.meanMs : node.sumMs / node.count;
      means.push(meanMs);
      this.nodes.set(nodeId, { sumMs: 0, count: 0, meanMs, atMs: node.atMs });
    }
    return { p10Ms: quantile(means, 0.1), medianMs: quantile(means, 0.5), p90Ms: quantile(means, 0.9) };
  }
}

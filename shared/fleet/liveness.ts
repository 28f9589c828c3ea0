import type { Liveness } from "../contract/snapshot";

/** After how long without a sign a node is stale, and lost. Lichtblick's diagnostics use the same 5 s. */
export const STALE_AFTER_MS = 5_000;
export const LOST_AFTER_MS = 30_000;

/** What is known of a node's signs of life; all times on the monotonic clock, in ms. */
export interface SignsOfLife {
  /** When a publisher of the node was first seen, or seen again after it was lost. */
  readonly joinedAtMs: number;
  readonly lastMetricsAtMs: number | null;
  readonly lastHeartbeatAtMs: number | null;
}

/**
 * Tells a node's presence. Metrics within 5 s: live. Only heartbeats within 5 s: alive without metrics
 * (joining while it is younger than that). Nothing for 5 s: stale, for 30 s: lost.
 */
export function livenessOf(signs: SignsOfLife, nowMs: number): Liveness {
  const metricsAgeMs = signs.lastMetricsAtMs === null ? Infinity : nowMs - signs.lastMetricsAtMs;
  const heartbeatAgeMs = signs.lastHeartbeatAtMs === null ? Infinity : nowMs - signs.lastHeartbeatAtMs;
  const sinceJoinMs = nowMs - signs.joinedAtMs;
  if (metricsAgeMs < STALE_AFTER_MS) return "live";
  if (sinceJoinMs < STALE_AFTER_MS) return "joining";
  if (heartbeatAgeMs < STALE_AFTER_MS) return "no-metrics";
  const silentForMs = Math.min(metricsAgeMs, heartbeatAgeMs, sinceJoinMs);
  return silentForMs < LOST_AFTER_MS ? "stale" : "lost";
}

import type { Liveness } from "../contract/snapshot";

/** After how long without a sign a node is stale, and lost, where no policy says otherwise. Lichtblick's diagnostics use the same 5 s. */
export const STALE_AFTER_MS = 5_000;
export const LOST_AFTER_MS = 30_000;

/** After how long without a sign a node is stale, and lost; ms. The policy's, as a rule. */
export interface SilenceLimits {
  readonly staleAfterMs: number;
  readonly lostAfterMs: number;
}

/** See {@link STALE_AFTER_MS}. */
export const DEFAULT_SILENCE: SilenceLimits = { staleAfterMs: STALE_AFTER_MS, lostAfterMs: LOST_AFTER_MS };

/** What is known of a node's signs of life; all times on the monotonic clock, in ms. */
export interface SignsOfLife {
  /** When a publisher of the node was first seen, or seen again after it was lost. */
  readonly joinedAtMs: number;
  readonly lastMetricsAtMs: number | null;
  readonly lastHeartbeatAtMs: number | null;
}

/**
 * Tells a node's presence, with 5 s and 30 s as limits: metrics within 5 s: live. Only heartbeats within 5 s: alive
 * without metrics (joining while it is younger than that). Nothing for 5 s: stale, for 30 s: lost.
 */
export function livenessOf(signs: SignsOfLife, nowMs: number, { staleAfterMs, lostAfterMs }: SilenceLimits = DEFAULT_SILENCE): Liveness {
  const metricsAgeMs = signs.lastMetricsAtMs === null ? Infinity : nowMs - signs.lastMetricsAtMs;
  const heartbeatAgeMs = signs.lastHeartbeatAtMs === null ? Infinity : nowMs - signs.lastHeartbeatAtMs;
  const sinceJoinMs = nowMs - signs.joinedAtMs;
  if (metricsAgeMs < staleAfterMs) return "live";
  if (sinceJoinMs < staleAfterMs) return "joining";
  if (heartbeatAgeMs < staleAfterMs) return "no-metrics";
  const silentForMs = Math.min(metricsAgeMs, heartbeatAgeMs, sinceJoinMs);
  return silentForMs < lostAfterMs ? "stale" : "lost";
}

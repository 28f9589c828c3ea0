import type { AlertView } from "../contract/alerts";
import { DEFAULT_LIMITS } from "../contract/settings";
import type { NodeView } from "../contract/snapshot";
import type { Reading } from "./reading";

/** Data for tests: what rules see, to be changed where a test looks. */

/** A node whose latency is far beyond its limit. */
export function readingFixture(change: Partial<Reading> = {}): Reading {
  const { nodeId = "node_3" } = change;
  return {
    ruleId: "latency-high",
    subject: nodeId ?? "fleet",
    nodeId,
    nodeIds: [],
    version: "1.1.0",
    standing: "bad",
    isSilent: false,
    value: 63,
    limit: 50,
    title: `Latency above 50 ms on ${nodeId ?? "the fleet"}`,
    sentence: "Latency 63.0 ms, median of the newest 5 s; limit 50 ms.",
    ...change,
  };
}

/** An alert that fires and that nobody has acknowledged. */
export function alertFixture(change: Partial<AlertView> = {}): AlertView {
  return {
    alertId: "a-0001",
    ruleId: "latency-high",
    severity: "warning",
    nodeId: "node_3",
    version: "1.1.0",
    nodeIds: [],
    title: "Latency above 50 ms on node_3",
    sentence: "Latency 63.0 ms, median of the newest 5 s; limit 50 ms.",
    value: 63,
    limit: 50,
    state: "firing",
    raisedAtMs: 1_700_000_000_000,
    lastRaisedAtMs: 1_700_000_000_000,
    count: 1,
    isFlapping: false,
    frozenAtMs: null,
    endedAtMs: null,
    resolution: null,
    acknowledged: null,
    silenced: null,
    inhibitedBy: null,
    isOnce: false,
    ...change,
  };
}

const AT_MS = 1_700_000_000_000;

/** A live iot node that runs 1.1.0, within every limit. */
export function nodeViewFixture(change: Partial<NodeView> = {}): NodeView {
  return {
    nodeId: "node_1",
    revision: 1,
    vertical: "iot",
    dialect: "lydt",
    profileRateHz: 2,
    sampleRateHz: 2,
    liveness: "live",
    livenessSinceMs: AT_MS - 60_000,
    state: "live",
    attention: "none",
    stateSinceMs: AT_MS - 60_000,
    sentence: "Runs 1.1.0; the newest sample is within every limit.",
    modelVersion: "1.1.0",
    drill: false,
    latest: { compressionRatio: 8.4, latencyMs: 21.6, qualityScore: 0.91, bandwidthKbps: 53, receivedAtMs: AT_MS - 100 },
    lastHeardAtMs: AT_MS - 100,
    beyond: [],
    trail: {
      compressionRatio: Float32Array.of(8.3, 8.4),
      latencyMs: Float32Array.of(21, 21.6),
      qualityScore: Float32Array.of(0.9, 0.91),
    },
    command: null,
    rollback: { offered: true, version: "1.0.0", reason: "1.0.0 was good on node_1 to its last sample." },
    guard: null,
    limits: { ...DEFAULT_LIMITS },
    history: [],
    missedFrames: { basis: "counted", missed: 0, expected: 120, restarts: 0 },
    coordination: null,
    malformed: 0,
    ...change,
  };
}

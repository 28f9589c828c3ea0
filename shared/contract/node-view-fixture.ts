import { DEFAULT_LIMITS } from "./settings";
import type { NodeView } from "./snapshot";

/** Data for tests: a live iot node at `atMs`, Unix ms, that runs 1.1.0 and could go back to 1.0.0. */
export function nodeViewFixture(atMs: number, change: Partial<NodeView> = {}): NodeView {
  return {
    nodeId: "node_1",
    revision: 1,
    vertical: "iot",
    dialect: "lydt",
    profileRateHz: 2,
    sampleRateHz: 2,
    liveness: "live",
    livenessSinceMs: atMs - 60_000,
    state: "live",
    attention: "none",
    stateSinceMs: atMs - 60_000,
    sentence: "Runs 1.1.0; the newest sample is within every limit.",
    modelVersion: "1.1.0",
    drill: false,
    latest: { compressionRatio: 8.4, latencyMs: 21.6, qualityScore: 0.91, bandwidthKbps: 53, receivedAtMs: atMs - 100 },
    lastHeardAtMs: atMs - 100,
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

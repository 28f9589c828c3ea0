import type { AlertView } from "../contract/alerts";
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

import { nodeViewFixture } from "../../shared/contract/node-view-fixture";
import { DEFAULT_LIMITS } from "../../shared/contract/settings";
import type { GuardView } from "../../shared/contract/guard";
import type { MetricJudgement } from "../../shared/contract/judging";
import type { CommandPhase, CommandView, NodeView, Snapshot } from "../../shared/contract/snapshot";

/** Data for tests: a fleet in which everything is as expected, to be changed where a test looks. */

/** Wall time of the fixture's newest tick, Unix ms. */
export const NOW_MS = Date.UTC(2026, 2, 1, 14, 6, 12);

/** A live iot node that runs 1.1.0 and could go back to 1.0.0. */
export function nodeFixture(change: Partial<NodeView> = {}): NodeView {
  return nodeViewFixture(NOW_MS, change);
}

/** A committed version that passes, on a node with a full baseline. */
export function guardFixture(change: Partial<GuardView> = {}): GuardView {
  return {
    verdict: {
      outcome: "pass",
      metric: "latencyMs",
      reason: "none",
      value: 21.6,
      limit: 50,
      n: 600,
      statistic: null,
      statisticLimit: null,
      sinceMs: NOW_MS - 60_000,
      sentence: "1.1.0 passes: latency 21.6 ms now, baseline 22.0 ms (−2 %).",
    },
    trial: { phase: "committed", hasSwapped: true, passed: 240, needed: 240, sinceMs: NOW_MS - 600_000, commitByMs: null },
    hold: null,
    quarantined: [],
    baselineSamples: 1920,
    baselineNeeded: 120,
    ...change,
  };
}

/** One metric of a node that passes, with a baseline of its own. */
export function judgedMetricFixture(change: Partial<MetricJudgement> = {}): MetricJudgement {
  const none = new Float64Array();
  return {
    metric: "latencyMs",
    limit: 50,
    side: "max",
    recoverAt: 47.5,
    maxChange: 0.3,
    role: "guardrail",
    critical: false,
    mustHaveData: true,
    n: 600,
    outcome: "pass",
    failing: null,
    baseline: { version: "1.1.0", isHeld: false, median: 22, spread: 1, n: 480, rho: 0.3, frozenAtMs: NOW_MS - 190_000 },
    hard: { length: 0, needed: 9 },
    relative: { length: 0, needed: 3 },
    charts: [],
    path: { atMs: none, driftSlow: none, driftFast: none, spread: none },
    ...change,
  };
}

/** A rollback of `node_1` from 1.1.0 to 1.0.0 that took the given steps, one second apart, the last one now. */
export function commandFixture(phases: readonly CommandPhase[], change: Partial<CommandView> = {}): CommandView {
  return {
    commandId: "c-0007",
    nodeId: "node_1",
    kind: "rollback",
    actor: "operator",
    placedBy: { kind: "operator" },
    version: "1.0.0",
    fromVersion: "1.1.0",
    phase: phases.at(-1) ?? "requested",
    attempts: 1,
    verifySamples: 0,
    verifySamplesNeeded: 12,
    steps: phases.map((phase, index) => ({ phase, atMs: NOW_MS - (phases.length - 1 - index) * 1_000, note: "" })),
    sentence: "1.0.0 sent to node_1, waiting for its report.",
    ...change,
  };
}

/** A snapshot of these nodes over an embedded link that is up. */
export function snapshotFixture(nodes: readonly NodeView[], change: Partial<Snapshot> = {}): Snapshot {
  return {
    tick: 1,
    atMs: NOW_MS,
    periodMs: 500,
    periodP95Ms: 503,
    link: {
      kind: "embedded",
      state: "up",
      sinceMs: NOW_MS - 120_000,
      sentence: "6 nodes run inside this application.",
      notices: [],
      seed: 7,
      domainId: null,
      discoveryRange: null,
    },
    hub: null,
    processes: [],
    journal: { state: "written", sentence: "Every decision is written.", lastWriteAtMs: NOW_MS - 1_000 },
    malformed: 0,
    samples: 1_000,
    limits: { ...DEFAULT_LIMITS },
    policyRevision: 0,
    nodes: [...nodes],
    events: [],
    ...change,
  };
}

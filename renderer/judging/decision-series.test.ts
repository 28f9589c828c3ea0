import { describe, expect, it } from "vitest";
import type { DecisionView, QuarantineView } from "../../shared/contract/judging";
import { isDecision } from "./decisions";
import { decisionSeries } from "./decision-series";
import { glyphOfEvent, hueOfEvent } from "./event-glyphs";
import { entriesFor, scopeText } from "./quarantine-entries";

const event = { id: 7, tMs: 9_000, event: "rollback-held", nodeId: "node_1", actor: "policy", sentence: "", detail: {} } as const;

function decisionOf(atMs: readonly number[]): DecisionView {
  const values = Float64Array.from(atMs, (_, index) => index);
  return {
    event,
    samples: { atMs: Float64Array.from(atMs), compressionRatio: values, latencyMs: values, qualityScore: values },
    metric: "latencyMs",
    statistic: null,
    limit: 50,
    baseline: null,
    policyRevision: 3,
    policy: null,
    why: [],
    whyNot: [],
  };
}

describe("the samples of a decision", () => {
  it("are drawn from the first to the last, with a gap where the node was silent", () => {
    const series = decisionSeries(decisionOf([0, 100, 200, 900, 1_000]));
    expect(series).toMatchObject({ fromMs: 0, toMs: 1_000, nodeId: "node_1", gaps: [{ fromMs: 200, toMs: 900 }] });
    expect(series?.bandwidthKbps.every((value) => Number.isNaN(value)), "bandwidth was not kept, and is not invented").toBe(true);
  });

  it("are no chart where none were kept, and a stretch of some length where there is one", () => {
    expect(decisionSeries(decisionOf([]))).toBeNull();
    expect(decisionSeries(decisionOf([500]))).toMatchObject({ fromMs: 500, toMs: 501, gaps: [] });
  });
});

describe("events", () => {
  it.each([
    ["verdict", true],
    ["rollback-requested", true],
    ["rollback-held", true],
    ["quarantine-lifted", true],
    ["rollback-sent", false],
    ["node-stale", false],
  ])("%s is a decision: %s", (name, is) => {
    expect(isDecision({ event: name })).toBe(is);
  });

  it("have the shape of their end, a verdict that of its outcome, and a hue only where a person is needed", () => {
    const shape = (name: string, outcome?: string) => glyphOfEvent({ event: name, detail: outcome === undefined ? {} : { outcome } });
    expect([shape("node-stale"), shape("rollback-held"), shape("deploy-verified"), shape("something-new")]).toEqual(["stale", "held", "verified", "waiting"]);
    expect([shape("verdict", "fail"), shape("verdict", "warn"), shape("verdict", "pass"), shape("verdict")]).toEqual(["failing", "drifting", "live", "waiting"]);
    expect([hueOfEvent("failing"), hueOfEvent("held"), hueOfEvent("drifting"), hueOfEvent("verified")]).toEqual(["hue-high", "hue-high", "hue-medium", "hue-low"]);
  });
});

describe("what keeps a version from a node", () => {
  const entry = (version: string, scope: QuarantineView["scope"]): QuarantineView => ({ version, scope, sinceMs: 0, sentence: "" });
  const entries = [
    entry("1.2.0", { kind: "class", vertical: "drone" }),
    entry("1.2.0", { kind: "node", nodeId: "node_1" }),
    entry("1.2.0", { kind: "node", nodeId: "node_2" }),
    entry("1.3.0", { kind: "node", nodeId: "node_1" }),
    entry("1.2.0", { kind: "class", vertical: null }),
  ];

  it("is its own entry and that of its profile, for this version", () => {
    expect(entriesFor(entries, { version: "1.2.0", nodeId: "node_1", vertical: "drone" }).map(scopeText)).toEqual(["every node of profile drone", "node_1"]);
    expect(entriesFor(entries, { version: "1.2.0", nodeId: "node_9", vertical: null }).map(scopeText)).toEqual(["every node that reports no profile"]);
    expect(entriesFor(entries, { version: "1.3.0", nodeId: "node_2", vertical: "iot" })).toEqual([]);
  });
});

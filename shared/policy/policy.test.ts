import { describe, expect, test } from "vitest";
import { DEFAULT_POLICY, fleetPolicyOf, guardrailCount, nodePolicyOf, parsePolicy, type Policy } from "./policy";

describe("a policy", () => {
  test("has the limits of the field where nobody set any, and recovers 5 % inside of them", () => {
    const { compressionRatio, latencyMs, qualityScore } = nodePolicyOf(DEFAULT_POLICY, "node_0", null);
    expect([compressionRatio.limit, latencyMs.limit, qualityScore.limit]).toEqual([5, 50, 0.7]);
    expect([compressionRatio.side, latencyMs.side, qualityScore.side]).toEqual(["min", "max", "min"]);
    expect([compressionRatio.recoverAt, latencyMs.recoverAt, qualityScore.recoverAt]).toEqual([5.25, 47.5, 0.735]);
    expect([compressionRatio.maxChange, latencyMs.role, latencyMs.critical, qualityScore.critical, qualityScore.mustHaveData]).toEqual([0.3, "guardrail", false, true, true]);
    expect(fleetPolicyOf(DEFAULT_POLICY)).toEqual({
      days: 30,
      nodes: null,
      baselinesPerDay: 1,
      warmUpMs: 2_000,
      commitSamples: 240,
      commitWithinMs: 600_000,
      baselineSamples: 120,
      staleAfterMs: 5_000,
      lostAfterMs: 30_000,
      rollBackOnFail: true,
      holdOnCommonCause: true,
      maxRollbacksPerHour: 2,
      dryRun: false,
    });
  });

  test("takes a node's own settings before its vertical's before the fleet's", () => {
    const policy: Policy = {
      limits: { maxLatencyMs: 40 },
      roles: { latencyMs: "signal" },
      verticals: { drone: { limits: { maxLatencyMs: 30 }, maxChange: { latencyMs: 0.2 } } },
      nodes: { node_3: { limits: { maxLatencyMs: 20 }, critical: { latencyMs: true } } },
    };
    expect(nodePolicyOf(policy, "node_1", "iot").latencyMs).toMatchObject({ limit: 40, role: "signal", maxChange: 0.3 });
    expect(nodePolicyOf(policy, "node_1", "drone").latencyMs).toMatchObject({ limit: 30, role: "signal", maxChange: 0.2 });
    expect(nodePolicyOf(policy, "node_3", "drone").latencyMs).toMatchObject({ limit: 20, maxChange: 0.2, critical: true });
    expect(nodePolicyOf(policy, "toString", null).latencyMs.limit).toBe(40);
  });

  test("counts every metric that can roll back anywhere, and never none", () => {
    expect(guardrailCount({})).toBe(3);
    expect(guardrailCount({ roles: { latencyMs: "signal", qualityScore: "muted" } })).toBe(1);
    expect(guardrailCount({ roles: { latencyMs: "signal" }, nodes: { node_0: { roles: { latencyMs: "guardrail" } } } })).toBe(3);
    expect(guardrailCount({ roles: { compressionRatio: "muted", latencyMs: "muted", qualityScore: "muted" } })).toBe(1);
  });

  test("is refused with the path of what is wrong", () => {
    const cases: readonly (readonly [unknown, string])[] = [
      [{ budget: { days: 0 } }, "budget.days"],
      [{ limits: { maxLatencyMs: Number.NaN } }, "limits.maxLatencyMs"],
      [{ roles: { latencyMs: "guard" } }, "roles.latencyMs"],
      [{ limit: {} }, "limit"],
      [{ trial: { baselineSamples: 119 } }, "trial.baselineSamples"],
      [{ nodes: { node_0: { maxChange: { qualityScore: 0 } } } }, "nodes.node_0.maxChange.qualityScore"],
    ];
    for (const [input, path] of cases) {
      const parsed = parsePolicy(input);
      expect(parsed.ok ? "accepted" : parsed.error.message).toContain(path);
      expect(parsed.ok ? "" : parsed.error.code).toBe("BAD_POLICY");
    }
    expect(parsePolicy([]).ok).toBe(false);
    expect(parsePolicy({ budget: { days: 7 } })).toEqual({ ok: true, value: { budget: { days: 7 } } });
  });
});

describe("a policy with every setting", () => {
  const everyMetric = <Value>(value: Value) => ({ compressionRatio: value, latencyMs: value, qualityScore: value });
  const scope = {
    limits: { minCompressionRatio: 3, maxLatencyMs: 80, minQualityScore: 0.5 },
    maxChange: everyMetric(0.2),
    roles: { compressionRatio: "guardrail", latencyMs: "signal", qualityScore: "muted" },
    critical: everyMetric(true),
    mustHaveData: everyMetric(false),
  } as const;

  test("is taken whole", () => {
    const policy = {
      ...scope,
      budget: { days: 7, nodes: 12, baselinesPerDay: 4 },
      trial: { warmUpMs: 0, commitSamples: 12, baselineSamples: 240, staleAfterMs: 500, lostAfterMs: 1_000 },
      engine: { rollBackOnFail: false, holdOnCommonCause: false, maxRollbacksPerHour: 0, dryRun: true },
      verticals: { drone: scope, iot: { limits: { maxLatencyMs: 90 } } },
      nodes: { node_1: { limits: { minQualityScore: 0.6 } } },
    } as const;
    expect(parsePolicy(policy)).toEqual({ ok: true, value: policy });
    expect(fleetPolicyOf(policy)).toMatchObject({ ...policy.budget, ...policy.trial, ...policy.engine });
    expect(nodePolicyOf(policy, "node_0", null)).toMatchObject({
      compressionRatio: { limit: 3, maxChange: 0.2, role: "guardrail", critical: true, mustHaveData: false },
      latencyMs: { limit: 80, role: "signal", mustHaveData: false },
      qualityScore: { limit: 0.5, role: "muted", mustHaveData: false },
    });
    expect(nodePolicyOf(policy, "node_1", "iot")).toMatchObject({ compressionRatio: { limit: 3 }, latencyMs: { limit: 90 }, qualityScore: { limit: 0.6 } });
    expect(nodePolicyOf({ ...scope }, "node_1", "iot").latencyMs.limit).toBe(80);
  });

  test("is refused with the code and the place of what is wrong", () => {
    for (const [input, start] of [
      [[], "The policy is a list and not an object."],
      [null, "The policy is not as it must be:"],
      [{ roles: { latencyMs: "" } }, "The policy's roles.latencyMs is not as it must be:"],
      [{ trial: { warmUpMs: -1 } }, "The policy's trial.warmUpMs is not as it must be:"],
      [{ trial: { commitSamples: 12.5 } }, "The policy's trial.commitSamples is not as it must be:"],
      [{ verticals: { boat: {} } }, "The policy's verticals.boat is not as it must be:"],
    ] as const) {
      const parsed = parsePolicy(input);
      expect([input, parsed.ok ? null : parsed.error.code]).toEqual([input, "BAD_POLICY"]);
      expect(parsed.ok ? "" : parsed.error.message).toContain(start);
    }
  });
});

import * as v from "valibot";
import { DEFAULT_LIMITS, limitsSchema, type Limits } from "../contract/settings";
import type { Vertical } from "../fleet/sample";
import { LIMITED_METRICS, limitOf, type LimitedMetric } from "../judge/limits";
import { fail, ok, type Result } from "../result";

const finite = v.pipe(v.number(), v.finite());
const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const durationMs = (most: number) => v.pipe(finite, v.minValue(0), v.maxValue(most));

/**
 * What a metric decides. guardrail: rolls back; signal: warns and holds a roll-out, never rolls back;
 * muted: measured and shown, never judged.
 */
export const metricRoleSchema = v.picklist(["guardrail", "signal", "muted"]);
/** See {@link metricRoleSchema}. */
export type MetricRole = v.InferOutput<typeof metricRoleSchema>;

const share = v.pipe(finite, v.minValue(0.01), v.maxValue(10));
const perMetric = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.partial(v.strictObject({ compressionRatio: schema, latencyMs: schema, qualityScore: schema }));

/** What can be set for the fleet, and set otherwise for one vertical or one node. What is absent is inherited. */
const scopeEntries = {
  limits: v.optional(v.partial(limitsSchema)),
  /** Largest change for the worse against the baseline, as a share of it. */
  maxChange: v.optional(perMetric(share)),
  roles: v.optional(perMetric(metricRoleSchema)),
  /** A failure of it outranks missing data and errors of others. */
  critical: v.optional(perMetric(v.boolean())),
  /** Missing data in the trial after a swap counts as a failure of the new version. */
  mustHaveData: v.optional(perMetric(v.boolean())),
} as const;

const scopeSchema = v.strictObject(scopeEntries);

/** The policy as it is written in a file, journalled and edited. Everything absent has its default. */
export const policySchema = v.strictObject({
  ...scopeEntries,
  budget: v.optional(
    v.strictObject({
      /** At most one false rollback of the whole fleet in so many days. */
      days: v.optional(v.pipe(finite, v.minValue(0.01), v.maxValue(3650))),
      /** Nodes that the budget is for; absent: those that are there. */
      nodes: v.optional(whole(1, 10_000)),
      /** Swaps of a node in a day that the budget has to cover, on average. */
      baselinesPerDay: v.optional(v.pipe(finite, v.minValue(0.01), v.maxValue(1000))),
    }),
  ),
  trial: v.optional(
    v.strictObject({
      /** Samples so soon after a swap are ignored. */
      warmUpMs: v.optional(durationMs(600_000)),
      /** Samples that pass before a version counts as committed. */
      commitSamples: v.optional(whole(12, 100_000)),
      /** A version that has not committed so long after its swap is taken back. */
      commitWithinMs: v.optional(v.pipe(finite, v.minValue(10_000), v.maxValue(86_400_000))),
      /** Samples of the first baseline. */
      baselineSamples: v.optional(whole(120, 1920)),
      staleAfterMs: v.optional(v.pipe(finite, v.minValue(500), v.maxValue(600_000))),
      lostAfterMs: v.optional(v.pipe(finite, v.minValue(1_000), v.maxValue(3_600_000))),
    }),
  ),
  engine: v.optional(
    v.strictObject({
      rollBackOnFail: v.optional(v.boolean()),
      holdOnCommonCause: v.optional(v.boolean()),
      /** Automatic rollbacks of one node in an hour; then it is left as it is and a person is called. */
      maxRollbacksPerHour: v.optional(whole(0, 100)),
      /** Decide and journal, send nothing. */
      dryRun: v.optional(v.boolean()),
    }),
  ),
  verticals: v.optional(v.partial(v.strictObject({ drone: scopeSchema, iot: scopeSchema }))),
  nodes: v.optional(v.record(v.pipe(v.string(), v.maxLength(64)), scopeSchema)),
});

/** A policy as it is written. */
export type Policy = v.InferOutput<typeof policySchema>;
type Scope = v.InferOutput<typeof scopeSchema>;

/** What one metric of one node is held to. */
export interface MetricPolicy {
  readonly limit: number;
  readonly side: "min" | "max";
  /** Where a failing metric counts as well again: 5 % inside of the limit. */
  readonly recoverAt: number;
  readonly maxChange: number;
  readonly role: MetricRole;
  readonly critical: boolean;
  readonly mustHaveData: boolean;
}

/** What one node is held to. */
export type NodePolicy = Readonly<Record<LimitedMetric, MetricPolicy>>;

/** How far inside of a limit a failing metric must come back, as a share of the limit. */
const RECOVERY_SHARE = 0.05;

/** The parts of a policy that are for the whole fleet, with every default filled in. */
export interface FleetPolicy {
  readonly days: number;
  /** Null: as many as are there. */
  readonly nodes: number | null;
  readonly baselinesPerDay: number;
  readonly warmUpMs: number;
  readonly commitSamples: number;
  readonly commitWithinMs: number;
  readonly baselineSamples: number;
  readonly staleAfterMs: number;
  readonly lostAfterMs: number;
  readonly rollBackOnFail: boolean;
  readonly holdOnCommonCause: boolean;
  readonly maxRollbacksPerHour: number;
  readonly dryRun: boolean;
}

/** What holds before anyone set anything. */
export const DEFAULT_POLICY: Policy = {};

/** Fills in the defaults of what is for the whole fleet. */
export function fleetPolicyOf(policy: Policy): FleetPolicy {
  const { budget, trial, engine } = policy;
  return {
    days: budget?.days ?? 30,
    nodes: budget?.nodes ?? null,
    baselinesPerDay: budget?.baselinesPerDay ?? 1,
    warmUpMs: trial?.warmUpMs ?? 2_000,
    commitSamples: trial?.commitSamples ?? 240,
    commitWithinMs: trial?.commitWithinMs ?? 600_000,
    baselineSamples: trial?.baselineSamples ?? 120,
    staleAfterMs: trial?.staleAfterMs ?? 5_000,
    lostAfterMs: trial?.lostAfterMs ?? 30_000,
    rollBackOnFail: engine?.rollBackOnFail ?? true,
    holdOnCommonCause: engine?.holdOnCommonCause ?? true,
    maxRollbacksPerHour: engine?.maxRollbacksPerHour ?? 2,
    dryRun: engine?.dryRun ?? false,
  };
}

/** What a node is held to: its own settings before those of its vertical before the fleet's before the defaults. */
export function nodePolicyOf(policy: Policy, nodeId: string, vertical: Vertical | null): NodePolicy {
  const own = policy.nodes !== undefined && Object.hasOwn(policy.nodes, nodeId) ? policy.nodes[nodeId] : undefined;
  const scopes: readonly Scope[] = [own ?? {}, (vertical === null ? undefined : policy.verticals?.[vertical]) ?? {}, policy];
  const first = <Value>(pick: (scope: Scope) => Value | undefined, otherwise: Value): Value => {
    for (const scope of scopes) {
      const value = pick(scope);
      if (value !== undefined) return value;
    }
    return otherwise;
  };
  const limits: Limits = {
    minCompressionRatio: first((scope) => scope.limits?.minCompressionRatio, DEFAULT_LIMITS.minCompressionRatio),
    maxLatencyMs: first((scope) => scope.limits?.maxLatencyMs, DEFAULT_LIMITS.maxLatencyMs),
    minQualityScore: first((scope) => scope.limits?.minQualityScore, DEFAULT_LIMITS.minQualityScore),
  };
  const metricPolicy = (metric: LimitedMetric): MetricPolicy => {
    const { value: limit, side } = limitOf(metric, limits);
    return {
      limit,
      side,
      recoverAt: side === "min" ? limit * (1 + RECOVERY_SHARE) : limit * (1 - RECOVERY_SHARE),
      maxChange: first((scope) => scope.maxChange?.[metric], 0.3),
      role: first((scope) => scope.roles?.[metric], "guardrail"),
      critical: first((scope) => scope.critical?.[metric], metric !== "latencyMs"),
      mustHaveData: first((scope) => scope.mustHaveData?.[metric], true),
    };
  };
  return { compressionRatio: metricPolicy("compressionRatio"), latencyMs: metricPolicy("latencyMs"), qualityScore: metricPolicy("qualityScore") };
}

/** How many metrics can roll a node back in any part of the fleet; at least 1, so that a budget exists. */
export function guardrailCount(policy: Policy): number {
  const scopes: readonly (Scope | undefined)[] = [policy, policy.verticals?.drone, policy.verticals?.iot, ...Object.values(policy.nodes ?? {})];
  const isGuardrail = (metric: LimitedMetric): boolean =>
    scopes.some((scope) => (scope?.roles?.[metric] ?? policy.roles?.[metric] ?? "guardrail") === "guardrail");
  return Math.max(1, LIMITED_METRICS.filter(isGuardrail).length);
}

/** Parses a policy that came from outside. BAD_POLICY names the first thing that is wrong. */
export function parsePolicy(input: unknown): Result<Policy, "BAD_POLICY"> {
  if (Array.isArray(input)) return fail("BAD_POLICY", "The policy is a list and not an object.");
  const parsed = v.safeParse(policySchema, input);
  if (parsed.success) return ok(parsed.output);
  const [issue] = parsed.issues;
  const path = v.getDotPath(issue);
  return fail("BAD_POLICY", `${path === null ? "The policy" : `The policy's ${path}`} is not as it must be: ${issue.message}.`);
}

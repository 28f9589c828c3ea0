import * as v from "valibot";
import { guardViewSchema, limitedMetricSchema, outcomeSchema, reasonSchema } from "./guard";
import { eventViewSchema } from "./snapshot";

export type { GuardView, HoldView, TrialView, VerdictView } from "./guard";

/** What a verdict is made of, what a decision was made on, and what is in quarantine, as they cross to the window. */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const column = v.instance(Float64Array);

const runView = v.strictObject({ length: count, needed: count });
const chartView = v.strictObject({
  name: v.picklist(["drift-slow", "drift-fast", "spread"]),
  /** Reference value and limit in long-run standard deviations; null while it is not armed. */
  k: finite,
  limit: v.nullable(finite),
  statistic: finite,
});

/** What one metric of a node is held to, and how it stands. */
export const metricJudgementSchema = v.strictObject({
  metric: limitedMetricSchema,
  limit: finite,
  side: v.picklist(["min", "max"]),
  recoverAt: finite,
  /** Largest change for the worse against the baseline, as a share of it. */
  maxChange: finite,
  role: v.picklist(["guardrail", "signal", "muted"]),
  critical: v.boolean(),
  mustHaveData: v.boolean(),
  /** Samples of the version after its warm-up. */
  n: count,
  outcome: outcomeSchema,
  failing: v.nullable(reasonSchema),
  /** `version` is the one that it was made of: another one than runs while the baseline before is held. Null before any. */
  baseline: v.nullable(
    v.strictObject({
      version: v.nullable(v.string()),
      isHeld: v.boolean(),
      median: finite,
      spread: finite,
      n: count,
      /** Autocorrelation of neighbouring samples, 0 to 0.95. */
      rho: finite,
      frozenAtMs: finite,
    }),
  ),
  hard: runView,
  relative: runView,
  charts: v.array(chartView),
  /** The statistics of the last samples of this version, oldest first; NaN where a chart was not armed. */
  path: v.strictObject({ atMs: column, driftSlow: column, driftFast: column, spread: column }),
});
export type MetricJudgement = v.InferOutput<typeof metricJudgementSchema>;

/** Everything a verdict of a node is made of. */
export const judgementSchema = v.strictObject({
  nodeId: v.string(),
  atMs: finite,
  modelVersion: v.nullable(v.string()),
  policyRevision: count,
  guard: guardViewSchema,
  metrics: v.array(metricJudgementSchema),
  /** One clause each, with numbers: what speaks for the verdict, and what does not (yet). */
  why: v.array(v.string()),
  whyNot: v.array(v.string()),
  /** Where the loudest rule that rises crosses its limit if its slope holds; null where none rises. A prediction. */
  crossing: v.nullable(
    v.strictObject({ metric: limitedMetricSchema, rule: v.picklist(["hard-limit", "drift-slow", "drift-fast", "spread"]), inMs: finite, sentence: v.string() }),
  ),
});
export type Judgement = v.InferOutput<typeof judgementSchema>;

/** A decision with everything that it was made of, from the journal. */
export const decisionViewSchema = v.strictObject({
  event: eventViewSchema,
  /** The samples that were in force, oldest first; NaN where a metric was not reported. Empty where none was kept. */
  samples: v.strictObject({ atMs: column, compressionRatio: column, latencyMs: column, qualityScore: column }),
  /** The metric that it is about, and the path of the statistic that decided up to its limit; null where none did. */
  metric: v.nullable(limitedMetricSchema),
  statistic: v.nullable(v.strictObject({ name: v.string(), limit: v.nullable(finite), atMs: column, values: column })),
  limit: v.nullable(finite),
  baseline: v.nullable(v.strictObject({ median: finite, spread: finite, n: count })),
  policyRevision: v.nullable(count),
  /** The policy as it was, as JSON; null where none was kept. */
  policy: v.nullable(v.string()),
  why: v.array(v.string()),
  whyNot: v.array(v.string()),
});
export type DecisionView = v.InferOutput<typeof decisionViewSchema>;

/** One version that may not run somewhere until a person lifts it. */
export const quarantineViewSchema = v.strictObject({
  version: v.string(),
  scope: v.variant("kind", [
    v.strictObject({ kind: v.literal("node"), nodeId: v.string() }),
    /** Every node of a vertical; null is those that report none. */
    v.strictObject({ kind: v.literal("class"), vertical: v.nullable(v.picklist(["drone", "iot"])) }),
  ]),
  sinceMs: finite,
  sentence: v.string(),
});
export type QuarantineView = v.InferOutput<typeof quarantineViewSchema>;

/** Requests about judging. */
export const JUDGING_REQUESTS = {
  "node/judgement": { body: v.strictObject({ nodeId: id }), reply: judgementSchema },
  "decision/inspect": { body: v.strictObject({ eventId: count }), reply: decisionViewSchema },
  "quarantine/list": { body: v.strictObject({}), reply: v.array(quarantineViewSchema) },
  /** Lifts one entry; the reason is journalled. */
  "quarantine/lift": {
    body: v.strictObject({
      version: id,
      scope: v.variant("kind", [
        v.strictObject({ kind: v.literal("node"), nodeId: id }),
        v.strictObject({ kind: v.literal("class"), vertical: v.nullable(v.picklist(["drone", "iot"])) }),
      ]),
      reason: v.pipe(v.string(), v.trim(), v.minLength(3), v.maxLength(500)),
    }),
    reply: v.array(quarantineViewSchema),
  },
} as const;

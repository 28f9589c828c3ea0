import * as v from "valibot";
import { eventViewSchema } from "./snapshot";

/**
 * How a node is judged, as it crosses between the main process and the window: the verdict of the moment, the
 * trial of the version that runs, what a verdict is made of, and what is in quarantine.
 */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const column = v.instance(Float64Array);

/** The metrics that have a limit. */
export const limitedMetricSchema = v.picklist(["compressionRatio", "latencyMs", "qualityScore"]);

/** How a node stands. Zero samples and silence are never a pass. */
export const outcomeSchema = v.picklist(["pass", "warn", "inconclusive", "fail", "no-data", "error"]);

/** The rule that speaks in a verdict. */
export const reasonSchema = v.picklist([
  "hard",
  "relative",
  "drift-slow",
  "drift-fast",
  "jump",
  "spread",
  "lost",
  "better",
  "broken",
  "baseline",
  "warm-up",
  "uncommitted",
  "none",
]);

/** The verdict of a node now, with its numbers. */
export const verdictViewSchema = v.strictObject({
  outcome: outcomeSchema,
  /** Null where it is about the whole node. */
  metric: v.nullable(limitedMetricSchema),
  reason: reasonSchema,
  value: v.nullable(finite),
  limit: v.nullable(finite),
  /** Samples that the statistic saw. */
  n: count,
  statistic: v.nullable(finite),
  statisticLimit: v.nullable(finite),
  /** Unix ms. */
  sinceMs: finite,
  sentence: v.string(),
});
export type VerdictView = v.InferOutput<typeof verdictViewSchema>;

/** Where the version that runs is on its way: warm-up ignored, on trial, or committed. The guard never ends. */
export const trialViewSchema = v.strictObject({
  phase: v.picklist(["warming", "trial", "committed"]),
  /** The version came by a swap that was seen: without a commit it is rolled back. */
  hasSwapped: v.boolean(),
  /** Samples that passed, of those that a commit takes. */
  passed: count,
  needed: count,
  /** When the version was first reported, Unix ms. */
  sinceMs: finite,
  /** A trial that has not committed by then is rolled back, Unix ms; null where none runs. */
  commitByMs: v.nullable(finite),
});
export type TrialView = v.InferOutput<typeof trialViewSchema>;

/** Why the engine does not roll back a node that fails. */
export const holdViewSchema = v.strictObject({
  code: v.picklist(["NOT_ALLOWED", "COMMON_CAUSE", "ROLLBACKS_FROZEN", "NO_GOOD_VERSION", "DRY_RUN", "NOT_RECOVERED"]),
  /** What a rollback would go to; null without one. */
  target: v.nullable(v.string()),
  sinceMs: finite,
  sentence: v.string(),
});
export type HoldView = v.InferOutput<typeof holdViewSchema>;

/** What the snapshot tells of a node's judgement. Null in the node's view before its first sample. */
export const guardViewSchema = v.strictObject({
  verdict: verdictViewSchema,
  trial: trialViewSchema,
  hold: v.nullable(holdViewSchema),
  /** Versions that may not run on this node: its own quarantine and that of its class. */
  quarantined: v.array(v.string()),
  /** Samples of the smallest baseline of a judged metric, of those that the first one takes. */
  baselineSamples: count,
  baselineNeeded: count,
});
export type GuardView = v.InferOutput<typeof guardViewSchema>;

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

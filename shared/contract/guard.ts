import * as v from "valibot";

/** How a node stands, as every snapshot carries it: the verdict of the moment, the trial of what runs, and why nothing is done. */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());

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
  /** NOT_RECOVERED: a rollback ended and nobody can call the node well. REFUSED: it was asked for and could not be requested. */
  code: v.picklist(["NOT_ALLOWED", "COMMON_CAUSE", "ROLLBACKS_FROZEN", "NO_GOOD_VERSION", "DRY_RUN", "NOT_RECOVERED", "REFUSED"]),
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


import * as v from "valibot";
import { limitsSchema, type Limits } from "../contract/settings";
import { currentSpan } from "../fleet/version-history";
import type { TrackedNode } from "../fleet/tracked-node";

/** Samples that are kept with a decision: a minute of a gateway, twelve seconds of a drone. */
export const BASIS_SAMPLES = 120;

const column = v.array(v.nullable(v.number()));
const limitedMetric = v.picklist(["compressionRatio", "latencyMs", "qualityScore"]);

/** The statistic that a verdict was made on, up to its limit; times are Unix ms. */
const judgedSchema = v.strictObject({
  policyRevision: v.number(),
  metric: v.nullable(limitedMetric),
  limit: v.nullable(v.number()),
  baseline: v.nullable(v.strictObject({ median: v.number(), spread: v.number(), n: v.number() })),
  statistic: v.nullable(v.strictObject({ name: v.string(), limit: v.nullable(v.number()), atMs: v.array(v.number()), values: column })),
  why: v.array(v.string()),
  whyNot: v.array(v.string()),
});

/** What a decision on a node was made on: the limits in force, the reported version and its newest samples. */
export const decisionBasisSchema = v.strictObject({
  limits: limitsSchema,
  /** By the node's own report; null where it reports none. */
  reportedVersion: v.nullable(v.string()),
  /** Samples of that version, oldest first, at most {@link BASIS_SAMPLES}; null where one had no such value. */
  samples: v.strictObject({
    /** Unix ms of arrival. */
    atMs: v.array(v.number()),
    compressionRatio: column,
    latencyMs: column,
    qualityScore: column,
  }),
  /** What the judge made of it; absent where the node was not judged yet. */
  judged: v.optional(judgedSchema),
});

/** What the judge made of a node when something was decided. */
export type JudgedBasis = v.InferOutput<typeof judgedSchema>;

/** What a decision on a node was made on. */
export type DecisionBasis = v.InferOutput<typeof decisionBasisSchema>;

/** Takes together what is known of a node now, under these limits. A gap between samples is no sample. */
export function decisionBasis(node: TrackedNode, limits: Limits, judged: JudgedBasis | null = null): DecisionBasis {
  const sinceMs = currentSpan(node.versions)?.fromMs ?? Number.POSITIVE_INFINITY;
  const { atMs, columns } = node.series.last(BASIS_SAMPLES);
  const kept = [...atMs.keys()].filter((index) => (atMs[index] ?? -1) >= sinceMs && !Number.isNaN(columns.latencyMs[index] ?? NaN));
  const pick = (values: ArrayLike<number>): (number | null)[] =>
    kept.map((index) => {
      const value = values[index] ?? NaN;
      return Number.isFinite(value) ? value : null;
    });
  return {
    limits: { ...limits },
    reportedVersion: node.modelVersion,
    samples: {
      atMs: kept.map((index) => atMs[index] ?? 0),
      compressionRatio: pick(columns.compressionRatio),
      latencyMs: pick(columns.latencyMs),
      qualityScore: pick(columns.qualityScore),
    },
    ...(judged === null ? {} : { judged }),
  };
}

import * as v from "valibot";
import { limitsSchema, type Limits } from "../../../shared/contract/settings";
import { JUDGED_METRICS, nameOf, formatLimit, limitOf, type JudgedMetric } from "../../format/number";

/** What stands in the three fields; NaN where one is empty. */
export type LimitsDraft = Readonly<Record<JudgedMetric, number>>;

/** The fields filled with the limits in force. */
export function draftOf(limits: Limits): LimitsDraft {
  return {
    compressionRatio: limits.minCompressionRatio,
    latencyMs: limits.maxLatencyMs,
    qualityScore: limits.minQualityScore,
  };
}

/** The limits that the fields mean; null where one of them cannot be a limit. */
export function limitsOf(draft: LimitsDraft): Limits | null {
  const parsed = v.safeParse(limitsSchema, {
    minCompressionRatio: draft.compressionRatio,
    maxLatencyMs: draft.latencyMs,
    minQualityScore: draft.qualityScore,
  });
  return parsed.success ? parsed.output : null;
}

/** The range that the schema allows for each limit. */
export const LIMIT_RANGES: Readonly<Record<JudgedMetric, { readonly min: number; readonly max: number }>> = {
  compressionRatio: { min: 0.01, max: 10_000 },
  latencyMs: { min: 0.01, max: 60_000 },
  qualityScore: { min: 0, max: 1 },
};

/** Why a field cannot be a limit; empty when it can. */
export function problemOf(metric: JudgedMetric, value: number): string {
  const { min, max } = LIMIT_RANGES[metric];
  return Number.isFinite(value) && value >= min && value <= max ? "" : `A number from ${min} to ${max}.`;
}

/** A limit that saving would change, as text before and after. */
export interface LimitChange {
  readonly metric: JudgedMetric;
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** What saving would change; empty where nothing would. */
export function changesOf(inForce: Limits, draft: Limits): readonly LimitChange[] {
  return JUDGED_METRICS.filter((metric) => limitOf(metric, inForce).limit !== limitOf(metric, draft).limit).map(
    (metric) => ({
      metric,
      name: nameOf(metric),
      before: formatLimit(metric, inForce),
      after: formatLimit(metric, draft),
    }),
  );
}

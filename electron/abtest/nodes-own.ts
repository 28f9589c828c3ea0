import { createSampler, everyFor } from "../../shared/abtest/sampler";
import { recentNoise, type RecentNoise } from "../../shared/abtest/outlook";
import type { AbTestBasis, Arm } from "../../shared/contract/abtest";
import type { TrackedNode } from "../../shared/fleet/tracked-node";
import { currentSpan } from "../../shared/fleet/version-history";
import type { LimitedMetric } from "../../shared/judge/limits";
import { medianOf } from "../../shared/quantiles";
import { decimateColumns } from "../../shared/series/decimate";

/** A prediction rests on at most so much of a node's past. */
const BASIS_MS = 1_200_000;
const BASIS_POINTS = 200;

/** A node's own recent values of a metric, as a test would take them: of the version that it runs now. */
export interface OwnValues {
  readonly atMs: readonly number[];
  readonly values: readonly number[];
}

/** What a test would have seen of a node in the last 20 minutes on the version that runs now. */
export function ownValues(node: TrackedNode, metric: LimitedMetric, periodMs: number, nowMs: number): OwnValues {
  const rateHz = node.sampleRateHz();
  if (rateHz === null) return { atMs: [], values: [] };
  const sampler = createSampler(everyFor(rateHz, periodMs));
  const { atMs, columns } = node.series.slice(Math.max(nowMs - BASIS_MS, currentSpan(node.versions)?.fromMs ?? nowMs), nowMs);
  const kept: OwnValues & { atMs: number[]; values: number[] } = { atMs: [], values: [] };
  for (const [index, tMs] of atMs.entries()) {
    const means = sampler.add({ compressionRatio: columns.compressionRatio[index] ?? null, latencyMs: columns.latencyMs[index] ?? null, qualityScore: columns.qualityScore[index] ?? null });
    const value = means?.[metric] ?? null;
    if (value === null) continue;
    kept.atMs.push(tMs);
    kept.values.push(value);
  }
  return kept;
}

/** What a node's own values say, for the page. */
export function basisOf(node: TrackedNode, arm: Arm, { atMs, values }: OwnValues): { readonly view: AbTestBasis; readonly noise: RecentNoise | null } {
  const noise = recentNoise(values);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const sd = values.length < 2 ? null : Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  const chart = decimateColumns({ atMs: Float64Array.from(atMs), columns: { values: Float64Array.from(values) } }, BASIS_POINTS);
  return {
    noise,
    view: {
      nodeId: node.nodeId,
      arm,
      version: node.modelVersion,
      samples: values.length,
      spanMs: (atMs.at(-1) ?? 0) - (atMs[0] ?? 0),
      median: medianOf(values),
      sd,
      rho: noise?.rho ?? null,
      atMs: chart.atMs,
      values: chart.columns.values,
    },
  };
}

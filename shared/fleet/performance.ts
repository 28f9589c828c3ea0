import type { MetricSummary, NodePerformance, PerformanceSample } from "../contract/channels";
import type { Metric, MetricSample } from "./sample";

/** Ticks kept for each version of a node: 50 s at 2 Hz. */
export const KEPT_TICKS = 100;

/** Versions of a node whose ticks are kept. */
const KEPT_VERSIONS = 8;

/** Makes the history entry of one tick: its newest sample and how many there were; none is a gap. */
export function tickEntry(
  tMs: number,
  modelVersion: string | null,
  newest: Pick<MetricSample, Metric> | null,
  count: number,
): PerformanceSample {
  return {
    tMs,
    modelVersion,
    count,
    compressionRatio: newest?.compressionRatio ?? null,
    latencyMs: newest?.latencyMs ?? null,
    qualityScore: newest?.qualityScore ?? null,
    bandwidthKbps: newest?.bandwidthKbps ?? null,
  };
}

/** The newest ticks of a node: all of them in order, and by version. */
export class TickHistory {
  private readonly newest: PerformanceSample[] = [];
  private readonly byVersion = new Map<string | null, PerformanceSample[]>();

  /** Adds a tick's entry; the oldest beyond 100 goes. */
  push(entry: PerformanceSample): void {
    this.keep(this.newest, entry);
    const entries = this.byVersion.get(entry.modelVersion) ?? [];
    this.keep(entries, entry);
    this.byVersion.delete(entry.modelVersion);
    this.byVersion.set(entry.modelVersion, entries);
    for (const version of this.byVersion.keys()) {
      if (this.byVersion.size <= KEPT_VERSIONS) break;
      this.byVersion.delete(version);
    }
  }

  /** The newest `window` (1 to 100) entries over all versions, oldest first. */
  last(window: number): readonly PerformanceSample[] {
    return this.newest.slice(-window);
  }

  /** The newest at most 100 entries of one version, oldest first. */
  ofVersion(version: string | null): readonly PerformanceSample[] {
    return this.byVersion.get(version) ?? [];
  }

  private keep(entries: PerformanceSample[], entry: PerformanceSample): void {
    entries.push(entry);
    if (entries.length > KEPT_TICKS) entries.shift();
  }
}

/** Sorted-sample percentile by nearest rank: the smallest value with at least `share` of all at or below it. */
export function percentile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((left, right) => left - right);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? null;
}

function summarise(entries: readonly PerformanceSample[], metric: Metric): MetricSummary {
  const values = entries.map((entry) => entry[metric]).filter((value) => value !== null);
  const latest = entries.findLast((entry) => entry.count > 0)?.[metric] ?? null;
  if (values.length === 0) return { latest, mean: null, min: null, max: null, p95: null };
  return {
    latest,
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    min: Math.min(...values),
    max: Math.max(...values),
    p95: percentile(values, 0.95),
  };
}

/** `getNodePerformance`: what the kept ticks of the version now running say. Gaps are no values. */
export function summarisePerformance(
  nodeId: string,
  modelVersion: string | null,
  entries: readonly PerformanceSample[],
): NodePerformance {
  return {
    nodeId,
    modelVersion,
    samples: entries.filter((entry) => entry.count > 0).length,
    compressionRatio: summarise(entries, "compressionRatio"),
    latencyMs: summarise(entries, "latencyMs"),
    qualityScore: summarise(entries, "qualityScore"),
    bandwidthKbps: summarise(entries, "bandwidthKbps"),
  };
}

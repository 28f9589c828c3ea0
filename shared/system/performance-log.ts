import type { PerformanceSummary } from "../contract/system";
import { percentile } from "../fleet/performance";

/** Compressions that are kept. */
export const KEPT_COMPRESSIONS = 1_000;

/** One compressed frame. */
export interface Compression {
  readonly atMs: number;
  readonly compressionRatio: number;
  readonly latencyMs: number;
  /** Null where whoever recorded it named no node. */
  readonly nodeId: string | null;
}

/** The newest 1 000 compressions of the whole fleet, and what they amount to. */
export class PerformanceLog {
  private readonly kept: Compression[] = [];
  private recorded = 0;

  /** Takes a compression; one whose numbers are no finite positive ones is none. @returns whether it was taken. */
  record(compression: Compression): boolean {
    const { compressionRatio, latencyMs } = compression;
    if (!(compressionRatio > 0 && latencyMs >= 0 && Number.isFinite(compressionRatio + latencyMs))) return false;
    this.kept.push(compression);
    this.recorded += 1;
    if (this.kept.length > KEPT_COMPRESSIONS) this.kept.shift();
    return true;
  }

  /** Oldest first. */
  history(): readonly Compression[] {
    return [...this.kept];
  }

  /** Mean, extremes and 95th percentile (nearest rank) of what is kept. @param uptimeMs of the application. */
  summary(uptimeMs: number): PerformanceSummary {
    return {
      compressionRatio: summarise(this.kept.map(({ compressionRatio }) => compressionRatio)),
      latencyMs: summarise(this.kept.map(({ latencyMs }) => latencyMs)),
      kept: this.kept.length,
      recorded: this.recorded,
      uptimeMs,
    };
  }
}

function summarise(values: readonly number[]): PerformanceSummary["latencyMs"] {
  const p95 = percentile(values, 0.95);
  if (p95 === null) return null;
  const sum = values.reduce((total, value) => total + value, 0);
  return { mean: sum / values.length, min: Math.min(...values), max: Math.max(...values), p95 };
}

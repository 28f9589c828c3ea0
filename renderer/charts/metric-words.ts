import type { Series } from "../../shared/contract/channels";
import type { Metric } from "../../shared/fleet/sample";
import { formatLimitValue, formatMetric, formatNumber } from "../format/number";
import { formatClock, formatDuration, type ClockKind } from "../format/time";
import type { ChartRow, Limit } from "./chart-rows";
import { isBeyond } from "./scales";

/** A chart's title and what follows it: the unit, or what the number is. */
export interface MetricTitle {
  readonly name: string;
  readonly unit: string;
}

/** Title and unit of each metric's chart. */
export const METRIC_TITLES: Readonly<Record<Metric, MetricTitle>> = {
  compressionRatio: { name: "Compression ratio", unit: "in / out" },
  latencyMs: { name: "Latency", unit: "ms, encode" },
  qualityScore: { name: "Quality", unit: "MS-SSIM, 0 to 1" },
  bandwidthKbps: { name: "Bandwidth", unit: "kbit/s" },
};

/** A metric's value without its unit. */
export function formatValue(metric: Metric, value: number): string {
  if (metric === "bandwidthKbps") return formatNumber(value, value < 99.95 ? 1 : 0);
  return formatMetric(metric, value);
}

/** A metric's value with its unit, for sentences. */
export function formatWithUnit(metric: Metric, value: number): string {
  const unit = metric === "latencyMs" ? " ms" : metric === "bandwidthKbps" ? " kbit/s" : "";
  return `${formatValue(metric, value)}${unit}`;
}

/** The label of a limit line: "min 5.0", "max 50 ms". */
export function limitLabel(metric: Metric, limit: Limit): string {
  if (metric === "bandwidthKbps") return `${limit.side} ${formatWithUnit(metric, limit.value)}`;
  return `${limit.side} ${formatLimitValue(metric, limit.value)}${metric === "latencyMs" ? " ms" : ""}`;
}

/** What a metric was like while it was healthy: a band around a median. */
export interface BaselineBand {
  readonly median: number;
  /** Standard deviation: the band is one of them to each side. */
  readonly spread: number;
  readonly n: number;
  /** The version that it was made of, where that is another one than runs; null where it is of this one. */
  readonly heldFrom: string | null;
  /** Ms since it was frozen; null where that is not known. */
  readonly ageMs: number | null;
}

/** The label of a baseline: "baseline 8.30, n = 480, 3 min old", or "baseline 0.910 held from 1.1.0". */
export function baselineLabel(metric: Metric, { median, n, heldFrom, ageMs }: BaselineBand): string {
  const value = `baseline ${formatValue(metric, median)}`;
  return heldFrom === null ? `${value}, n = ${formatNumber(n, 0)}${ageMs === null ? "" : `, ${ageWord(ageMs)}`}` : `${value} held from ${heldFrom}`;
}

/** An age in whole minutes or hours: a label must not change every second. */
function ageWord(ageMs: number): string {
  const minutes = Math.floor(ageMs / 60_000);
  if (minutes < 1) return "under 1 min old";
  return minutes < 120 ? `${minutes} min old` : `${Math.floor(minutes / 60)} h old`;
}

/** A version as a flag names it. */
export function versionWord(version: string | null): string {
  return version ?? "not reported";
}

/** What a chart shows, in sentences for who cannot see it. */
export function summaryOf(
  metric: Metric,
  rows: readonly ChartRow[],
  limit: Limit | null,
  marks: Pick<Series, "gaps" | "changes">,
  clock: ClockKind,
  baseline: BaselineBand | null = null,
): string {
  const known = rows.flatMap((row) => (row.value === null ? [] : [row.value]));
  const newest = known.at(-1);
  const first = rows[0];
  const last = rows.at(-1);
  if (newest === undefined || first === undefined || last === undefined) {
    return `${METRIC_TITLES[metric].name}: no sample in this stretch.`;
  }
  const least = known.reduce((one, other) => Math.min(one, other));
  const greatest = known.reduce((one, other) => Math.max(one, other));
  const sentences = [
    `${METRIC_TITLES[metric].name} from ${formatClock(first.atMs, clock)} to ${formatClock(last.atMs, clock)}: ` +
      `between ${formatValue(metric, least)} and ${formatWithUnit(metric, greatest)}, newest ${formatWithUnit(metric, newest)}.`,
  ];
  if (limit !== null) {
    const side = isBeyond(newest, limit.value, limit.side) ? "beyond" : "within";
    sentences.push(`The newest is ${side} its limit, ${limitLabel(metric, limit)}.`);
  }
  if (baseline !== null) {
    const { spread, n, heldFrom } = baseline;
    const source = heldFrom === null ? `of ${formatNumber(n, 0)} samples` : `held from ${heldFrom}`;
    sentences.push(`Baseline ${formatWithUnit(metric, baseline.median)}, spread ${formatWithUnit(metric, spread)}, ${source}.`);
  }
  if (marks.gaps.length > 0) {
    const silentMs = marks.gaps.reduce((sum, gap) => sum + gap.toMs - gap.fromMs, 0);
    sentences.push(`No data for ${formatDuration(silentMs)} in ${marks.gaps.length === 1 ? "1 gap" : `${marks.gaps.length} gaps`}.`);
  }
  for (const change of marks.changes) {
    sentences.push(`${versionWord(change.version)} since ${formatClock(change.atMs, clock)}.`);
  }
  return sentences.join(" ");
}

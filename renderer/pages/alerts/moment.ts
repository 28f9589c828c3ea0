import type { Series } from "../../../shared/contract/channels";
import type { AlertView } from "../../../shared/contract/alerts";

/** Shown before and after the moment, ms. */
const BEFORE_MS = 180_000;
const AFTER_MS = 120_000;

/** What a chart of an alert shows. */
export interface Moment {
  readonly metric: "compressionRatio" | "latencyMs" | "qualityScore" | "bandwidthKbps";
  readonly title: string;
  readonly fromMs: number;
  readonly toMs: number;
}

const TITLES: Readonly<Record<Moment["metric"], string>> = {
  compressionRatio: "Compression ratio",
  latencyMs: "Latency, ms",
  qualityScore: "Quality",
  bandwidthKbps: "Bandwidth, kbit/s",
};

function metricOf({ ruleId, sentence, title }: AlertView): Moment["metric"] {
  if (ruleId === "ratio-low") return "compressionRatio";
  if (ruleId === "quality-low") return "qualityScore";
  if (ruleId === "bandwidth-high") return "bandwidthKbps";
  // A verdict's sentence begins with the metric that it is about.
  const [first = ""] = (ruleId === "latency-high" ? title : sentence).split(/[ :]/);
  if (first === "Ratio") return "compressionRatio";
  return first === "Quality" ? "qualityScore" : "latencyMs";
}

/** The metric and the stretch around an alert's newest time; it ends now at the latest. */
export function momentOf(alert: AlertView, nowMs: number): Moment {
  const metric = metricOf(alert);
  const toMs = Math.min(nowMs, alert.lastRaisedAtMs + AFTER_MS);
  return { metric, title: TITLES[metric], fromMs: toMs - BEFORE_MS - AFTER_MS, toMs };
}

/** A line through what is there; a gap is a gap. Empty where nothing is. */
export function linePath(series: Pick<Series, "atMs" | Moment["metric"]>, metric: Moment["metric"], x: (atMs: number) => number, y: (value: number) => number): string {
  let isDown = false;
  const parts: string[] = [];
  for (const [index, atMs] of series.atMs.entries()) {
    const value = series[metric][index] ?? Number.NaN;
    if (Number.isFinite(value)) parts.push(`${isDown ? "L" : "M"}${x(atMs).toFixed(1)} ${y(value).toFixed(1)}`);
    isDown = Number.isFinite(value);
  }
  return parts.join("");
}

/** From 0, or for quality from 0.6, to a little above all that is shown. */
export function scaleOf(series: readonly Pick<Series, Moment["metric"]>[], metric: Moment["metric"], limit: number | null): { readonly min: number; readonly max: number } {
  if (metric === "qualityScore") return { min: 0.6, max: 1 };
  const values = series.flatMap((each) => [...each[metric]].filter((value) => Number.isFinite(value)));
  return { min: 0, max: 1.1 * Math.max(limit ?? 0, ...values, 1e-6) };
}

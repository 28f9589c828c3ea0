import type { Limits } from "../../shared/contract/settings";

/** U+2212, as wide as a plus. */
const MINUS = "−";
/** U+2009 between groups of thousands. */
const THIN_SPACE = " ";
/** Shown where a node reports no value; never 0. */
export const NOT_REPORTED = "not reported";

/** A metric that has a limit. */
export type JudgedMetric = "compressionRatio" | "latencyMs" | "qualityScore";

/** The judged metrics in the order in which every view lists them. */
export const JUDGED_METRICS: readonly JudgedMetric[] = ["compressionRatio", "latencyMs", "qualityScore"];

/**
 * Writes a finite number with a fixed count of decimals, a true minus sign and thin spaces between
 * thousands from 10 000 on (four digits stay together, as in print).
 */
export function formatNumber(value: number, decimals: number): string {
  const rounded = Math.abs(value).toFixed(decimals);
  const isZero = Number(rounded) === 0;
  const [whole = "0", fraction] = rounded.split(".");
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE) : whole;
  const digits = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return value < 0 && !isZero ? `${MINUS}${digits}` : digits;
}

/** Decimals that keep three figures: 8.42, 23.4, 214. */
function threeFigures(value: number): number {
  const size = Math.abs(value);
  if (size >= 99.95) return 0;
  return size >= 9.995 ? 1 : 2;
}

/** A metric's value without its unit: ratio and latency to three figures, quality to three decimals. */
export function formatMetric(metric: JudgedMetric, value: number): string {
  if (metric === "qualityScore") return formatNumber(value, 3);
  if (metric === "latencyMs") return formatNumber(value, Math.min(1, threeFigures(value)));
  return formatNumber(value, threeFigures(value));
}

/** The unit that follows a metric's value after a space; empty for pure numbers. */
export function unitOf(metric: JudgedMetric): "" | "ms" {
  return metric === "latencyMs" ? "ms" : "";
}

/** The word that a metric is called by. */
export function nameOf(metric: JudgedMetric): string {
  switch (metric) {
    case "compressionRatio":
      return "Ratio";
    case "latencyMs":
      return "Latency";
    case "qualityScore":
      return "Quality";
  }
}

/** A metric's limit, and the side on which it lies. */
export function limitOf(metric: JudgedMetric, limits: Limits): { readonly limit: number; readonly side: "min" | "max" } {
  switch (metric) {
    case "compressionRatio":
      return { limit: limits.minCompressionRatio, side: "min" };
    case "latencyMs":
      return { limit: limits.maxLatencyMs, side: "max" };
    case "qualityScore":
      return { limit: limits.minQualityScore, side: "min" };
  }
}

/** A limit as text: "≥ 5.0", "≤ 50 ms", "≥ 0.70". */
export function formatLimit(metric: JudgedMetric, limits: Limits): string {
  const { limit, side } = limitOf(metric, limits);
  const sign = side === "min" ? "≥" : "≤";
  return `${sign} ${formatLimitValue(metric, limit)}${metric === "latencyMs" ? " ms" : ""}`;
}

/** A limit's value without sign and unit, with at least the decimals that its metric usually has. */
export function formatLimitValue(metric: JudgedMetric, limit: number): string {
  const least = metric === "compressionRatio" ? 1 : metric === "qualityScore" ? 2 : 0;
  const exact = String(limit).split(".")[1]?.length ?? 0;
  return formatNumber(limit, Math.min(3, Math.max(least, exact)));
}

/** A rate in Hz with one decimal; "10.0". */
export function formatRate(hertz: number): string {
  return formatNumber(hertz, hertz >= 100 ? 0 : 1);
}

/** A count of things with its noun: "1 node", "6 nodes". */
export function countOf(count: number, one: string, many: string = `${one}s`): string {
  return `${formatNumber(count, 0)} ${count === 1 ? one : many}`;
}

/** Bytes in the unit that keeps it under four digits: "812 B", "41.3 kB", "2.1 MB". Powers of 1000. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${formatNumber(bytes, 0)} B`;
  if (bytes < 1_000_000) return `${formatNumber(bytes / 1_000, threeFigures(bytes / 1_000))} kB`;
  return `${formatNumber(bytes / 1_000_000, threeFigures(bytes / 1_000_000))} MB`;
}

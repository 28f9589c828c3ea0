import type { LimitedMetric } from "../../../shared/judge/limits";
import { METRIC_TITLES } from "../../charts/metric-words";
import { formatNumber } from "../../format/number";

/** The metrics in the order in which they are offered, and which way is better. */
export const METRIC_CHOICES: readonly { readonly value: LimitedMetric; readonly label: string; readonly fact: string }[] = [
  { value: "compressionRatio", label: METRIC_TITLES.compressionRatio.name, fact: "higher is better" },
  { value: "qualityScore", label: METRIC_TITLES.qualityScore.name, fact: "higher is better" },
  { value: "latencyMs", label: METRIC_TITLES.latencyMs.name, fact: "lower is better" },
];

/** Decimals in which a difference of a metric is told. */
export const DIFFERENCE_DECIMALS: Readonly<Record<LimitedMetric, number>> = { compressionRatio: 2, latencyMs: 1, qualityScore: 3 };

/** A difference with its sign: "+1.52", "−0.7", "0.00". */
export function signedDifference(metric: LimitedMetric, value: number): string {
  const text = formatNumber(value, DIFFERENCE_DECIMALS[metric]);
  return value > 0 && Number(value.toFixed(DIFFERENCE_DECIMALS[metric])) !== 0 ? `+${text}` : text;
}

/** The unit after a value; empty for pure numbers. */
export function unitAfter(metric: LimitedMetric): string {
  return metric === "latencyMs" ? " ms" : "";
}

/** An interval: "+0.63 to +2.41". */
export function intervalText(metric: LimitedMetric, low: number, high: number): string {
  return `${signedDifference(metric, low)} to ${signedDifference(metric, high)}`;
}

/** A size with as many decimals as it takes, at most four: "1", "0.42". */
export function sizeText(value: number): string {
  const exact = String(Number(value.toPrecision(4))).split(".")[1]?.length ?? 0;
  return formatNumber(value, Math.min(4, exact));
}

/** A smallest difference as a share of what is there today: "15 % of 6.87, the median today". */
export function shareText(difference: number, median: number | null, metric: LimitedMetric): string {
  if (median === null || median === 0 || !Number.isFinite(difference)) return "";
  const share = (100 * difference) / Math.abs(median);
  return `${formatNumber(share, share < 9.95 ? 1 : 0)} % of ${formatNumber(median, metric === "latencyMs" ? 1 : metric === "qualityScore" ? 3 : 2)}, the median today`;
}

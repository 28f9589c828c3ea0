import { fixed } from "../fleet/words";
import type { LimitedMetric } from "../judge/limits";

const DECIMALS: Readonly<Record<LimitedMetric, number>> = { compressionRatio: 2, latencyMs: 1, qualityScore: 3 };

/** Writes a difference with its sign: `+1.52`, `−0.7 ms` where the unit is asked for. */
export function signed(metric: LimitedMetric, value: number, hasUnit = false): string {
  const text = fixed(value, DECIMALS[metric]);
  return `${value > 0 ? "+" : ""}${text}${hasUnit && metric === "latencyMs" ? " ms" : ""}`;
}

/** Writes a size without sign. */
export function amount(metric: LimitedMetric, value: number): string {
  return `${value}${metric === "latencyMs" ? " ms" : ""}`;
}

/** What the better version does. */
export function versionGain(metric: LimitedMetric): string {
  switch (metric) {
    case "compressionRatio":
      return "compresses more";
    case "latencyMs":
      return "is faster";
    case "qualityScore":
      return "keeps more quality";
  }
}

import type { Comparison } from "../../shared/contract/comparison";
import { summarise } from "../../shared/comparison/summary";

/** The whole comparison as JSON text: what was measured, and what follows from it. */
export function comparisonReport(comparison: Comparison): string {
  const numbers = (_key: string, value: unknown): unknown => (value instanceof Float64Array ? [...value] : value);
  return `${JSON.stringify({ type: "comparison", summary: summarise(comparison), measured: comparison }, numbers, 1)}\n`;
}

import type { Metric } from "../../fleet/sample";
import { counted, duration, fixed } from "../../fleet/words";

/** Shown where there is no value; never 0. */
export const NONE = "none";

const THIN_SPACE = "\u2009";

/** Names, units and decimals of metrics in a report. */
export const METRIC_WORDS: Readonly<Record<Metric, { readonly name: string; readonly unit: string; readonly decimals: number }>> = {
  compressionRatio: { name: "Ratio", unit: "", decimals: 2 },
  latencyMs: { name: "Latency", unit: "ms", decimals: 1 },
  qualityScore: { name: "Quality", unit: "", decimals: 3 },
  bandwidthKbps: { name: "Bandwidth", unit: "kbit/s", decimals: 0 },
};

/** A number with thin spaces between thousands from 10 000 on. */
export function number(value: number, decimals: number): string {
  const [whole = "", fraction] = fixed(value, decimals).split(".");
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE) : whole;
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A count with its noun. */
export function count(value: number, noun: string): string {
  return counted(value, noun).replace(/^\d+/, number(value, 0));
}

/** A metric's value, or `none`. */
export function metricValue(metric: Metric, value: number | null): string {
  return value === null ? NONE : number(value, METRIC_WORDS[metric].decimals);
}

/** A moment in UTC to the second: `2026-11-24 14:05:31`. */
export function moment(atMs: number): string {
  return new Date(Math.floor(atMs / 1000) * 1000).toISOString().slice(0, 19).replace("T", " ");
}

/** The time of a moment, with its date where that is another than `besideMs` has. */
export function clock(atMs: number, besideMs: number): string {
  const text = moment(atMs);
  return text.slice(0, 10) === moment(besideMs).slice(0, 10) ? text.slice(11) : text;
}

/** How long: `9.4 s`, `4 min 12 s`. */
export { duration };

const ACTORS = { operator: "operator", engine: "engine", node: "node", link: "link", policy: "policy" } as const;

/** Who did something. */
export function actorWord(actor: keyof typeof ACTORS | null): string {
  return actor === null ? "before the period" : ACTORS[actor];
}

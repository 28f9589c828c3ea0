import type { Metric } from "../../fleet/sample";
import { TRACE_BUCKETS, type NodeTrace } from "../trace";
import { html, type Markup } from "./markup";
import { clock, METRIC_WORDS, moment, number } from "./words";

const WIDTH = 520;
const HEIGHT = 118;
const LEFT = 44;
const RIGHT = 6;
const TOP = 16;
const BOTTOM = 18;
const PLOT_WIDTH = WIDTH - LEFT - RIGHT;
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;
/** Flags of version changes that are named; more stand as lines alone. */
const NAMED_CHANGES = 6;
/** A flag needs this much room to be named. */
const FLAG_WIDTH = 60;

/** The range of a chart's values. */
interface Scale {
  readonly low: number;
  readonly high: number;
}

function extentOf(traces: readonly NodeTrace[], metric: Metric): Scale | null {
  let low = Infinity;
  let high = -Infinity;
  for (const { metrics } of traces) {
    for (const value of metrics[metric].min) if (value < low) low = value;
    for (const value of metrics[metric].max) if (value > high) high = value;
  }
  return low > high ? null : { low, high };
}

/** The smallest of 1, 2, 5, 10, ... times a power of ten that is at least `value`. */
function niceStep(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * decade).find((step) => step >= value * (1 - 1e-9)) ?? 10 * decade;
}

/**
 * The scale that all charts of a metric share, so that nodes compare: from 0, quality from 0.6 or its floor.
 * Null where no sample reported it.
 */
export function sharedScale(traces: readonly NodeTrace[], metric: Metric): Scale | null {
  const extent = extentOf(traces, metric);
  if (extent === null) return null;
  if (metric === "qualityScore") return { low: Math.min(0.6, Math.floor(extent.low * 10) / 10), high: Math.max(1, extent.high) };
  const low = Math.min(0, extent.low);
  const step = niceStep(Math.max(extent.high - low, 1e-9) / 4);
  return { low, high: low + step * Math.ceil((extent.high - low) / step - 1e-9) };
}

function x(bucket: number): string {
  return (LEFT + ((bucket + 0.5) / TRACE_BUCKETS) * PLOT_WIDTH).toFixed(1);
}

function y(value: number, { low, high }: Scale): string {
  return (TOP + (1 - (value - low) / (high - low)) * PLOT_HEIGHT).toFixed(1);
}

/** The line: each stretch from its smallest to its greatest value, broken where a gap ended. */
function linePath(trace: NodeTrace, metric: Metric, scale: Scale): string {
  const { min, max, breaks } = trace.metrics[metric];
  let path = "";
  let isUp = false;
  for (let bucket = 0; bucket < TRACE_BUCKETS; bucket += 1) {
    const low = min[bucket] ?? NaN;
    const high = max[bucket] ?? NaN;
    if (Number.isNaN(low)) continue;
    isUp = !isUp;
    const [first, second] = isUp ? [low, high] : [high, low];
    path += `${path === "" || breaks[bucket] === 1 ? "M" : "L"}${x(bucket)} ${y(first, scale)}`;
    // A stretch of one value that stands alone would have no length and not be drawn.
    path += low === high ? "h0.1" : `L${x(bucket)} ${y(second, scale)}`;
  }
  return path;
}

/** Where there is no sample for longer than the node's gap: from the last stretch before to the first after. */
function gapBands(trace: NodeTrace, metric: Metric): readonly { readonly from: number; readonly to: number }[] {
  const { min, breaks } = trace.metrics[metric];
  const bands: { from: number; to: number }[] = [];
  let last = -1;
  for (let bucket = 0; bucket < TRACE_BUCKETS; bucket += 1) {
    if (Number.isNaN(min[bucket] ?? NaN)) continue;
    if (breaks[bucket] === 1 && last >= 0 && bucket - last > 1) bands.push({ from: last + 1, to: bucket });
    last = bucket;
  }
  return bands;
}

function changeLines(trace: NodeTrace): Markup[] {
  let namedTo = -Infinity;
  return trace.changes.map(({ atMs, version }, index) => {
    const at = LEFT + ((atMs - trace.fromMs) / Math.max(1, trace.toMs - trace.fromMs)) * PLOT_WIDTH;
    const isNamed = index < NAMED_CHANGES && at >= namedTo;
    if (isNamed) namedTo = at + FLAG_WIDTH;
    const isLate = at > WIDTH - FLAG_WIDTH;
    const name = version ?? "no version";
    return html`<line class="change" x1="${at.toFixed(1)}" x2="${at.toFixed(1)}" y1="${TOP - 4}" y2="${TOP + PLOT_HEIGHT}"/>${
      isNamed ? html`<text class="flag" x="${(isLate ? at - 3 : at + 3).toFixed(1)}" y="${TOP - 5}" text-anchor="${isLate ? "end" : "start"}">${name.length > 16 ? `${name.slice(0, 15)}…` : name}</text>` : null
    }`;
  });
}

/** One metric of one node over the period. */
export function metricChart(trace: NodeTrace, metric: Metric, scale: Scale | null): Markup {
  const { name, unit, decimals } = METRIC_WORDS[metric];
  const title = unit === "" ? name : `${name}, ${unit}`;
  const path = scale === null ? "" : linePath(trace, metric, scale);
  if (scale === null || path === "") {
    return html`<figure class="chart"><figcaption>${title}</figcaption><p class="none">Not reported in this period.</p></figure>`;
  }
  const middle = (scale.low + scale.high) / 2;
  const digits = scale.high - scale.low >= 10 ? 0 : decimals;
  const middleMs = (trace.fromMs + trace.toMs) / 2;
  const described = `${name} of ${trace.nodeId} from ${moment(trace.fromMs)} to ${moment(trace.toMs)} UTC`;
  return html`<figure class="chart"><figcaption>${title}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${described}">
${[scale.low, middle, scale.high].map((value) => html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value, scale)}" y2="${y(value, scale)}"/><text x="${LEFT - 5}" y="${(Number(y(value, scale)) + 3.5).toFixed(1)}" text-anchor="end">${number(value, digits)}</text>`)}
${gapBands(trace, metric).map(({ from, to }) => html`<rect class="gap" x="${x(from - 0.5)}" y="${TOP}" width="${(((to - from) / TRACE_BUCKETS) * PLOT_WIDTH).toFixed(1)}" height="${PLOT_HEIGHT}"/>`)}
${changeLines(trace)}
<path class="line" d="${path}"/>
<text x="${LEFT}" y="${HEIGHT - 5}">${clock(trace.fromMs, trace.toMs)}</text><text x="${LEFT + PLOT_WIDTH / 2}" y="${HEIGHT - 5}" text-anchor="middle">${clock(middleMs, trace.toMs)}</text><text x="${WIDTH - RIGHT}" y="${HEIGHT - 5}" text-anchor="end">${clock(trace.toMs, trace.fromMs)}</text>
</svg></figure>`;
}

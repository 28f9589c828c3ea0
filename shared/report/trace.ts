import { METRICS, type Metric } from "../fleet/sample";
/** Stretches of time that a chart of a report is drawn in: one to three pixels each on paper. */
export const TRACE_BUCKETS = 240;

/** Version changes of one node that are kept; more are counted. */
const MOST_CHANGES = 100;

/** One metric of one node: the extremes of each stretch, so that a spike of one sample is seen. */
export interface MetricTrace {
  /** NaN where no sample reported the metric. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** 1 where a silence longer than the node's gap ended in the stretch: the line breaks before it. */
  readonly breaks: Uint8Array;
}

/** What the charts of one node are drawn of. */
export interface NodeTrace {
  readonly nodeId: string;
  /** What the charts show, Unix ms: the period, or the part of it that has samples where that is less than half. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Length of a stretch, ms. */
  readonly bucketMs: number;
  readonly metrics: Readonly<Record<Metric, MetricTrace>>;
  readonly changes: readonly { readonly atMs: number; readonly version: string | null }[];
  /** Changes beyond those. */
  readonly moreChanges: number;
}

interface Open {
  readonly gapAfterMs: number;
  readonly metrics: Readonly<Record<Metric, MetricTrace & { lastMs: number }>>;
  readonly changes: { readonly atMs: number; readonly version: string | null }[];
  version: string | null | undefined;
  moreChanges: number;
}

function emptyTrace(): MetricTrace & { lastMs: number } {
  const column = (): Float64Array => new Float64Array(TRACE_BUCKETS).fill(NaN);
  return { min: column(), max: column(), breaks: new Uint8Array(TRACE_BUCKETS), lastMs: NaN };
}

/** Gathers what charts are drawn of. */
export class NodeTraces {
  private readonly opened = new Map<string, Open>();
  private readonly bucketMs: number;

  /** The stretch of time that all charts show. */
  constructor(private readonly shown: { readonly fromMs: number; readonly toMs: number }) {
    this.bucketMs = Math.max(1, shown.toMs - shown.fromMs) / TRACE_BUCKETS;
  }

  /** A node whose samples come. */
  open(nodeId: string, gapAfterMs: number): void {
    const metrics = Object.fromEntries(METRICS.map((metric) => [metric, emptyTrace()])) as Record<Metric, ReturnType<typeof emptyTrace>>;
    this.opened.set(nodeId, { gapAfterMs, metrics, changes: [], version: undefined, moreChanges: 0 });
  }

  take(nodeId: string, version: string | null, atMs: number, columns: Readonly<Record<Metric, Float64Array>>, index: number): void {
    const open = this.opened.get(nodeId);
    if (open === undefined) return;
    if (open.version !== undefined && open.version !== version) {
      if (open.changes.length < MOST_CHANGES) open.changes.push({ atMs, version });
      else open.moreChanges += 1;
    }
    open.version = version;
    const bucket = Math.min(TRACE_BUCKETS - 1, Math.max(0, Math.floor((atMs - this.shown.fromMs) / this.bucketMs)));
    for (const metric of METRICS) {
      const value = columns[metric][index] ?? NaN;
      if (!Number.isFinite(value)) continue;
      const trace = open.metrics[metric];
      if (atMs - trace.lastMs > open.gapAfterMs) trace.breaks[bucket] = 1;
      trace.lastMs = atMs;
      const { min, max } = trace;
      // NaN is never smaller nor greater.
      if (!((min[bucket] ?? NaN) <= value)) min[bucket] = value;
      if (!((max[bucket] ?? NaN) >= value)) max[bucket] = value;
    }
  }

  /** What was gathered of a node; undefined of one that was not opened. */
  of(nodeId: string): NodeTrace | undefined {
    const open = this.opened.get(nodeId);
    if (open === undefined) return undefined;
    const { metrics, changes, moreChanges } = open;
    return { nodeId, ...this.shown, bucketMs: this.bucketMs, metrics, changes, moreChanges };
  }
}

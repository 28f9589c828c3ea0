import type { RolloutEvidence } from "../../shared/contract/rollouts";
import type { SERIES_COLUMNS, TrackedNode } from "../../shared/fleet/tracked-node";
import { medianOf } from "../../shared/quantiles";
import { decimateColumns } from "../../shared/series/decimate";
import type { Rollout, RolloutNode } from "../../shared/rollout/phased/state";

/** Samples a side of each median. */
const SAMPLES = 120;
/** Fewer than this a side say nothing. */
const LEAST_SAMPLES = 12;
/** Samples right after a swap are left out, as the judge does. */
const WARM_UP_MS = 2_000;
const BEFORE_MS = 20_000;
const AFTER_MS = 100_000;
const TRACE_POINTS = 200;
/** Traces of the nodes that were swapped last. */
const MOST_TRACES = 60;

type Column = (typeof SERIES_COLUMNS)[number];
type Medians = Readonly<Record<Column, number | null>>;

interface Swap {
  readonly node: TrackedNode;
  readonly swappedAtMs: number;
  /** When it stopped running the version; null while it does. */
  readonly endedAtMs: number | null;
  readonly isRolledBack: boolean;
}

/** The median of those that are finite; null where there are too few. */
function median(values: Iterable<number>, least: number): number | null {
  const finite = [...values].filter(Number.isFinite);
  return finite.length < least ? null : medianOf(finite);
}

function swapOf(rollout: Rollout, known: RolloutNode, node: TrackedNode): Swap | null {
  if (known.state === "waiting" || known.state === "left-out" || known.state === "sent") return null;
  const span = node.versions.spans.findLast(({ version, fromMs }) => version === rollout.plan.version && fromMs >= rollout.startedAtMs);
  if (span === undefined) return null;
  return { node, swappedAtMs: span.fromMs, endedAtMs: span.toMs, isRolledBack: span.toMs !== null && (known.state === "rolled-back" || known.state === "returned") };
}

function medians(node: TrackedNode, fromMs: number, toMs: number, side: "last" | "first"): Medians {
  const { columns } = node.series.slice(fromMs, toMs);
  const of = (column: Column): number | null => {
    const values = [...columns[column]].filter(Number.isFinite);
    return median(side === "last" ? values.slice(-SAMPLES) : values.slice(0, SAMPLES), LEAST_SAMPLES);
  };
  return { compressionRatio: of("compressionRatio"), latencyMs: of("latencyMs"), qualityScore: of("qualityScore"), bandwidthKbps: of("bandwidthKbps") };
}

function traceOf({ node, swappedAtMs, endedAtMs, isRolledBack }: Swap): RolloutEvidence["traces"][number] {
  const { atMs, columns } = decimateColumns(node.series.slice(swappedAtMs - BEFORE_MS, swappedAtMs + AFTER_MS), TRACE_POINTS);
  return {
    nodeId: node.nodeId,
    swappedAtMs,
    rolledBackAtMs: isRolledBack ? endedAtMs : null,
    sinceSwapMs: atMs.map((time) => time - swappedAtMs),
    compressionRatio: columns.compressionRatio,
    latencyMs: columns.latencyMs,
    qualityScore: columns.qualityScore,
  };
}

/**
 * Before and after on the same nodes: each node's median of at most 120 samples right before its own swap and of as
 * many after it (2 s of warm-up left out, only while it ran the version), and of these the median over the nodes that
 * have both. Nodes of which an earlier run kept the samples have none.
 */
export function rolloutEvidence(rollout: Rollout, nodeOf: (nodeId: string) => TrackedNode | undefined): RolloutEvidence {
  const swaps = [...rollout.nodes.values()].flatMap((known) => {
    const node = nodeOf(known.nodeId);
    const swap = node === undefined ? null : swapOf(rollout, known, node);
    return swap === null ? [] : [swap];
  });
  const sides = swaps.map(({ node, swappedAtMs, endedAtMs }) => ({
    before: medians(node, -Infinity, swappedAtMs - 1, "last"),
    after: medians(node, swappedAtMs + WARM_UP_MS, endedAtMs === null ? Infinity : endedAtMs - 1, "first"),
  }));
  const both = (column: Column): { before: number | null; after: number | null } => {
    const pairs = sides.filter(({ before, after }) => before[column] !== null && after[column] !== null);
    const of = (side: "before" | "after"): number | null => median(pairs.map((pair) => pair[side][column] ?? NaN), 1);
    return { before: of("before"), after: of("after") };
  };
  const newest = swaps.toSorted((one, other) => other.swappedAtMs - one.swappedAtMs).slice(0, MOST_TRACES);
  return {
    rolloutId: rollout.rolloutId,
    nodes: sides.filter(({ before, after }) => before.latencyMs !== null && after.latencyMs !== null).length,
    samples: SAMPLES,
    medians: { compressionRatio: both("compressionRatio"), latencyMs: both("latencyMs"), qualityScore: both("qualityScore"), bandwidthKbps: both("bandwidthKbps") },
    traces: newest.map(traceOf),
  };
}

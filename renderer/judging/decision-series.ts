import type { Series } from "../../shared/contract/channels";
import type { DecisionView } from "../../shared/contract/judging";

/** A silence of so many of its own periods is a gap. */
const GAP_PERIODS = 2.2;

function middleOf(sorted: readonly number[]): number {
  return sorted[sorted.length >> 1] ?? 0;
}

/** The samples of a decision as a chart takes them; null where none were kept. */
export function decisionSeries({ event, samples }: DecisionView): Series | null {
  const { atMs } = samples;
  const [fromMs, toMs] = [atMs[0], atMs.at(-1)];
  if (fromMs === undefined || toMs === undefined) return null;
  const steps = [...atMs.subarray(1)].map((at, index) => at - (atMs[index] ?? at));
  const periodMs = middleOf(steps.toSorted((one, other) => one - other));
  const gaps = steps.flatMap((step, index) => {
    const gapFromMs = atMs[index] ?? 0;
    return periodMs > 0 && step > GAP_PERIODS * periodMs ? [{ fromMs: gapFromMs, toMs: gapFromMs + step }] : [];
  });
  return {
    nodeId: event.nodeId ?? "",
    fromMs,
    toMs: Math.max(toMs, fromMs + 1),
    decimated: false,
    bucketMs: 0,
    atMs,
    compressionRatio: samples.compressionRatio,
    latencyMs: samples.latencyMs,
    qualityScore: samples.qualityScore,
    bandwidthKbps: new Float64Array(atMs.length).fill(Number.NaN),
    changes: [],
    gaps,
  };
}

import { useEffect } from "react";
import { create } from "zustand";
import type { HistoryRange } from "../../shared/contract/history";
import type { LimitedMetric } from "../../shared/judge/limits";
import { request } from "./ops";
import { readSelectedRange, useSelectedRange, type SelectedRange } from "./selected-range";

/** Values of a sparkline. */
const TRAIL_VALUES = 100;

/** What a node's sparklines show of the window's range: of each stretch the value nearest to its limit's bad side; NaN is a gap. */
export type RangeTrail = Readonly<Record<LimitedMetric, Float32Array>>;

interface RangeTrails {
  /** The range that the trails are of. */
  readonly of: SelectedRange | null;
  readonly trails: ReadonlyMap<string, RangeTrail | "asked">;
}

const useTrailStore = create<RangeTrails>(() => ({ of: null, trails: new Map() }));

/** Which end of a stretch matters of a metric. */
const WORSE: Readonly<Record<LimitedMetric, (one: number, other: number) => number>> = {
  compressionRatio: Math.min,
  latencyMs: Math.max,
  qualityScore: Math.min,
};

/** A chart's points as the values of a sparkline. */
export function trailOf({ atMs, ...metrics }: Pick<HistoryRange["series"], "atMs" | LimitedMetric>, { fromMs, toMs }: SelectedRange): RangeTrail {
  const valuesOf = (metric: LimitedMetric): Float32Array => {
    const values = new Float32Array(TRAIL_VALUES).fill(NaN);
    for (const [index, at] of atMs.entries()) {
      const value = metrics[metric][index] ?? NaN;
      if (Number.isNaN(value) || at < fromMs || at > toMs) continue;
      const slot = Math.min(TRAIL_VALUES - 1, Math.floor(((at - fromMs) / (toMs - fromMs)) * TRAIL_VALUES));
      const known = values[slot] ?? NaN;
      values[slot] = Number.isNaN(known) ? value : WORSE[metric](known, value);
    }
    return bridged(values);
  };
  return { compressionRatio: valuesOf("compressionRatio"), latencyMs: valuesOf("latencyMs"), qualityScore: valuesOf("qualityScore") };
}

/** Slots between two values that are fewer than the samples of a slow node leave empty take the value before: they are no gap. */
function bridged(values: Float32Array): Float32Array {
  const known = [...values.keys()].filter((slot) => !Number.isNaN(values[slot] ?? NaN));
  const steps = known.slice(1).map((slot, index) => slot - (known[index] ?? slot)).sort((one, other) => one - other);
  const usual = steps[Math.floor(steps.length / 2)] ?? 1;
  for (const [index, slot] of known.entries()) {
    const next = known[index + 1] ?? slot;
    if (next - slot > 2 * usual) continue;
    for (let between = slot + 1; between < next; between += 1) values[between] = values[slot] ?? NaN;
  }
  return values;
}

function ask(nodeId: string, range: SelectedRange): void {
  const { of, trails } = useTrailStore.getState();
  const known = of === range ? trails : new Map<string, RangeTrail | "asked">();
  if (known.has(nodeId)) return;
  useTrailStore.setState({ of: range, trails: new Map(known).set(nodeId, "asked") });
  void request("history/range", { nodeId, ...range, maxPoints: 2 * TRAIL_VALUES }).then((answer) => {
    if (useTrailStore.getState().of !== range || readSelectedRange() !== range) return;
    const trail = trailOf(answer.ok ? answer.value.series : NOTHING, range);
    useTrailStore.setState((now) => ({ trails: new Map(now.trails).set(nodeId, trail) }));
  });
}

const NOTHING = { atMs: new Float64Array(), compressionRatio: new Float64Array(), latencyMs: new Float64Array(), qualityScore: new Float64Array() };
const EMPTY = trailOf(NOTHING, { fromMs: 0, toMs: 1 });

/** What a node's sparklines show of the window's range, empty until it is read; null while the charts follow now. */
export function useRangeTrail(nodeId: string): RangeTrail | null {
  const range = useSelectedRange();
  useEffect(() => {
    if (range !== null) ask(nodeId, range);
  }, [nodeId, range]);
  const known = useTrailStore((state) => (state.of === range ? state.trails.get(nodeId) : undefined));
  if (range === null) return null;
  return known === undefined || known === "asked" ? EMPTY : known;
}

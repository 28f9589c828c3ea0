import { create } from "zustand";

/** A stretch of time that was chosen, Unix ms. */
export interface SelectedRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Shown before and after a moment, ms. */
const AROUND_MS = 60_000;

const useRangeStore = create<{ readonly range: SelectedRange | null }>(() => ({ range: null }));

/** Sets the range of every chart in the window; null: all follow now again. */
export function selectRange(range: SelectedRange | null): void {
  useRangeStore.setState({ range });
}

/** The range that every chart shows; null while they follow now. */
export function useSelectedRange(): SelectedRange | null {
  return useRangeStore((state) => state.range);
}

/** The range that every chart shows, for event handlers and asking. */
export function readSelectedRange(): SelectedRange | null {
  return useRangeStore.getState().range;
}

/** The minutes around a moment, as far as they have been. */
export function rangeAround(atMs: number, newestMs: number): SelectedRange {
  const toMs = Math.min(Math.max(newestMs, atMs), atMs + AROUND_MS);
  return { fromMs: toMs - 2 * AROUND_MS, toMs };
}

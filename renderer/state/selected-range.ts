import { create } from "zustand";

/** A stretch of time that was chosen on the timeline, Unix ms. */
export interface SelectedRange {
  readonly fromMs: number;
  readonly toMs: number;
}

const useRangeStore = create<{ readonly range: SelectedRange | null }>(() => ({ range: null }));

/** Sets the range that charts show; null: each shows its own. */
export function selectRange(range: SelectedRange | null): void {
  useRangeStore.setState({ range });
}

/** The range that charts are to show; null where none was chosen. */
export function useSelectedRange(): SelectedRange | null {
  return useRangeStore((state) => state.range);
}

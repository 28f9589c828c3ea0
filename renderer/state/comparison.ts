import { create } from "zustand";
import type { ComparisonView } from "../../shared/contract/comparison";
import { request } from "./ops";

const useComparisonStore = create<{ readonly view: ComparisonView }>(() => ({ view: { phase: "none" } }));

/** Takes where the comparison stands. */
export function takeComparison(view: ComparisonView): void {
  useComparisonStore.setState({ view });
}

/** Asks where the comparison stands: a window that was loaded again does not know. */
export async function readComparison(): Promise<void> {
  const answer = await request("comparison/state", {});
  if (answer.ok) takeComparison(answer.value);
}

/** Where the comparison stands. */
export function useComparison(): ComparisonView {
  return useComparisonStore((state) => state.view);
}

/** Where the comparison stands now, for event handlers. */
export function readComparisonNow(): ComparisonView {
  return useComparisonStore.getState().view;
}

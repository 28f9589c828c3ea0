import { create } from "zustand";
import type { SelftestProgress, SelftestReport } from "../../shared/contract/selftest";
import type { Failure } from "../../shared/result";
import { request } from "./ops";

/** Where the self-test stands. */
export type SelftestState =
  | { readonly phase: "none" }
  /** `progress` is null before the first values came. */
  | { readonly phase: "running"; readonly progress: SelftestProgress | null }
  | { readonly phase: "done"; readonly report: SelftestReport; readonly atMs: number }
  | { readonly phase: "failed"; readonly failure: Failure };

const useSelftestStore = create<{ readonly state: SelftestState }>(() => ({ state: { phase: "none" } }));

/** Takes how far the run is. */
export function takeSelftestProgress(progress: SelftestProgress): void {
  if (useSelftestStore.getState().state.phase === "running") useSelftestStore.setState({ state: { phase: "running", progress } });
}

/** Computes every published value again; does nothing while that is on. */
export async function runSelftest(): Promise<void> {
  if (useSelftestStore.getState().state.phase === "running") return;
  useSelftestStore.setState({ state: { phase: "running", progress: null } });
  const answer = await request("selftest/run", {});
  useSelftestStore.setState({
    state: answer.ok ? { phase: "done", report: answer.value, atMs: Date.now() } : { phase: "failed", failure: answer.error },
  });
}

/** Where the self-test stands. */
export function useSelftest(): SelftestState {
  return useSelftestStore(({ state }) => state);
}

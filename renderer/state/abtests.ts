import { create } from "zustand";
import type { AbTestPush, AbTestSummary, AbTestView } from "../../shared/contract/abtest";
import type { Failure } from "../../shared/result";
import { request } from "./ops";

/** What the window knows of A/B tests. */
interface AbTestsState {
  /** Newest first; null until they were asked for and answered. */
  readonly tests: readonly AbTestSummary[] | null;
  /** The test that runs, else the newest that the engine told of; null where there is none. */
  readonly current: AbTestView | null;
  /** Why the list could not be read last; null when it could. */
  readonly failure: Failure | null;
}

const useAbTestsStore = create<AbTestsState>(() => ({ tests: null, current: null, failure: null }));

/** Takes a push. */
export function takeAbTests({ tests, current }: AbTestPush): void {
  useAbTestsStore.setState({ tests, current, failure: null });
}

/** Asks for the list: a window that was loaded again does not know. */
export async function readAbTests(): Promise<void> {
  const answer = await request("abtests/list", {});
  useAbTestsStore.setState(answer.ok ? { tests: answer.value, failure: null } : { failure: answer.error });
}

/** The tests, newest first; null until they were read once. */
export function useAbTests(): readonly AbTestSummary[] | null {
  return useAbTestsStore((state) => state.tests);
}

/** Why the tests could not be read last. */
export function useAbTestsFailure(): Failure | null {
  return useAbTestsStore((state) => state.failure);
}

/** The test that the pushes are about, where it is this one. */
export function usePushedAbTest(testId: string): AbTestView | null {
  return useAbTestsStore(({ current }) => (current?.testId === testId ? current : null));
}

/** The tests now, for event handlers. */
export function readAbTestsNow(): readonly AbTestSummary[] {
  return useAbTestsStore.getState().tests ?? [];
}

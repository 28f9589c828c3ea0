import { create } from "zustand";
import type { RolloutView } from "../../shared/contract/rollouts";
import type { Failure } from "../../shared/result";
import { request } from "./ops";

/** What the window knows of roll-outs. */
interface RolloutsState {
  /** Newest first; null until they were asked for and answered. */
  readonly rollouts: readonly RolloutView[] | null;
  /** Why they could not be read last; null when they could. */
  readonly failure: Failure | null;
}

const useRolloutsStore = create<RolloutsState>(() => ({ rollouts: null, failure: null }));

/** Takes a push. */
export function takeRollouts(rollouts: readonly RolloutView[]): void {
  useRolloutsStore.setState({ rollouts, failure: null });
}

/** Asks for them: a window that was loaded again does not know. */
export async function readRollouts(): Promise<void> {
  const answer = await request("rollouts/list", {});
  if (answer.ok) takeRollouts(answer.value);
  else useRolloutsStore.setState({ failure: answer.error });
}

/** The roll-outs, newest first; null until they were read once. */
export function useRollouts(): readonly RolloutView[] | null {
  return useRolloutsStore((state) => state.rollouts);
}

/** Why they could not be read last. */
export function useRolloutsFailure(): Failure | null {
  return useRolloutsStore((state) => state.failure);
}

/** One roll-out; undefined where there is none of that id. */
export function useRollout(rolloutId: string): RolloutView | undefined {
  return useRolloutsStore((state) => state.rollouts?.find((each) => each.rolloutId === rolloutId));
}

/** One roll-out now, for event handlers. */
export function readRolloutNow(rolloutId: string): RolloutView | undefined {
  return useRolloutsStore.getState().rollouts?.find((each) => each.rolloutId === rolloutId);
}

import { create } from "zustand";
import type { PolicyView } from "../../shared/contract/policy";
import type { Failure } from "../../shared/result";
import { request } from "./ops";

/** What the window knows of the policy. */
interface PolicyState {
  /** Null until it was asked for and answered. */
  readonly view: PolicyView | null;
  /** Why it could not be read last; null when it could. */
  readonly failure: Failure | null;
}

const usePolicyStore = create<PolicyState>(() => ({ view: null, failure: null }));

/** Takes the policy in force; one of an older revision than is known is dropped. */
export function takePolicy(view: PolicyView): void {
  const known = usePolicyStore.getState().view;
  if (known === null || view.revision >= known.revision) usePolicyStore.setState({ view, failure: null });
}

/** Asks which policy is in force. */
export async function readPolicy(): Promise<void> {
  const answer = await request("policy/current", {});
  if (answer.ok) takePolicy(answer.value);
  else usePolicyStore.setState({ failure: answer.error });
}

/** The policy in force; null until it was read once. */
export function usePolicy(): PolicyView | null {
  return usePolicyStore((state) => state.view);
}

/** Why the policy could not be read last. */
export function usePolicyFailure(): Failure | null {
  return usePolicyStore((state) => state.failure);
}

/** The policy in force now, for event handlers. */
export function readPolicyNow(): PolicyView | null {
  return usePolicyStore.getState().view;
}

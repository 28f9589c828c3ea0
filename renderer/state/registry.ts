import { create } from "zustand";
import type { RegistryPush, RegistryView } from "../../shared/contract/models";
import type { Failure } from "../../shared/result";
import { request } from "./ops";

/** What the window knows of the registry. */
interface RegistryState {
  /** Null until it was asked for and answered. */
  readonly registry: RegistryView | null;
  /** Why it could not be read last; null when it could. */
  readonly failure: Failure | null;
  readonly push: RegistryPush;
}

const useRegistryStore = create<RegistryState>(() => ({ registry: null, failure: null, push: { revision: 0, activities: [] } }));

/** The newest question: an answer to an older one is dropped. */
let asked = 0;

/** Asks what lies in the registry now. */
export async function readRegistry(): Promise<void> {
  asked += 1;
  const turn = asked;
  const answer = await request("models/registry", {});
  if (turn !== asked) return;
  if (answer.ok) useRegistryStore.setState({ registry: answer.value, failure: null });
  else useRegistryStore.setState({ failure: answer.error });
}

/** Takes a registry that came as the answer to a change. */
export function takeRegistry(registry: RegistryView): void {
  asked += 1;
  useRegistryStore.setState({ registry, failure: null });
}

/** Takes a push: what the registry works on; a new revision is asked for where the registry is shown. */
export function takeRegistryPush(push: RegistryPush): void {
  const { push: before, registry } = useRegistryStore.getState();
  useRegistryStore.setState({ push });
  if (push.revision !== before.revision && registry !== null) void readRegistry();
}

/** The registry; null until it was read once. */
export function useRegistry(): RegistryView | null {
  return useRegistryStore((state) => state.registry);
}

/** Why the registry could not be read last. */
export function useRegistryFailure(): Failure | null {
  return useRegistryStore((state) => state.failure);
}

/** What the registry works on now. */
export function useRegistryActivities(): RegistryPush["activities"] {
  return useRegistryStore((state) => state.push.activities);
}

/** The registry now, for event handlers. */
export function readRegistryNow(): RegistryView | null {
  return useRegistryStore.getState().registry;
}

import { create } from "zustand";
import type { SetupView } from "../../shared/contract/ros2-setup";
import { say } from "./announce";
import { request } from "./ops";
import { takeFailure } from "./store";

const useSetupStore = create<{ readonly view: SetupView }>(() => ({ view: { state: "idle" } }));

/** Takes where the set-up of ROS 2 stands. */
export function takeSetup(view: SetupView): void {
  useSetupStore.setState({ view });
}

/** Where the set-up of ROS 2 stands. */
export function useSetup(): SetupView {
  return useSetupStore((state) => state.view);
}

/** Asks where it stands: a window that was loaded again does not know. */
export async function readSetup(): Promise<void> {
  const answer = await request("ros2/set-up-state", {});
  if (answer.ok) takeSetup(answer.value);
  else takeFailure(answer.error);
}

/** Begins the set-up; where it cannot begin, the outcome says why. */
export async function beginSetup(): Promise<void> {
  const answer = await request("ros2/set-up", {});
  takeSetup(answer.ok ? answer.value : { state: "failed", tookMs: 0, ...answer.error });
}

/** Ends the set-up. */
export async function cancelSetup(): Promise<void> {
  const answer = await request("ros2/cancel-set-up", {});
  if (answer.ok) takeSetup(answer.value);
  else say(`${answer.error.code}: ${answer.error.message}`);
}

/** Starts the application again on another link. */
export async function relaunchOn(link: "ros2" | "embedded"): Promise<void> {
  const answer = await request("app/relaunch", { link });
  if (!answer.ok) say(`${answer.error.code}: ${answer.error.message}`);
}

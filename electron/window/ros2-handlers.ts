import type { ROS2_REQUESTS } from "../../shared/contract/ros2-setup";
import { ok } from "../../shared/result";
import type { RequestHandlers } from "../ipc/answer";
import { examineRos, reportOf, type RosTrial } from "../link/ros2/install/doctor";
import type { SetupDesk } from "../ros2-setup/setup-desk";

/** What the window can ask about ROS 2 on this machine. */
export interface Ros2Desk {
  readonly setup: SetupDesk;
  readonly trial: RosTrial;
  /** Ends this application and starts it again on another link, with the same options. */
  relaunch(link: "ros2" | "embedded"): void;
}

/** Answers the window's requests about setting up ROS 2 and starting on it. */
export function ros2Handlers({ setup, trial, relaunch }: Ros2Desk): Pick<RequestHandlers, keyof typeof ROS2_REQUESTS> {
  return {
    "ros2/set-up": () => setup.begin(),
    "ros2/cancel-set-up": async () => ok(await setup.cancel()),
    "ros2/set-up-state": () => ok(setup.view()),
    "ros2/doctor": async () => ok(reportOf(await examineRos(trial), trial.environment)),
    "app/relaunch": ({ link }) => {
      relaunch(link);
      return ok({});
    },
  };
}

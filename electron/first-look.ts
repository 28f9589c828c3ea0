import { existsSync, readdirSync } from "node:fs";
import type { Hello } from "../shared/contract/channels";
import type { Result } from "../shared/result";
import { describeRos } from "./link/ros2/open-ros2";
import type { RosRecord } from "./link/ros2/ros-folder";

/** One thing that was looked for at the start. */
export type Finding = Hello["findings"][number];

const OPT_ROS = "/opt/ros";

/**
 * Looks for a ROS 2 on this machine: sourced in the environment, or installed under /opt/ros.
 * @param setUp What is set up for the application, and loads where that was tried.
 */
export function lookForRos(environment: NodeJS.ProcessEnv, setUp: Result<RosRecord>): readonly Finding[] {
  const sourced = environment["ROS_DISTRO"];
  const installed = existsSync(OPT_ROS) ? readdirSync(OPT_ROS) : null;
  return [
    {
      what: "A sourced ROS 2",
      found: sourced !== undefined,
      sentence: sourced === undefined ? "ROS_DISTRO is not set" : `ROS_DISTRO is ${sourced}`,
    },
    {
      what: "ROS 2 under /opt/ros",
      found: installed !== null && installed.length > 0,
      sentence: installed === null ? "no such folder" : installed.length === 0 ? "the folder is empty" : installed.join(", "),
    },
    {
      what: "ROS 2 set up for this application",
      found: setUp.ok,
      sentence: setUp.ok ? describeRos(setUp.value) : setUp.error.message,
    },
  ];
}

/** Why the embedded fleet was chosen, in a sentence. */
export function whyEmbedded(wanted: "auto" | "embedded", setUp: Result<RosRecord>): string {
  if (wanted === "embedded") return "The embedded fleet was asked for.";
  return `The embedded fleet runs: ${setUp.ok ? "it was chosen" : setUp.error.message}`;
}

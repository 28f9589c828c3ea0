import { existsSync, readdirSync } from "node:fs";
import type { Hello } from "../shared/contract/channels";

/** One thing that was looked for at the start. */
export type Finding = Hello["findings"][number];

const OPT_ROS = "/opt/ros";

/** Looks for a ROS 2 on this machine: sourced in the environment, or installed under /opt/ros. */
export function lookForRos(environment: NodeJS.ProcessEnv): readonly Finding[] {
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
  ];
}

/** Why the embedded fleet was chosen, in a sentence. */
export function whyEmbedded(wanted: "auto" | "embedded", ros: readonly Finding[]): string {
  if (wanted === "embedded") return "The embedded fleet was asked for.";
  const found = ros.filter((finding) => finding.found);
  if (found.length === 0) return "No ROS 2 was found on this machine, so the embedded fleet runs.";
  const where = found.map((finding) => finding.sentence).join("; ");
  return `A ROS 2 is here (${where}), but this version connects to the embedded fleet only.`;
}

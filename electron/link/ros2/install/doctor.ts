import type { DoctorReport } from "../../../../shared/contract/ros2-setup";
import type { Failure, Result } from "../../../../shared/result";
import type { Timers } from "../../../../shared/time";
import type { Spawn } from "../../../supervision/process-spawner";
import { describeRos } from "../open-ros2";
import { probeHost, type ProbedHost } from "../probe";
import { discoveryRangeOf, domainIdOf, rosEnvironment, type Variables } from "../ros-environment";
import { readRosRecord, rosFolder, rosFolderPath, type RosRecord } from "../ros-folder";
import { findRos, type FoundRos } from "./find-ros";

/** What loads ROS 2 to see whether it does. */
export interface RosTrial {
  readonly spawn: Spawn;
  /** The bundle of the host. */
  readonly entry: string;
  readonly timers: Timers;
  readonly environment: Variables;
}

/** What was found of ROS 2 on this machine. */
export interface RosExamination {
  readonly folder: string;
  readonly found: FoundRos | null;
  readonly record: Result<RosRecord, "NOT_AVAILABLE">;
  /** Null where there is nothing to try. */
  readonly loaded: Result<ProbedHost, "NOT_AVAILABLE"> | null;
}

/** Which ROS 2 is set up, and with which client, for people. */
export function describeSetUp(record: RosRecord): string {
  return `${describeRos(record)}, with rclnodejs ${record.rclnodejs}`;
}

/** Tries in a process of its own whether the ROS 2 in `folder` loads. */
export function tryRos(trial: RosTrial, folder: string, record: RosRecord): Promise<Result<ProbedHost, "NOT_AVAILABLE">> {
  const { spawn, entry, timers, environment } = trial;
  const { rclnodejs, addon, profiles } = rosFolder(folder);
  const env = rosEnvironment(record, profiles, environment, { domainId: null, discoveryRange: null });
  return probeHost({ spawn, entry, env, rclnodejs, addon, timers });
}

/** Looks for ROS 2 and tries whether what is set up loads. */
export async function examineRos(trial: RosTrial): Promise<RosExamination> {
  const folder = rosFolderPath(trial.environment);
  const record = readRosRecord(folder);
  const loaded = record.ok ? await tryRos(trial, folder, record.value) : null;
  return { folder, found: findRos(trial.environment), record, loaded };
}

/** What to do about what was found. */
export function adviceOn({ record, loaded }: RosExamination): string {
  const failure: Failure | null = record.ok ? (loaded?.ok === false ? loaded.error : null) : record.error;
  if (failure === null) return "Nothing is to be done: ./lydlr start joins the graph.";
  if (!record.ok) return record.error.message;
  return "`./lydlr ros2 install` builds it anew; the embedded fleet runs without ROS 2 meanwhile.";
}

/** The examination in lines, for the terminal and the window. */
export function reportOf(examination: RosExamination, environment: Variables): DoctorReport {
  const { folder, found, record, loaded } = examination;
  const sourced = environment["ROS_DISTRO"];
  const isDomainGiven = environment["ROS_DOMAIN_ID"] !== undefined;
  const isRangeGiven = environment["ROS_AUTOMATIC_DISCOVERY_RANGE"] !== undefined;
  const lines: readonly (readonly [string, string])[] = [
    ["sourced", sourced === undefined ? "no (ROS_DISTRO is not set)" : `ROS_DISTRO is ${sourced}`],
    ["on this machine", found === null ? "none, neither sourced nor under /opt/ros" : `${found.distro} in ${found.prefix} (${found.source})`],
    ["set up for the application", record.ok ? `${describeSetUp(record.value)} (${folder})` : "no"],
    ["loads", loaded === null ? "not tried" : loaded.ok ? `yes, in ${String(loaded.value.tookMs)} ms` : `no: ${loaded.error.message}`],
    ["middleware (RMW)", loaded?.ok === true ? loaded.value.rmw : (environment["RMW_IMPLEMENTATION"] ?? "unknown")],
    ["domain", `${String(domainIdOf(environment))}${isDomainGiven ? " (ROS_DOMAIN_ID)" : " (the default)"}`],
    ["discovery range", `${discoveryRangeOf(environment)}${isRangeGiven ? "" : " (the default)"}`],
    ["to do", adviceOn(examination)],
  ];
  return { isWell: loaded?.ok === true, lines: lines.map(([what, text]) => ({ what, text })) };
}

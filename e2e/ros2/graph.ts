import { readRosRecord, rosFolder, rosFolderPath, type RosRecord } from "../../electron/link/ros2/ros-folder";
import { plainRosEnvironment } from "../../electron/link/ros2/ros-environment";

/** Domains above this use ports of the range that Linux gives to any program (docs.ros.org, "The ROS_DOMAIN_ID"). */
const SAFE_DOMAINS = 100;

/**
 * A graph of this process's own: nobody else's nodes are in it, on this machine or another.
 */
export const domainId = 1 + (process.pid % SAFE_DOMAINS);

/** Another graph, for nodes that must not be met. */
export const otherDomainId = 1 + (domainId % SAFE_DOMAINS);

/** The environment of everything that joins it. */
export const graphVariables: Readonly<Record<string, string>> = {
  ROS_AUTOMATIC_DISCOVERY_RANGE: "LOCALHOST",
  ROS_DOMAIN_ID: String(domainId),
};

/** The ROS 2 that is set up; a test without one fails with what to do. */
export function installedRos(): RosRecord {
  const record = readRosRecord(rosFolderPath(process.env));
  if (!record.ok) throw new Error(`${record.error.code}: ${record.error.message}`);
  return record.value;
}

/** The Python that has rclpy, and its environment. */
export function rosPython(): { readonly program: string; readonly env: Readonly<Record<string, string | undefined>> } {
  const record = installedRos();
  const { prefix } = rosFolder(rosFolderPath(process.env));
  const variables = plainRosEnvironment(record, graphVariables, { domainId: null, discoveryRange: null });
  const program = record.source === "private" ? `${prefix}/bin/python` : "python3";
  return { program, env: { ...process.env, ...variables, PYTHONUNBUFFERED: "1" } };
}

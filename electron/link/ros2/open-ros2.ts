import { randomBytes } from "node:crypto";
import type { Result } from "../../../shared/result";
import type { Timers } from "../../../shared/time";
import type { Spawn } from "../../supervision/process-spawner";
import { probeHost } from "./probe";
import { discoveryRangeOf, domainIdOf, rosEnvironment, type GraphChoice, type Variables } from "./ros-environment";
import { readRosRecord, rosFolder, rosFolderPath, type RosRecord } from "./ros-folder";
import { createRos2Link, type Ros2Link } from "./ros2-link";

/** What a ROS 2 link needs of its surroundings. */
export interface Ros2Surroundings {
  readonly spawn: Spawn;
  /** The bundle of the host. */
  readonly entry: string;
  readonly environment: Variables;
  readonly timers: Timers;
  readonly graph: GraphChoice;
  /** Whether a second process stands by. Default: it does. */
  readonly standby?: boolean;
  /** The beginning of the node's name in the graph. Default `lydlr_ops`. */
  readonly nodeName?: string;
}

/** Which ROS 2 a record is of, for people. */
export function describeRos({ source, distro }: RosRecord): string {
  const where = { private: "installed beside the application", sourced: "as it was sourced at its set-up", opt: "under /opt/ros" }[source];
  return `ROS 2 ${distro}, ${where}`;
}

/**
 * Looks whether ROS 2 is set up here, and with `tries` whether it really loads (half a second).
 * @returns NOT_AVAILABLE with the reason and what to do.
 */
export async function findRos2(surroundings: Ros2Surroundings, tries: boolean): Promise<Result<RosRecord, "NOT_AVAILABLE">> {
  const { spawn, entry, environment, timers, graph } = surroundings;
  const folder = rosFolderPath(environment);
  const record = readRosRecord(folder);
  if (!record.ok || !tries) return record;
  const { rclnodejs, addon, profiles } = rosFolder(folder);
  const env = rosEnvironment(record.value, profiles, environment, graph);
  const loaded = await probeHost({ spawn, entry, env, rclnodejs, addon, timers });
  return loaded.ok ? record : loaded;
}

/** A link to the graph with the ROS 2 of `record`. */
export function openRos2(surroundings: Ros2Surroundings, record: RosRecord): Ros2Link {
  const { spawn, entry, environment, timers, graph } = surroundings;
  const { rclnodejs, addon, profiles } = rosFolder(rosFolderPath(environment));
  return createRos2Link({
    timers,
    spawn,
    entry,
    rclnodejs,
    addon,
    graph,
    surroundings: (choice) => ({
      domainId: choice.domainId ?? domainIdOf(environment),
      discoveryRange: choice.discoveryRange ?? discoveryRangeOf(environment),
      env: rosEnvironment(record, profiles, environment, choice),
    }),
    standby: surroundings.standby ?? true,
    description: describeRos(record),
    // Two applications on one graph, or one and the ghost of its predecessor, must not be taken for each other.
    nodeName: `${surroundings.nodeName ?? "lydlr_ops"}_${randomBytes(4).toString("hex")}`,
  });
}

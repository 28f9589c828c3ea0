import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Variables } from "../ros-environment";

/** A ROS 2 that is on this machine without the application's doing. */
export interface FoundRos {
  readonly source: "sourced" | "opt";
  readonly distro: string;
  /** The prefix that holds the client libraries. */
  readonly prefix: string;
  readonly amentPrefixPath: string;
  readonly libraryPath: string;
}

const OPT_ROS = "/opt/ros";
/** Distributions that rclnodejs 1.9 knows, the newest first. */
const KNOWN_DISTROS = ["kilted", "jazzy", "humble"];

function holdsClientLibrary(prefix: string): boolean {
  return existsSync(join(prefix, "include", "rcl"));
}

/** The ROS 2 of this environment: sourced first, then the newest under /opt/ros; null where there is none. */
export function findRos(environment: Variables, optRos = OPT_ROS): FoundRos | null {
  return sourcedRos(environment) ?? installedRos(optRos);
}

function sourcedRos(environment: Variables): FoundRos | null {
  const distro = environment["ROS_DISTRO"];
  const amentPrefixPath = environment["AMENT_PREFIX_PATH"] ?? "";
  // A workspace lies over the distribution: the prefix with the client library is the underlay.
  const prefix = amentPrefixPath.split(delimiter).find(holdsClientLibrary);
  if (distro === undefined || prefix === undefined) return null;
  const libraryPath = environment["LD_LIBRARY_PATH"] ?? join(prefix, "lib");
  return { source: "sourced", distro, prefix, amentPrefixPath, libraryPath };
}

function installedRos(optRos: string): FoundRos | null {
  const installed = existsSync(optRos) ? readdirSync(optRos) : [];
  const distro = KNOWN_DISTROS.find((each) => installed.includes(each) && holdsClientLibrary(join(optRos, each)));
  if (distro === undefined) return null;
  const prefix = join(optRos, distro);
  const libraryFolders = ["lib", join("lib", "x86_64-linux-gnu"), join("lib", "aarch64-linux-gnu")].map((name) => join(prefix, name));
  return {
    source: "opt",
    distro,
    prefix,
    amentPrefixPath: prefix,
    libraryPath: libraryFolders.filter((folder) => existsSync(folder)).join(delimiter),
  };
}

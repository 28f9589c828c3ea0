import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { fail, ok, type Result } from "../../../shared/result";
import type { DiscoveryProfiles } from "./ros-environment";

/** Raised when what an installation consists of changes, so that an older one is not taken for whole. */
export const INSTALL_REVISION = 1;

/** The rclnodejs that the host is written for (CommonJS: it loads in a utilityProcess of every Electron). */
export const RCLNODEJS_VERSION = "1.9.0";

const recordSchema = v.strictObject({
  revision: v.literal(INSTALL_REVISION),
  /** Where the ROS 2 comes from: beside the application, a sourced one, or one under /opt/ros. */
  source: v.picklist(["private", "sourced", "opt"]),
  distro: v.pipe(v.string(), v.regex(/^[a-z]+$/)),
  /** As ROS names them, already complete: nobody has to source anything later. */
  amentPrefixPath: v.pipe(v.string(), v.minLength(1)),
  libraryPath: v.pipe(v.string(), v.minLength(1)),
  rclnodejs: v.literal(RCLNODEJS_VERSION),
  /** The Node whose headers the addon was compiled with, e.g. `20.20.2`. */
  builtWithNode: v.string(),
});

/** What an installation says of itself; it is the last file that is written. */
export type RosRecord = v.InferOutput<typeof recordSchema>;

/** The files of an installation that others load. */
export interface RosFolder {
  readonly folder: string;
  /** The private ROS 2, a Python environment that is a ROS prefix at the same time. */
  readonly prefix: string;
  readonly record: string;
  /** The npm project that holds rclnodejs and its messages. */
  readonly packages: string;
  readonly rclnodejs: string;
  /** The native addon; one file serves Node and Electron. */
  readonly addon: string;
  /** How Fast DDS looks for others, in its own format. */
  readonly profiles: DiscoveryProfiles;
}

/** Where the application keeps its ROS 2: beside its data, `$XDG_DATA_HOME/lydlr-ops/ros2`, whatever --data-dir is. */
export function rosFolderPath(environment: Readonly<Record<string, string | undefined>>): string {
  const configured = environment["XDG_DATA_HOME"];
  const base = configured !== undefined && configured !== "" ? configured : join(environment["HOME"] ?? homedir(), ".local", "share");
  return join(base, "lydlr-ops", "ros2");
}

/** The parts of an installation in `folder`. */
export function rosFolder(folder: string): RosFolder {
  const packages = join(folder, "packages");
  const rclnodejs = join(packages, "node_modules", "rclnodejs");
  return {
    folder,
    prefix: join(folder, "prefix"),
    record: join(folder, "installed.json"),
    packages,
    rclnodejs,
    addon: join(folder, "rclnodejs.node"),
    profiles: { subnet: join(folder, "fastdds.xml"), localhost: join(folder, "fastdds-localhost.xml") },
  };
}

/**
 * Reads what is installed in `folder`.
 * @returns NOT_AVAILABLE with what to do, where nothing or only a part of it is there.
 */
export function readRosRecord(folder: string): Result<RosRecord, "NOT_AVAILABLE"> {
  const paths = rosFolder(folder);
  let text: string;
  try {
    text = readFileSync(paths.record, "utf8");
  } catch {
    return fail("NOT_AVAILABLE", `No ROS 2 is set up in ${folder}. \`./lydlr ros2 install\` does that.`);
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), recordSchema), text);
  if (!parsed.success) {
    return fail("NOT_AVAILABLE", `${folder} holds the ROS 2 of another version of this application. \`./lydlr ros2 install\` renews it.`);
  }
  const { subnet, localhost } = paths.profiles;
  const missing = [paths.addon, subnet, localhost, join(paths.rclnodejs, "index.js"), join(paths.rclnodejs, "generated", "generator.json")].find(
    (path) => !existsSync(path),
  );
  if (missing !== undefined) {
    return fail("NOT_AVAILABLE", `${missing} is missing. \`./lydlr ros2 install\` repairs the installation.`);
  }
  return ok(parsed.output);
}

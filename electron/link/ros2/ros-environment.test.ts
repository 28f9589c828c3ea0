import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { findRos } from "./install/find-ros";
import { discoveryRangeOf, domainIdOf, rosEnvironment } from "./ros-environment";
import { INSTALL_REVISION, RCLNODEJS_VERSION, readRosRecord, rosFolder, rosFolderPath, type RosRecord } from "./ros-folder";

const RECORD: RosRecord = {
  revision: INSTALL_REVISION,
  source: "private",
  distro: "jazzy",
  amentPrefixPath: "/data/ros2/prefix",
  libraryPath: "/data/ros2/prefix/lib",
  rclnodejs: RCLNODEJS_VERSION,
  builtWithNode: "20.20.2",
};
const PROFILES = { subnet: "/data/fastdds.xml", localhost: "/data/fastdds-localhost.xml" };
const ANY = { domainId: null, discoveryRange: null } as const;

const folders: string[] = [];
function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "lydlr-ros-"));
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe("the environment of the process that speaks ROS 2", () => {
  it("is what the record says, with what an operator may decide, and nothing else", () => {
    const environment = { ROS_DOMAIN_ID: "12", ROS_DISTRO: "humble", AMENT_PREFIX_PATH: "/elsewhere", LD_PRELOAD: "/evil.so", RMW_IMPLEMENTATION: "rmw_zenoh_cpp" };
    const given = rosEnvironment(RECORD, PROFILES, environment, ANY);
    expect(given).toEqual({
      ROS_DISTRO: "jazzy",
      ROS_VERSION: "2",
      AMENT_PREFIX_PATH: "/data/ros2/prefix",
      LD_LIBRARY_PATH: "/data/ros2/prefix/lib",
      RMW_IMPLEMENTATION: "rmw_fastrtps_cpp",
      ROS_DOMAIN_ID: "12",
      FASTRTPS_DEFAULT_PROFILES_FILE: "/data/fastdds.xml",
      FASTDDS_DEFAULT_PROFILES_FILE: "/data/fastdds.xml",
    });
  });

  it("lets a choice win over the environment, and the operator's own profiles over the application's", () => {
    const environment = { ROS_DOMAIN_ID: "12", ROS_AUTOMATIC_DISCOVERY_RANGE: "SUBNET", FASTRTPS_DEFAULT_PROFILES_FILE: "/own.xml" };
    const given = rosEnvironment(RECORD, PROFILES, environment, { domainId: 3, discoveryRange: "LOCALHOST" });
    expect(given).toMatchObject({ ROS_DOMAIN_ID: "3", ROS_AUTOMATIC_DISCOVERY_RANGE: "LOCALHOST", FASTRTPS_DEFAULT_PROFILES_FILE: "/own.xml" });
    expect(given).not.toHaveProperty("FASTDDS_DEFAULT_PROFILES_FILE");
  });

  it("replaces LOCALHOST, which brings shared memory with it, by a profile of its own", () => {
    const local = { ROS_AUTOMATIC_DISCOVERY_RANGE: "SYSTEM_DEFAULT", FASTDDS_DEFAULT_PROFILES_FILE: PROFILES.localhost };
    expect(rosEnvironment(RECORD, PROFILES, { ROS_AUTOMATIC_DISCOVERY_RANGE: "LOCALHOST" }, ANY)).toMatchObject(local);
    expect(rosEnvironment(RECORD, PROFILES, {}, { domainId: null, discoveryRange: "LOCALHOST" })).toMatchObject(local);
    const old = rosEnvironment(RECORD, PROFILES, { ROS_LOCALHOST_ONLY: "1" }, ANY);
    expect(old).toMatchObject(local);
    expect(old).not.toHaveProperty("ROS_LOCALHOST_ONLY");
  });

  it("leaves LOCALHOST as it is where the profile cannot say the same", () => {
    const range = { ROS_AUTOMATIC_DISCOVERY_RANGE: "LOCALHOST" };
    const withPeers = rosEnvironment(RECORD, PROFILES, { ...range, ROS_STATIC_PEERS: "10.0.0.7" }, ANY);
    expect(withPeers).toMatchObject({ ...range, FASTDDS_DEFAULT_PROFILES_FILE: PROFILES.subnet });
    const cyclone = { ...RECORD, source: "sourced" as const };
    const other = rosEnvironment(cyclone, PROFILES, { ...range, RMW_IMPLEMENTATION: "rmw_cyclonedds_cpp" }, ANY);
    expect(other).toMatchObject(range);
    expect(other).not.toHaveProperty("FASTDDS_DEFAULT_PROFILES_FILE");
  });

  it("asks a ROS 2 from before the discovery range by the variable that it knows", () => {
    const humble = { ...RECORD, source: "opt" as const, distro: "humble" };
    const given = (discoveryRange: "LOCALHOST" | "SUBNET") => rosEnvironment(humble, PROFILES, { ROS_LOCALHOST_ONLY: "1" }, { domainId: null, discoveryRange });
    expect(given("LOCALHOST")).toMatchObject({ ROS_LOCALHOST_ONLY: "1" });
    expect(given("SUBNET")).toMatchObject({ ROS_LOCALHOST_ONLY: "0" });
    expect(given("SUBNET")).not.toHaveProperty("ROS_AUTOMATIC_DISCOVERY_RANGE");
  });

  it("says which range is in force", () => {
    expect(discoveryRangeOf({})).toBe("SUBNET");
    expect(discoveryRangeOf({ ROS_AUTOMATIC_DISCOVERY_RANGE: "OFF" })).toBe("OFF");
    expect(discoveryRangeOf({ ROS_AUTOMATIC_DISCOVERY_RANGE: "SUBNET", ROS_LOCALHOST_ONLY: "1" })).toBe("LOCALHOST");
  });

  it("takes a domain that cannot be for the default", () => {
    expect(["7", "232", "233", "-1", "x", ""].map((text) => domainIdOf({ ROS_DOMAIN_ID: text }))).toEqual([7, 232, 0, 0, 0, 0]);
  });
});

describe("an installation", () => {
  it("lies in the user's data folder, wherever XDG puts that", () => {
    expect(rosFolderPath({ XDG_DATA_HOME: "/xdg", HOME: "/home/a" })).toBe("/xdg/lydlr-ops/ros2");
    expect(rosFolderPath({ HOME: "/home/a" })).toBe("/home/a/.local/share/lydlr-ops/ros2");
  });

  it("is whole or not there", () => {
    const folder = freshFolder();
    expect(readRosRecord(folder)).toMatchObject({ ok: false, error: { code: "NOT_AVAILABLE" } });
    const { record, addon, profiles, rclnodejs } = rosFolder(folder);
    writeFileSync(record, JSON.stringify(RECORD));
    expect(readRosRecord(folder)).toMatchObject({ ok: false });
    mkdirSync(join(rclnodejs, "generated"), { recursive: true });
    for (const path of [addon, profiles.subnet, profiles.localhost, join(rclnodejs, "index.js"), join(rclnodejs, "generated", "generator.json")]) writeFileSync(path, "");
    expect(readRosRecord(folder)).toEqual({ ok: true, value: RECORD });
    writeFileSync(record, JSON.stringify({ ...RECORD, revision: INSTALL_REVISION + 1 }));
    expect(readRosRecord(folder)).toMatchObject({ ok: false });
  });
});

describe("a ROS 2 that is there already", () => {
  it("is the sourced one, and of several prefixes that with the client library", () => {
    const underlay = freshFolder();
    mkdirSync(join(underlay, "include", "rcl"), { recursive: true });
    const environment = { ROS_DISTRO: "jazzy", AMENT_PREFIX_PATH: `/workspace/install:${underlay}`, LD_LIBRARY_PATH: "/a:/b" };
    expect(findRos(environment, "/nowhere")).toEqual({
      source: "sourced",
      distro: "jazzy",
      prefix: underlay,
      amentPrefixPath: `/workspace/install:${underlay}`,
      libraryPath: "/a:/b",
    });
  });

  it("is else the newest under /opt/ros, and none where that is only a folder", () => {
    const opt = freshFolder();
    mkdirSync(join(opt, "kilted"));
    expect(findRos({}, opt)).toBeNull();
    for (const distro of ["humble", "jazzy"]) mkdirSync(join(opt, distro, "include", "rcl"), { recursive: true });
    mkdirSync(join(opt, "jazzy", "lib"));
    expect(findRos({}, opt)).toMatchObject({ source: "opt", distro: "jazzy", libraryPath: join(opt, "jazzy", "lib") });
  });
});

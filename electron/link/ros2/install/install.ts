import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { SetupStep } from "../../../../shared/contract/ros2-setup";
import { fail, ok, type Result } from "../../../../shared/result";
import { DISCOVERY_PROFILE, LOCALHOST_PROFILE, rosEnvironment, type Variables } from "../ros-environment";
import { INSTALL_REVISION, RCLNODEJS_VERSION, rosFolder, type RosRecord } from "../ros-folder";
import { findRos } from "./find-ros";
import { findPython, installPrivateRos, PRIVATE_DISTRO } from "./private-ros";
import { checkBuildTools, installRclnodejs } from "./rclnodejs";
import { cancelled } from "./step";

/** What is installed and where. */
export interface InstallPlan {
  /** As `rosFolderPath` says. */
  readonly folder: string;
  readonly environment: Variables;
  /** Take the private ROS 2 even where another one is found. */
  readonly isPrivate: boolean;
  readonly logPath: string;
  /** Ends the installation; what was there before stays. */
  readonly signal: AbortSignal;
  /** Told of every step as it begins. */
  onProgress(step: SetupStep): void;
  /** Whether what was made loads, before it takes its place. */
  verify(folder: string, record: RosRecord): Promise<Result<unknown, "NOT_AVAILABLE">>;
}

/**
 * Sets up ROS 2 for the application: a private one, or the one that is there, and rclnodejs built for it.
 * Everything is made beside `folder` and takes its place at the end: an installation is whole or not there,
 * and a failed or cancelled repair leaves the old one.
 * @returns NOT_AVAILABLE with what failed and what to do; CANCELLED.
 */
export async function installRos(plan: InstallPlan): Promise<Result<RosRecord, "NOT_AVAILABLE" | "CANCELLED">> {
  if (process.platform !== "linux") {
    return fail("NOT_AVAILABLE", "The ROS 2 link runs on Linux. Elsewhere the application runs the embedded fleet.");
  }
  const tools = checkBuildTools(plan.environment);
  if (!tools.ok) return tools;
  const parent = dirname(plan.folder);
  const next = `${plan.folder}.next-${String(process.pid)}`;
  try {
    mkdirSync(parent, { recursive: true });
    removeLeftovers(plan.folder);
    mkdirSync(next);
    mkdirSync(dirname(plan.logPath), { recursive: true });
    writeFileSync(plan.logPath, "");
  } catch (error) {
    return fail("NOT_AVAILABLE", `${parent} cannot be written to: ${error instanceof Error ? error.message : String(error)}.`);
  }
  try {
    const made = await makeIn(next, plan);
    if (!made.ok) return made;
    if (plan.signal.aborted) return cancelled();
    writeFileSync(rosFolder(next).record, `${JSON.stringify(made.value, null, 1)}\n`);
    replaceFolder(next, plan.folder);
    return made;
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/** Takes away all that an installation is. @returns whether there was one. */
export function removeRos(folder: string): boolean {
  removeLeftovers(folder);
  const isThere = existsSync(folder);
  rmSync(folder, { recursive: true, force: true });
  return isThere;
}

async function makeIn(next: string, plan: InstallPlan): Promise<Result<RosRecord, "NOT_AVAILABLE" | "CANCELLED">> {
  const { environment, logPath, signal } = plan;
  const folder = rosFolder(next);
  writeFileSync(folder.profiles.subnet, DISCOVERY_PROFILE);
  writeFileSync(folder.profiles.localhost, LOCALHOST_PROFILE);
  const found = plan.isPrivate ? null : findRos(environment);
  let prefix = found?.prefix;
  if (prefix === undefined) {
    if (process.arch !== "x64") {
      return fail("NOT_AVAILABLE", "The private ROS 2 exists for x86-64 only. Install ROS 2 under /opt/ros, then run this again.");
    }
    const python = findPython(environment);
    if (!python.ok) return python;
    plan.onProgress("ros2");
    prefix = folder.prefix;
    const installed = await installPrivateRos({ python: python.value, prefix, logPath, env: environment, signal });
    if (!installed.ok) return installed;
  }
  const record = (inFolder: string): RosRecord => ({
    revision: INSTALL_REVISION,
    source: found?.source ?? "private",
    distro: found?.distro ?? PRIVATE_DISTRO,
    amentPrefixPath: found?.amentPrefixPath ?? rosFolder(inFolder).prefix,
    libraryPath: found?.libraryPath ?? join(rosFolder(inFolder).prefix, "lib"),
    rclnodejs: RCLNODEJS_VERSION,
    builtWithNode: process.versions.node,
  });
  const env = { ...environment, ...rosEnvironment(record(next), folder.profiles, environment, { domainId: null, discoveryRange: null }) };
  const { distro } = record(next);
  const built = await installRclnodejs({ folder, logPath, env, prefix, distro, signal, onProgress: plan.onProgress });
  if (!built.ok) return built;
  dropBuildFiles(folder.packages);
  plan.onProgress("trial");
  const loaded = await plan.verify(next, record(next));
  if (!loaded.ok) return loaded;
  return ok(record(plan.folder));
}

/** Takes out what only the build needed: most of the npm project. */
function dropBuildFiles(packages: string): void {
  const rclnodejs = join(packages, "node_modules", "rclnodejs");
  for (const name of ["build", "prebuilds", "src", "tools"]) rmSync(join(rclnodejs, name), { recursive: true, force: true });
  rmSync(join(packages, "node_modules", "node-gyp"), { recursive: true, force: true });
}

function replaceFolder(from: string, to: string): void {
  const old = `${to}.old-${String(process.pid)}`;
  if (existsSync(to)) renameSync(to, old);
  renameSync(from, to);
  rmSync(old, { recursive: true, force: true });
}

/** What an interrupted installation left beside the folder. */
function removeLeftovers(folder: string): void {
  const parent = dirname(folder);
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    const match = /^\.(?:next|old)-(\d+)$/.exec(name.startsWith(basename(folder)) ? name.slice(basename(folder).length) : "");
    if (match !== null && !isAlive(Number(match[1]))) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { SetupStep } from "../../../../shared/contract/ros2-setup";
import { fail, ok, type Result } from "../../../../shared/result";
import type { RosFolder } from "../ros-folder";
import packages from "./packages.json";
import { runStep } from "./step";

/** What rclnodejs is built with. */
export interface RclnodejsPlan {
  readonly folder: RosFolder;
  readonly logPath: string;
  /** The environment of the ROS 2 that it is built against, over that of this process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The prefix with `include`, `lib` and `share` of that ROS 2. */
  readonly prefix: string;
  readonly distro: string;
  readonly signal: AbortSignal;
  onProgress(step: SetupStep): void;
}

/** The messages that a node of rclnodejs and this application need. A desktop ROS has hundreds more, at a process each. */
const MESSAGE_PACKAGES = ["builtin_interfaces", "diagnostic_msgs", "rcl_interfaces", "service_msgs", "std_msgs"];

const NPM_LIMIT_MS = 10 * 60_000;
const BUILD_LIMIT_MS = 20 * 60_000;

/** Runs in the folder of rclnodejs: its own generator, for some packages only. */
const GENERATE_MESSAGES = `
const fs = require("node:fs"), path = require("node:path");
const { findPackagesInDirectory } = require("./rosidl_gen/packages.js");
const generate = require("./rosidl_gen/idl_generator.js");
const wanted = new Set(JSON.parse(process.argv[1]));
const into = path.resolve("generated") + path.sep;
(async () => {
  fs.rmSync(into, { recursive: true, force: true });
  fs.mkdirSync(path.join(into, "srv_msg"), { recursive: true });
  for (const prefix of process.env.AMENT_PREFIX_PATH.split(path.delimiter).reverse()) {
    const found = await findPackagesInDirectory(prefix);
    const chosen = [...found].filter(([name]) => wanted.has(name)).map(([, info]) => info);
    await Promise.all(chosen.map((info) => generate(info, into)));
  }
  fs.copyFileSync("rosidl_gen/generator.json", path.join(into, "generator.json"));
})().catch((error) => { console.error(error); process.exit(1); });
`;

/** Brings rclnodejs by its lockfile, its native addon and its messages. Nothing of it runs install scripts. */
export async function installRclnodejs(plan: RclnodejsPlan): Promise<Result<null, "NOT_AVAILABLE" | "CANCELLED">> {
  const { folder } = plan;
  mkdirSync(folder.packages, { recursive: true });
  writeFileSync(join(folder.packages, "package.json"), JSON.stringify(packages.manifest));
  writeFileSync(join(folder.packages, "package-lock.json"), JSON.stringify(packages.lock));
  const env = { ...plan.env, PATH: [join(plan.prefix, "bin"), plan.env["PATH"]].join(delimiter) };
  const step = (program: string, args: readonly string[], cwd: string, limitMs: number) =>
    runStep({ program, args, cwd, env, logPath: plan.logPath, limitMs, signal: plan.signal });

  plan.onProgress("client");
  const fetched = await step("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder.packages, NPM_LIMIT_MS);
  if (!fetched.ok) return fetched;

  const prebuilt = prebuiltAddon(folder, plan.distro);
  if (prebuilt !== null) {
    copyFileSync(prebuilt, folder.addon);
  } else {
    plan.onProgress("compile");
    const gyp = join(folder.packages, "node_modules", "node-gyp", "bin", "node-gyp.js");
    const headers = nodeHeaders();
    const args = [gyp, "rebuild", "-j", String(availableParallelism()), ...(headers === null ? [] : [`--nodedir=${headers}`])];
    // With this switch buffers are copied, which Electron insists on and Node does not mind: one addon for both.
    const built = await step("node", [...args, "--", "-Druntime=electron"], folder.rclnodejs, BUILD_LIMIT_MS);
    if (!built.ok) return built;
    copyFileSync(join(folder.rclnodejs, "build", "Release", "rclnodejs.node"), folder.addon);
  }

  plan.onProgress("messages");
  return step("node", ["-e", GENERATE_MESSAGES, JSON.stringify(MESSAGE_PACKAGES)], folder.rclnodejs, BUILD_LIMIT_MS);
}

/** The programs that the build calls. @returns NOT_AVAILABLE with what is missing and how to get it. */
export function checkBuildTools(env: Readonly<Record<string, string | undefined>>): Result<null, "NOT_AVAILABLE"> {
  const missing = ["node", "npm", "make", "g++"].filter((program) => spawnSync(program, ["--version"], { env }).error !== undefined);
  if (missing.length === 0) return ok(null);
  return fail(
    "NOT_AVAILABLE",
    `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} needed to build the ROS 2 client and not on the PATH. ` +
      "On Debian and Ubuntu: sudo apt-get install nodejs npm build-essential",
  );
}

/** The addon that the package brings for this Ubuntu and this ROS, or null. */
function prebuiltAddon(folder: RosFolder, distro: string): string | null {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const codename = /^UBUNTU_CODENAME=(\w+)$/m.exec(release)?.[1];
  if (codename === undefined) return null;
  const name = `${distro}-${codename}-${process.arch}-rclnodejs.node`;
  const path = join(folder.rclnodejs, "prebuilds", `${process.platform}-${process.arch}`, name);
  return existsSync(path) ? path : null;
}

/** The folder with `include/node` of the Node that builds, where it has its headers with it. */
function nodeHeaders(): string | null {
  const asked = spawnSync("node", ["-p", "process.execPath"], { encoding: "utf8" });
  const prefix = dirname(dirname(asked.stdout.trim()));
  return existsSync(join(prefix, "include", "node", "node_api.h")) ? prefix : null;
}

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, scratchFolder } from "./paths.mjs";
import { runLogged, SetupFailure, withProgress } from "./progress.mjs";

const timeLimitMs = 15 * 60_000;

/**
 * What Chromium links against or loads, by its soname, and the package of Debian and Ubuntu that has it.
 * Since Ubuntu 24.04 and Debian 13 some carry the suffix t64 (64-bit time_t); which one exists is asked
 * of apt. Must name the same sonames as the quick look in `lydlr`.
 */
export const windowLibraries = /** @type {const} */ ([
  { soname: "libgtk-3.so.0", package: "libgtk-3-0" },
  { soname: "libnss3.so", package: "libnss3" },
  { soname: "libasound.so.2", package: "libasound2" },
  { soname: "libgbm.so.1", package: "libgbm1" },
  { soname: "libXss.so.1", package: "libxss1" },
  { soname: "libatk-bridge-2.0.so.0", package: "libatk-bridge2.0-0" },
  { soname: "libcups.so.2", package: "libcups2" },
  { soname: "libdrm.so.2", package: "libdrm2" },
  { soname: "libxkbcommon.so.0", package: "libxkbcommon0" },
]);

/**
 * Installs the system libraries that a window needs, and Xvfb where a test or a benchmark brings its own
 * display. Debian and Ubuntu only; elsewhere it names what is missing.
 *
 * @param {{ readonly ownDisplay: boolean }} options
 * @returns {Promise<void>}
 */
export async function ensureLibraries(options) {
  if (process.platform !== "linux") return;
  const wanted = missingPackages(options);
  if (wanted.length === 0) return;
  if (findProgram("apt-get") === undefined) {
    throw new SetupFailure(
      `a window needs libraries that are missing here. This system has no apt-get; install what Debian calls: ${wanted.join(" ")}`,
    );
  }
  const asRoot = rootPrefix();
  if (asRoot === undefined) {
    throw new SetupFailure(
      `a window needs system libraries that are missing here. Install them with:\n  sudo apt-get install ${aptNames(wanted).join(" ")}`,
    );
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await withProgress(`installing system libraries (${wanted.join(" ")})`, async () => {
    await runApt([...asRoot, "apt-get", "update"], "apt-update.log", env);
    const install = ["apt-get", "install", "-y", "--no-install-recommends", ...aptNames(wanted)];
    await runApt([...asRoot, ...install], "apt-install.log", env);
  });
  const still = missingPackages(options);
  if (still.length > 0) throw new SetupFailure(`these are installed but still not found by ldconfig: ${still.join(" ")}`);
}

/**
 * @param {{ readonly ownDisplay: boolean }} options
 * @returns {readonly string[]} packages by their name before t64
 */
function missingPackages(options) {
  const ldconfig = findProgram("ldconfig");
  const known = ldconfig === undefined ? "" : spawnSync(ldconfig, ["-p"], { encoding: "utf8" }).stdout;
  /** @type {string[]} */
  const missing = windowLibraries.filter(({ soname }) => ldconfig !== undefined && !known.includes(`\t${soname} `)).map((library) => library.package);
  if (options.ownDisplay && findProgram("Xvfb") === undefined) missing.push("xvfb");
  return missing;
}

/**
 * @param {readonly string[]} names
 * @returns {readonly string[]} the names that this system's apt knows
 */
function aptNames(names) {
  return names.map((name) => {
    const renamed = `${name}t64`;
    const policy = spawnSync("apt-cache", ["policy", renamed], { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
    return /Candidate: (?!\(none\))/.test(policy.stdout) ? renamed : name;
  });
}

/**
 * @param {readonly string[]} command
 * @param {string} logName
 * @param {NodeJS.ProcessEnv} env
 */
async function runApt(command, logName, env) {
  const [program = "", ...args] = command;
  await runLogged(program, args, { cwd: root, env, logPath: join(scratchFolder, logName), timeLimitMs });
}

/** @returns {readonly string[] | undefined} what to put before a command to run it as root; never asks for a password */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const canSudo = spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0;
  return canSudo ? ["sudo", "-n", "DEBIAN_FRONTEND=noninteractive"] : undefined;
}

/**
 * @param {string} name
 * @returns {string | undefined}
 */
export function findProgram(name) {
  // ldconfig stands in /sbin, which Debian keeps off an ordinary user's PATH.
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"];
  return folders.map((folder) => join(folder === "" ? "." : folder, name)).find((path) => existsSync(path));
}

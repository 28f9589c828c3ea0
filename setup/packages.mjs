import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, scratchFolder } from "./paths.mjs";
import { runLogged, withProgress } from "./progress.mjs";

const timeLimitMs = 30 * 60_000;

/**
 * @typedef {{ readonly version?: string; readonly integrity?: string; readonly optional?: boolean;
 *   readonly devOptional?: boolean; readonly peer?: boolean; readonly link?: boolean }} LockedPackage
 * @typedef {{ readonly packages?: Readonly<Record<string, LockedPackage>> }} Lockfile
 */

/**
 * Installs exactly what the lockfile names, unless that is already there.
 *
 * @returns {Promise<void>}
 */
export async function ensurePackages() {
  const installedLockPath = join(root, "node_modules", ".package-lock.json");
  if (existsSync(installedLockPath)) {
    const missing = differencesFromLock(readLockfile(join(root, "package-lock.json")), readLockfile(installedLockPath));
    if (missing.length === 0) return;
  }
  await withProgress("installing npm packages (npm ci)", () =>
    runLogged("npm", ["ci", "--no-audit", "--no-fund"], {
      cwd: root,
      logPath: join(scratchFolder, "npm-ci.log"),
      timeLimitMs,
    }),
  );
}

/**
 * What is installed otherwise than locked, as package paths. A package for another platform may be
 * absent, so only what is optional may be missing.
 *
 * @param {Lockfile} locked package-lock.json
 * @param {Lockfile} installed node_modules/.package-lock.json, which npm writes when an install is complete
 * @returns {readonly string[]}
 */
export function differencesFromLock(locked, installed) {
  const present = installed.packages ?? {};
  return Object.entries(locked.packages ?? {})
    .filter(([path, wanted]) => {
      if (path === "") return false;
      const found = present[path];
      if (found === undefined) return wanted.optional !== true && wanted.devOptional !== true;
      return found.version !== wanted.version || found.integrity !== wanted.integrity;
    })
    .map(([path]) => path);
}

/**
 * @param {string} path
 * @returns {Lockfile}
 */
function readLockfile(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

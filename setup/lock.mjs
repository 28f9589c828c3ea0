import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { scratchFolder } from "./paths.mjs";
import { say } from "./progress.mjs";

const lockFolder = join(scratchFolder, "setup.lock");
const pollIntervalMs = 200;
let depth = 0;

/**
 * Lets one set-up at a time work on this checkout: two starts at once must not install over each other.
 * A lock whose process is gone (a crash, a power cut) is taken over. May be nested in one process.
 *
 * @template Value
 * @param {() => Promise<Value>} work
 * @returns {Promise<Value>}
 */
export async function withSetupLock(work) {
  if (depth === 0) await acquire();
  depth += 1;
  try {
    return await work();
  } finally {
    depth -= 1;
    if (depth === 0) removeLock();
  }
}

async function acquire() {
  mkdirSync(scratchFolder, { recursive: true });
  let saidSo = false;
  // The folder appears under its final name with the owner already in it, so that nobody can meet a
  // lock without an owner and take it for an abandoned one.
  const candidate = `${lockFolder}.${String(process.pid)}`;
  rmSync(candidate, { recursive: true, force: true });
  mkdirSync(candidate);
  writeFileSync(join(candidate, "pid"), String(process.pid));
  for (;;) {
    try {
      renameSync(candidate, lockFolder);
      return;
    } catch (error) {
      const code = /** @type {NodeJS.ErrnoException} */ (error).code;
      if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "EPERM") throw error;
    }
    const owner = lockOwner();
    if (owner !== undefined && !isAlive(owner)) {
      removeLock();
      continue;
    }
    if (!saidSo) {
      say(`waiting for another set-up of this folder${owner === undefined ? "" : ` (process ${String(owner)})`}`);
      saidSo = true;
    }
    await delay(pollIntervalMs);
  }
}

/** Moves the lock away before emptying it: an emptied folder could already be the next owner's. */
function removeLock() {
  const away = `${lockFolder}.${String(process.pid)}.old`;
  try {
    renameSync(lockFolder, away);
  } catch {
    return; // another process has taken the abandoned lock away
  }
  rmSync(away, { recursive: true, force: true });
}

/** @returns {number | undefined} */
function lockOwner() {
  try {
    return Number.parseInt(readFileSync(join(lockFolder, "pid"), "utf8"), 10);
  } catch {
    return undefined;
  }
}

/** @param {number} processId */
function isAlive(processId) {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

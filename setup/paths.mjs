import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What the set-up knows about this checkout. It lies in node_modules so that `npm ci` forgets it too. */
export const stateFolder = join(root, "node_modules", ".lydlr");

/** Logs and the set-up's lock; not committed. */
export const scratchFolder = join(root, ".cache");

/**
 * The user's cache, shared by all checkouts (XDG Base Directory Specification 0.8).
 *
 * @returns {string}
 */
export function userCacheFolder() {
  const configured = process.env["XDG_CACHE_HOME"];
  const base = configured !== undefined && configured !== "" ? configured : join(homedir(), ".cache");
  return join(base, "lydlr");
}

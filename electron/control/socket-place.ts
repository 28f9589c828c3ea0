import { createHash } from "node:crypto";
import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fail, ok, type Result } from "../../shared/result";

/** A path of a Unix socket holds 104 bytes on macOS and 108 on Linux, the closing zero among them (unix(7)). */
const LONGEST_PATH_BYTES = 100;

/**
 * Where the socket of a data folder is. Beside the journal where the path is short enough; else in a folder of this
 * user alone among the temporary ones, under the hash of the data folder. Windows has named pipes instead.
 * @returns NOT_AVAILABLE where that temporary folder belongs to somebody else or is open to others.
 */
export function socketPlace(dataDir: string, environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): Result<string> {
  const name = createHash("sha256").update(dataDir).digest("hex").slice(0, 24);
  if (platform === "win32") return ok(`\\\\.\\pipe\\lydlr-ops-${name}`);
  const beside = join(dataDir, "control.sock");
  if (Buffer.byteLength(beside) <= LONGEST_PATH_BYTES) return ok(beside);
  const user = process.getuid?.() ?? 0;
  const configured = environment["XDG_RUNTIME_DIR"];
  const folder = configured === undefined || configured === "" ? join(tmpdir(), `lydlr-ops-${user}`) : configured;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    if (!found.isDirectory() || found.uid !== user || (found.mode & 0o077) !== 0) {
      return fail("NOT_AVAILABLE", `${folder} is not this user's alone, so the control socket is not opened in it.`);
    }
  } catch {
    return fail("NOT_AVAILABLE", `${folder} cannot be used for the control socket.`);
  }
  return ok(join(folder, `${name}.sock`));
}

import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";
import { fail, ok, type Result } from "../../shared/result";

/**
 * Takes the history of a folder for this application alone, until it ends: charts and exports read the file beside
 * the writer, so the file itself cannot be locked.
 * @returns how to give it back; HISTORY_UNAVAILABLE where another application has it or the folder cannot be written to.
 */
export function lockHistory(path: string): Result<() => void, "HISTORY_UNAVAILABLE"> {
  let database: Database.Database | null = null;
  try {
    if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true });
    database = new Database(path, { timeout: 0 });
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
    const why = code.startsWith("SQLITE_BUSY") ? "another Lydlr Ops uses this folder" : "its folder cannot be written to";
    return fail("HISTORY_UNAVAILABLE", `No history is kept: ${why}. Sampling and decisions go on.`);
  }
  let held: Database.Database | null = database;
  return ok(() => {
    held?.exec("ROLLBACK");
    held?.close();
    // The driver takes the process down with it where a closed connection is asked for anything.
    held = null;
  });
}

import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";

const NOTE = /^[0-9a-f-]{36}\.json$/;
const noteSchema = v.object({ pid: v.pipe(v.number(), v.integer()), path: v.pipe(v.string(), v.endsWith(".part")) });

/**
 * Temporary files of exports that are on their way, noted on disk before they are made: an application that is killed
 * leaves its half file under a temporary name in whatever folder somebody chose, and the next start takes it away.
 */
export interface UnfinishedFiles {
  /** Notes a temporary file; the answer forgets it. A note that cannot be written does not stop an export. */
  note(path: string): Promise<() => Promise<void>>;
  /** Takes away what applications left that do not run any more; the paths that were there. */
  clear(): Promise<readonly string[]>;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : null;
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

async function readNote(path: string): Promise<v.InferOutput<typeof noteSchema> | null> {
  try {
    const read = v.safeParse(noteSchema, JSON.parse(await readFile(path, "utf8")) as unknown);
    return read.success ? read.output : null;
  } catch {
    // Cut short by what ended the application: there was no file yet.
    return null;
  }
}

/** Keeps the notes in a folder of the data folder. */
export function openUnfinishedFiles(folder: string): UnfinishedFiles {
  /** Notes of this run: their exports may be on their way. */
  const own = new Set<string>();
  return {
    async note(path) {
      const name = `${randomUUID()}.json`;
      own.add(name);
      try {
        await mkdir(folder).catch((error: unknown) => {
          if (codeOf(error) !== "EEXIST") throw error;
        });
        const file = await open(join(folder, name), "wx", 0o600);
        try {
          await file.writeFile(JSON.stringify({ pid: process.pid, path }));
          await file.sync();
        } finally {
          await file.close();
        }
      } catch {
        // The data folder cannot be written to: the export may still succeed elsewhere.
      }
      return async () => {
        await rm(join(folder, name), { force: true }).catch(() => undefined);
        own.delete(name);
      };
    },
    async clear() {
      const cleared: string[] = [];
      const names = await readdir(folder).catch(() => []);
      for (const name of names.filter((found) => NOTE.test(found) && !own.has(found))) {
        const note = await readNote(join(folder, name));
        if (note !== null && isRunning(note.pid)) continue;
        if (note !== null) {
          const gone = await rm(note.path).then(() => true, (error: unknown) => (codeOf(error) === "ENOENT" ? false : null));
          // A folder that is not there now, or a medium that cannot be written: another start may find it.
          if (gone === null) continue;
          if (gone) cleared.push(note.path);
        }
        await rm(join(folder, name), { force: true }).catch(() => undefined);
      }
      return cleared;
    },
  };
}

import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { fail, ok, type Result } from "../../shared/result";

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  switch (code) {
    case "ENOSPC":
      return "the disk is full";
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "the folder cannot be written to";
    case "ENOENT":
    case "ENOTDIR":
      return "there is no such folder";
    case "EISDIR":
      return "a folder has that name";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** Opens a file for writing; injected, so that a full disk can be tried out. */
export type OpenFile = (path: string) => Promise<{
  writeFile(text: string): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}>;

const openFile: OpenFile = (path) => open(path, "wx");

/**
 * Writes a file so that it is either the whole new text or what was there before: under a temporary
 * name beside it, synced, then renamed. FILE_WRITE_FAILED says why; no half file stays behind.
 */
export async function writeFileAtomically(
  path: string,
  text: string,
  openTemporary = openFile,
): Promise<Result<void, "FILE_WRITE_FAILED">> {
  const temporary = `${path}.${process.pid}.${process.hrtime.bigint()}.part`;
  try {
    const file = await openTemporary(temporary);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    return ok(undefined);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    return fail("FILE_WRITE_FAILED", `${path} was not written: ${reasonOf(error)} (in ${dirname(path)}).`);
  }
}

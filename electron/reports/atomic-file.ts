import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { fail, ok, type Result } from "../../shared/result";

function reasonOf(error: Error & { readonly code: unknown }): string {
  switch (error.code) {
    case "ENOSPC":
    case "EDQUOT":
      return "the disk is full";
    case "EFBIG":
      return "the file system takes no file of that size";
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
      return error.message;
  }
}

/** Opens a file for writing; injected, so that a full disk can be tried out. */
export type OpenFile = (path: string) => Promise<{
  /** Writes after what was written before. */
  writeFile(data: string | Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}>;

const openFile: OpenFile = (path) => open(path, "wx");

/** Text or bytes are gathered until there are so many, then written. */
const WRITE_AT_BYTES = 1 << 18;

/** Takes a file's content piece by piece; never more than some hundred kB of it are in memory. */
export class FileSink {
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;
  private taken = 0;

  constructor(private readonly file: Awaited<ReturnType<OpenFile>>) {}

  /** Bytes taken so far. */
  get bytes(): number {
    return this.taken;
  }

  /** Takes the next piece. Rejects where the disk does not take it; the whole file is given up then. */
  async write(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? Buffer.from(data, "utf8") : data;
    this.pending.push(bytes);
    this.pendingBytes += bytes.length;
    this.taken += bytes.length;
    if (this.pendingBytes >= WRITE_AT_BYTES) await this.flush();
  }

  /** Writes what is gathered. */
  async flush(): Promise<void> {
    if (this.pendingBytes === 0) return;
    const data = Buffer.concat(this.pending);
    this.pending = [];
    this.pendingBytes = 0;
    await this.file.writeFile(data);
  }
}

/** What a file is written with. */
export interface AtomicWriting {
  readonly openTemporary?: OpenFile;
  /** Told of the temporary file before there is one; what it answers is called once there is none any more. */
  readonly noteTemporary?: (path: string) => Promise<() => Promise<void>>;
}

const NOTHING_NOTED = (): Promise<() => Promise<void>> => Promise.resolve(() => Promise.resolve());

/**
 * Writes a file piece by piece so that it is either whole and new or what was there before: under a temporary name
 * beside it, synced, then renamed. FILE_WRITE_FAILED says why it could not be; a failure of `write` ends it too. No
 * half file stays behind, also where `write` throws.
 * @returns how many bytes were written, and what `write` answered.
 */
export async function writeFileInPieces<Value, Code extends string>(
  path: string,
  write: (sink: FileSink) => Promise<Result<Value, Code>>,
  { openTemporary = openFile, noteTemporary = NOTHING_NOTED }: AtomicWriting = {},
): Promise<Result<{ readonly bytes: number; readonly value: Value }, Code | "FILE_WRITE_FAILED">> {
  const temporary = `${path}.${process.pid}.${process.hrtime.bigint()}.part`;
  const forget = await noteTemporary(temporary);
  try {
    const file = await openTemporary(temporary);
    const sink = new FileSink(file);
    let written: Result<Value, Code>;
    try {
      written = await write(sink);
      if (written.ok) {
        await sink.flush();
        await file.sync();
      }
    } finally {
      await file.close();
    }
    if (!written.ok) {
      await rm(temporary, { force: true });
      return written;
    }
    await rename(temporary, path);
    return ok({ bytes: sink.bytes, value: written.value });
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    // What the file system says has a code; anything else is a bug of who writes.
    if (!(error instanceof Error && "code" in error)) throw error;
    return fail("FILE_WRITE_FAILED", `${path} was not written: ${reasonOf(error)} (in ${dirname(path)}).`);
  } finally {
    await forget();
  }
}

/**
 * Writes a file so that it is either the whole new text or what was there before. FILE_WRITE_FAILED says why; no half
 * file stays behind.
 */
export async function writeFileAtomically(path: string, text: string, openTemporary = openFile): Promise<Result<void, "FILE_WRITE_FAILED">> {
  const write = async (sink: FileSink): Promise<Result<void, "FILE_WRITE_FAILED">> => {
    await sink.write(text);
    return ok(undefined);
  };
  const written = await writeFileInPieces(path, write, { openTemporary });
  return written.ok ? ok(undefined) : written;
}

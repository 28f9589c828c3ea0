import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { quoteUntrusted } from "../../../shared/fleet/ids";
import { fail, ok, type Result } from "../../../shared/result";
import { FILE_NAME_PATTERN } from "../manifest";
import { systemReason, type FileInProgress, type ImportDisk } from "./disk";

/** What an import may be. Far above any model of today, far below what fills a disk or a memory. */
export const IMPORT_LIMITS = {
  entries: 256,
  fileBytes: 512 * 1024 ** 2,
  totalBytes: 1024 ** 3,
  /** Unpacked bytes for each packed one, once `ratioFromBytes` are unpacked. Weights hardly shrink at all. */
  ratio: 200,
  ratioFromBytes: 16 * 1024 ** 2,
} as const;

/** Why something is not taken in. */
export type IntakeFault = "UNSAFE_ARCHIVE" | "ARCHIVE_TOO_LARGE" | "BAD_ARCHIVE" | "FILE_WRITE_FAILED" | "FILE_READ_FAILED";

/** An entry of an archive or a folder, before anything of it is believed. */
export interface IncomingEntry {
  readonly name: string;
  /** Anything but a file or a folder (a link, a device) is refused. */
  readonly type: "file" | "folder" | "other";
  /** As the archive says; the bytes that come are counted all the same. */
  readonly declaredBytes: number;
  /** The bytes; read only for a file that is taken. Rejects where they are damaged. */
  content(): AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>;
}

const MIB = 1024 ** 2;

/** A limit was passed in the middle of a stream. */
class TooLarge extends Error {}

/**
 * The parts of an entry's name.
 *
 * @returns UNSAFE_ARCHIVE for an absolute path, `..`, a backslash, a drive or a control character; null for a
 * harmless name that no file of a model has (hidden files, spaces), which is left out.
 */
export function partsOf(name: string): Result<readonly string[] | null, "UNSAFE_ARCHIVE"> {
  const isUnsafe = name.startsWith("/") || /[\\:]|\p{Cc}/u.test(name);
  const parts = name.replace(/\/+$/, "").split("/").filter((part) => part !== ".");
  if (isUnsafe || parts.includes("..") || (parts.includes("") && parts.length > 1)) {
    return fail("UNSAFE_ARCHIVE", `The path ${quoteUntrusted(name)} could reach outside of its folder. Nothing was imported.`);
  }
  return ok(parts.every((part) => FILE_NAME_PATTERN.test(part)) ? parts : null);
}

/** Takes entries in, one after another, into a fresh folder, under the limits. */
export class Intake {
  /** Files written, relative to the folder. */
  readonly files: string[] = [];
  /** Names that no file of a model has. */
  readonly leftOut: string[] = [];
  private readonly seen = new Set<string>();
  private entries = 0;
  private totalBytes = 0;

  /**
   * @param folder exists and is empty.
   * @param packedBytes size of the archive; null for a folder, which cannot be a bomb.
   * @param disk what the files are written with.
   */
  constructor(
    private readonly folder: string,
    private readonly packedBytes: number | null,
    private readonly disk: ImportDisk,
  ) {}

  /** Takes one entry. After a failure nothing more must be given. */
  async take(entry: IncomingEntry): Promise<Result<void, IntakeFault>> {
    this.entries++;
    if (this.entries > IMPORT_LIMITS.entries) {
      return fail("ARCHIVE_TOO_LARGE", `It has more than ${IMPORT_LIMITS.entries} entries. Nothing was imported.`);
    }
    const parts = partsOf(entry.name);
    if (!parts.ok) return parts;
    if (entry.type === "other") {
      return fail("UNSAFE_ARCHIVE", `${quoteUntrusted(entry.name)} is a link or a device, which could reach outside of its folder. Nothing was imported.`);
    }
    if (entry.type === "folder") return ok(undefined);
    // Deeper than a folder with files there is nothing of a model.
    if (parts.value === null || parts.value.length === 0 || parts.value.length > 2) {
      this.leftOut.push(entry.name.slice(0, 200));
      return ok(undefined);
    }
    const name = parts.value.join("/");
    // Two names that a file system without capitals takes for one would overwrite each other.
    if (this.seen.has(name.toLowerCase())) {
      return fail("UNSAFE_ARCHIVE", `It has ${quoteUntrusted(name)} twice. Nothing was imported.`);
    }
    this.seen.add(name.toLowerCase());
    if (entry.declaredBytes > IMPORT_LIMITS.fileBytes || this.totalBytes + entry.declaredBytes > IMPORT_LIMITS.totalBytes) return this.tooLarge();
    return this.write(name, entry);
  }

  private tooLarge(): Result<never, "ARCHIVE_TOO_LARGE"> {
    const { fileBytes, totalBytes, ratio } = IMPORT_LIMITS;
    const limits = `a file may have ${fileBytes / MIB} MiB, all together ${totalBytes / MIB} MiB, and ${ratio} times the size of the archive`;
    return fail("ARCHIVE_TOO_LARGE", `It unpacks to more than an import may have (${limits}). Nothing was imported.`);
  }

  private count(bytes: number, ofFile: number): void {
    this.totalBytes += bytes;
    const { fileBytes, totalBytes, ratio, ratioFromBytes } = IMPORT_LIMITS;
    const isBomb = this.packedBytes !== null && this.totalBytes > ratioFromBytes && this.totalBytes > ratio * this.packedBytes;
    if (ofFile > fileBytes || this.totalBytes > totalBytes || isBomb) throw new TooLarge();
  }

  private async write(name: string, entry: IncomingEntry): Promise<Result<void, IntakeFault>> {
    const path = join(this.folder, name);
    let file: FileInProgress;
    try {
      await this.disk.makeFolder(dirname(path));
      file = await this.disk.create(path);
    } catch (thrown) {
      return fail("FILE_WRITE_FAILED", `${name} could not be written (${systemReason(thrown)}). Nothing was imported.`);
    }
    try {
      let ofFile = 0;
      for await (const chunk of await entry.content()) {
        ofFile += chunk.length;
        this.count(chunk.length, ofFile);
        await file.write(chunk);
      }
      await file.sync();
      this.files.push(name);
      return ok(undefined);
    } catch (thrown) {
      if (thrown instanceof TooLarge) return this.tooLarge();
      const reason = systemReason(thrown);
      if (/^E[A-Z0-9]+(:|$)/.test(reason)) return fail("FILE_WRITE_FAILED", `${name} could not be copied (${reason}). Nothing was imported.`);
      return fail("BAD_ARCHIVE", `${name} is damaged in the archive: ${reason.slice(0, 200)}. Nothing was imported.`);
    } finally {
      // What is kept was synced before, and a file that failed has been told of.
      await file.close().catch(() => undefined);
    }
  }
}

const READ_BYTES = 64 * 1024;

/** The bytes of a file; rejects where it is a link. */
export async function* bytesOfFile(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_BYTES));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Walks a folder without following a link, two levels deep, and gives every entry to `take`. */
export async function takeFolder(folder: string, take: Intake["take"], prefix = ""): Promise<Result<void, IntakeFault>> {
  let entries: Awaited<ReturnType<typeof listFolder>>;
  try {
    entries = await listFolder(folder);
  } catch (thrown) {
    return fail("FILE_READ_FAILED", `The folder could not be read (${systemReason(thrown)}).`);
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const isFolder = entry.isDirectory();
    const taken = await take({
      name: `${prefix}${entry.name}`,
      type: isFolder ? "folder" : entry.isFile() ? "file" : "other",
      declaredBytes: 0,
      // A file that became a link since it was listed is not followed.
      content: () => bytesOfFile(path),
    });
    if (!taken.ok) return taken;
    if (isFolder && prefix === "") {
      const inner = await takeFolder(path, take, `${entry.name}/`);
      if (!inner.ok) return inner;
    }
  }
  return ok(undefined);
}

function listFolder(folder: string) {
  return readdir(folder, { withFileTypes: true });
}

import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { Parser, type ReadEntry } from "tar";
import yauzl from "yauzl";
import { fail, ok, type Result } from "../../../shared/result";
import { IMPORT_LIMITS, type IncomingEntry, type Intake, type IntakeFault } from "./intake";

/** Bytes of a tar that are headers and padding: every entry has at most this many beside its content. */
const TAR_OVERHEAD_BYTES = 4_096;
const LINK_MODE = 0o120000;
const KIND_OF_MODE = 0o170000;
const FOLDER_MODE = 0o040000;
const FILE_MODE = 0o100000;

function reasonOf(thrown: unknown): string {
  return (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 200);
}

function damaged(thrown: unknown): Result<never, "BAD_ARCHIVE"> {
  return fail("BAD_ARCHIVE", `The archive could not be read: ${reasonOf(thrown)}. Nothing was imported.`);
}

/** What a zip entry is, by its Unix mode where it has one. */
function zipEntryType(name: string, externalFileAttributes: number): IncomingEntry["type"] {
  const kind = (externalFileAttributes >>> 16) & KIND_OF_MODE;
  if (kind === LINK_MODE || (kind !== 0 && kind !== FOLDER_MODE && kind !== FILE_MODE)) return "other";
  return name.endsWith("/") ? "folder" : "file";
}

/** Reads a zip archive and gives every entry to `take`, in the order of its directory. */
export async function takeZip(path: string, take: Intake["take"]): Promise<Result<void, IntakeFault>> {
  try {
    // Names are judged by us, so that what is unsafe has its own code.
    const zip = await yauzl.openPromise(path, { decodeStrings: false });
    try {
      for await (const entry of zip.eachEntry()) {
        const name = entry.fileNameRaw.toString("utf8");
        if (entry.isEncrypted()) return fail("BAD_ARCHIVE", "The archive is encrypted. Nothing was imported.");
        if (!entry.canDecodeFileData()) return fail("BAD_ARCHIVE", "The archive is compressed in a way that is not read. Nothing was imported.");
        const taken = await take({
          name,
          type: zipEntryType(name, entry.externalFileAttributes),
          declaredBytes: entry.uncompressedSize,
          content: () => zip.openReadStreamPromise(entry),
        });
        if (!taken.ok) return taken;
      }
      return ok(undefined);
    } finally {
      zip.close();
    }
  } catch (thrown) {
    return damaged(thrown);
  }
}

function tarEntryType(type: ReadEntry["type"]): IncomingEntry["type"] {
  if (type === "File" || type === "OldFile" || type === "ContiguousFile") return "file";
  return type === "Directory" ? "folder" : "other";
}

/** A tar that unpacks to more than may be is left in the middle, wherever the bytes are. */
class Bomb extends Error {}

/** Unpacks a gzip, and stops at the limits whether its entries are taken or not. */
async function* unpacked(path: string, packedBytes: number): AsyncGenerator<Uint8Array> {
  const { totalBytes, entries, ratio, ratioFromBytes } = IMPORT_LIMITS;
  const file = createReadStream(path);
  const gunzip = createGunzip();
  file.on("error", (error) => gunzip.destroy(error));
  let total = 0;
  try {
    for await (const chunk of file.pipe(gunzip) as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > totalBytes + entries * TAR_OVERHEAD_BYTES || (total > ratioFromBytes && total > ratio * packedBytes)) throw new Bomb();
      yield chunk;
    }
  } finally {
    file.destroy();
  }
}

/** Reads a gzipped tar archive and gives every entry to `take`, in its order. */
export async function takeTarGz(path: string, packedBytes: number, take: Intake["take"]): Promise<Result<void, IntakeFault>> {
  let outcome: Result<void, IntakeFault> = ok(undefined);
  const isRefused = (): boolean => !outcome.ok;
  let taking: Promise<void> = Promise.resolve();
  const takeOne = async (entry: ReadEntry): Promise<void> => {
    const { path: name, type, size } = entry;
    if (!isRefused()) outcome = await take({ name, type: tarEntryType(type), declaredBytes: size, content: () => entry });
    entry.resume();
  };
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      taking = taking.then(() => takeOne(entry));
    },
  });
  const broken = new Promise<never>((_resolve, reject) => {
    parser.on("error", reject);
  });
  // Whoever waits first hears of it; nobody waiting is no crash.
  broken.catch(() => undefined);
  try {
    for await (const chunk of unpacked(path, packedBytes)) {
      if (isRefused()) return outcome;
      if (!parser.write(Buffer.from(chunk))) await Promise.race([broken, new Promise((resolve) => parser.once("drain", resolve))]);
    }
    const ended = new Promise((resolve) => parser.once("end", resolve));
    parser.end();
    await Promise.race([broken, ended]);
    await taking;
    return outcome;
  } catch (thrown) {
    if (isRefused()) return outcome;
    if (thrown instanceof Bomb) return fail("ARCHIVE_TOO_LARGE", `It unpacks to more than ${IMPORT_LIMITS.ratio} times its size, or to more than an import may have. Nothing was imported.`);
    return damaged(thrown);
  }
}

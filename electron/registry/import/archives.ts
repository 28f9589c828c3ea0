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

/** Hands the entries of a tar to `take`, one after another, while its bytes are still being fed. */
class TarIntake {
  outcome: Result<void, IntakeFault> = ok(undefined);
  /** Resolves once an entry was refused: it is not read to its end, so the parser would wait for ever. */
  readonly refused: Promise<void>;
  /** Rejects when the parser cannot read on. */
  readonly broken: Promise<never>;
  private readonly parser: Parser;
  private refuse: () => void = () => undefined;
  private taking: Promise<void> = Promise.resolve();
  private current: ReadEntry | null = null;
  private isOver = false;

  constructor(private readonly take: Intake["take"]) {
    this.refused = new Promise((resolve) => {
      this.refuse = resolve;
    });
    this.parser = new Parser({
      strict: true,
      onReadEntry: (entry) => {
        this.taking = this.taking.then(() => this.takeOne(entry));
      },
    });
    this.broken = new Promise((_resolve, reject) => {
      this.parser.on("error", reject);
    });
    // Whoever waits first hears of it; nobody waiting is no crash.
    this.broken.catch(() => undefined);
  }

  async feed(chunk: Uint8Array): Promise<void> {
    if (this.parser.write(Buffer.from(chunk))) return;
    await Promise.race([this.broken, this.refused, new Promise((resolve) => this.parser.once("drain", resolve))]);
  }

  async finish(): Promise<void> {
    const ended = new Promise((resolve) => this.parser.once("end", resolve));
    this.parser.end();
    await Promise.race([this.broken, this.refused, ended]);
    await this.taking;
  }

  /** Ends what is being taken, whose bytes will not come any more, so that no file stays open. */
  async abandon(): Promise<void> {
    this.isOver = true;
    this.current?.destroy(new Error("the archive ends in the middle of it"));
    await this.taking;
  }

  private async takeOne(entry: ReadEntry): Promise<void> {
    if (this.isOver || !this.outcome.ok) return;
    const { path: name, type, size } = entry;
    this.current = entry;
    // Without a listener an ended stream that is told of an error throws it at whoever tells.
    entry.on("error", () => undefined);
    this.outcome = await this.take({ name, type: tarEntryType(type), declaredBytes: size, content: () => entry });
    if (!this.outcome.ok) this.refuse();
    entry.resume();
  }
}

/** Reads a gzipped tar archive and gives every entry to `take`, in its order. */
export async function takeTarGz(path: string, packedBytes: number, take: Intake["take"]): Promise<Result<void, IntakeFault>> {
  const intake = new TarIntake(take);
  try {
    for await (const chunk of unpacked(path, packedBytes)) {
      await intake.feed(chunk);
      if (!intake.outcome.ok) return intake.outcome;
    }
    await intake.finish();
    return intake.outcome;
  } catch (thrown) {
    const { outcome } = intake;
    await intake.abandon();
    if (!outcome.ok) return outcome;
    if (thrown instanceof Bomb) return fail("ARCHIVE_TOO_LARGE", `It unpacks to more than ${IMPORT_LIMITS.ratio} times its size, or to more than an import may have. Nothing was imported.`);
    return damaged(thrown);
  }
}

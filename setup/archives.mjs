import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname, join, normalize, isAbsolute } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createInflateRaw } from "node:zlib";

// Read with Node alone: a laptop with Node and npm has neither unzip nor tar for certain, and the
// packages that could do it are not installed at this point of the set-up.

const tarBlockBytes = 512;

/**
 * Copies one file out of a .tgz. Source: POSIX.1-1988 ustar header (name at 0, size in octal at 124,
 * prefix at 345).
 *
 * @param {string} archivePath
 * @param {string} memberName
 * @param {string} outputPath
 * @returns {Promise<void>} throws when the archive has no such member or ends within it
 */
export async function extractTarMember(archivePath, memberName, outputPath) {
  const source = createReadStream(archivePath).pipe(createGunzip());
  const blocks = blockReader(source);
  for (;;) {
    const header = await blocks.take(tarBlockBytes);
    if (header === undefined || header.every((byte) => byte === 0)) break;
    const prefix = textField(header, 345, 155);
    const name = `${prefix === "" ? "" : `${prefix}/`}${textField(header, 0, 100)}`;
    const sizeBytes = Number.parseInt(textField(header, 124, 12), 8);
    const paddingBytes = (tarBlockBytes - (sizeBytes % tarBlockBytes)) % tarBlockBytes;
    if (name === memberName) {
      await pipeline(Readable.from(blocks.pieces(sizeBytes)), createWriteStream(outputPath));
      source.destroy();
      return;
    }
    for await (const piece of blocks.pieces(sizeBytes + paddingBytes)) void piece;
  }
  throw new Error(`${archivePath} holds no ${memberName}`);
}

/** @param {AsyncIterable<Buffer>} source */
function blockReader(source) {
  const chunks = source[Symbol.asyncIterator]();
  /** @type {Buffer} */
  let rest = Buffer.alloc(0);
  /** @param {number} sizeBytes */
  async function* pieces(sizeBytes) {
    let leftBytes = sizeBytes;
    while (leftBytes > 0) {
      if (rest.length === 0) {
        const next = await chunks.next();
        if (next.done === true) throw new Error("the archive is cut");
        rest = next.value;
      }
      const piece = rest.subarray(0, leftBytes);
      rest = rest.subarray(piece.length);
      leftBytes -= piece.length;
      yield piece;
    }
  }
  /**
   * @param {number} sizeBytes
   * @returns {Promise<Buffer | undefined>} undefined at the end of the source
   */
  async function take(sizeBytes) {
    if (rest.length === 0) {
      const next = await chunks.next();
      if (next.done === true) return undefined;
      rest = next.value;
    }
    /** @type {Buffer[]} */
    const taken = [];
    for await (const piece of pieces(sizeBytes)) taken.push(piece);
    return Buffer.concat(taken);
  }
  return { pieces, take };
}

/**
 * @param {Buffer} header
 * @param {number} offset
 * @param {number} length
 */
function textField(header, offset, length) {
  const field = header.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? length : end).trim();
}

const endOfDirectorySignature = 0x06054b50;
const directoryEntrySignature = 0x02014b50;
const localHeaderSignature = 0x04034b50;
const endOfDirectoryBytes = 22;
const directoryEntryBytes = 46;
const localHeaderBytes = 30;
const maxCommentBytes = 0xffff;
const zip64Marker = 0xffffffff;
const storedMethod = 0;
const deflatedMethod = 8;

/**
 * @typedef {{ readonly name: string; readonly method: number; readonly compressedBytes: number;
 *   readonly sizeBytes: number; readonly mode: number; readonly headerOffset: number }} ZipEntry
 */

/**
 * Unpacks the chosen files of a zip. Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
 * Files of more than 4 GB, encrypted files and links are refused.
 *
 * @param {string} archivePath
 * @param {string} outputFolder
 * @param {(name: string) => string | undefined} choose gives the path below the folder, or undefined to leave the file out
 * @returns {Promise<number>} how many files were written
 */
export async function extractZip(archivePath, outputFolder, choose) {
  const archive = await open(archivePath, "r");
  try {
    let written = 0;
    for (const entry of await zipEntries(archive)) {
      if (entry.name.endsWith("/")) continue;
      const relativePath = choose(entry.name);
      if (relativePath === undefined) continue;
      const isOutside = isAbsolute(relativePath) || normalize(relativePath).split("/").includes("..");
      if (isOutside) throw new Error(`${archivePath} holds a path that leads out of it: ${entry.name}`);
      await writeEntry(archive, archivePath, entry, join(outputFolder, relativePath));
      written += 1;
    }
    return written;
  } finally {
    await archive.close();
  }
}

/**
 * @param {import("node:fs/promises").FileHandle} archive
 * @returns {Promise<readonly ZipEntry[]>}
 */
async function zipEntries(archive) {
  const { size } = await archive.stat();
  const tailBytes = Math.min(size, endOfDirectoryBytes + maxCommentBytes);
  const tail = await readAt(archive, size - tailBytes, tailBytes);
  let end = tail.length - endOfDirectoryBytes;
  while (end >= 0 && tail.readUInt32LE(end) !== endOfDirectorySignature) end -= 1;
  if (end < 0) throw new Error("not a zip file, or one that is cut");
  const count = tail.readUInt16LE(end + 10);
  const directory = await readAt(archive, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  /** @type {ZipEntry[]} */
  const entries = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (directory.readUInt32LE(at) !== directoryEntrySignature) throw new Error("the zip's directory is damaged");
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString("utf8", at + directoryEntryBytes, at + directoryEntryBytes + nameBytes),
      method: directory.readUInt16LE(at + 10),
      compressedBytes: directory.readUInt32LE(at + 20),
      sizeBytes: directory.readUInt32LE(at + 24),
      mode: directory.readUInt16LE(at + 40),
      headerOffset: directory.readUInt32LE(at + 42),
    });
    at += directoryEntryBytes + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * @param {import("node:fs/promises").FileHandle} archive
 * @param {string} archivePath
 * @param {ZipEntry} entry
 * @param {string} outputPath
 */
async function writeEntry(archive, archivePath, entry, outputPath) {
  const fileTypeMask = 0o170000;
  const regularFile = 0o100000;
  const type = entry.mode & fileTypeMask;
  const isReadable = type === regularFile || type === 0;
  const isKnownMethod = entry.method === storedMethod || entry.method === deflatedMethod;
  if (!isReadable || !isKnownMethod || entry.headerOffset === zip64Marker || entry.sizeBytes === zip64Marker) {
    throw new Error(`${entry.name} is stored in a way that is not read here`);
  }
  const header = await readAt(archive, entry.headerOffset, localHeaderBytes);
  if (header.readUInt32LE(0) !== localHeaderSignature) throw new Error(`${entry.name} is not where the directory says`);
  const start = entry.headerOffset + localHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  await mkdir(dirname(outputPath), { recursive: true });
  const permissions = entry.mode & 0o777;
  const output = createWriteStream(outputPath, { mode: permissions === 0 ? 0o644 : permissions });
  if (entry.compressedBytes === 0) {
    await pipeline(Readable.from([]), output);
  } else {
    const packed = createReadStream(archivePath, { start, end: start + entry.compressedBytes - 1 });
    if (entry.method === storedMethod) await pipeline(packed, output);
    else await pipeline(packed, createInflateRaw(), output);
  }
  if (output.bytesWritten !== entry.sizeBytes) throw new Error(`${entry.name} has another size than the zip says`);
}

/**
 * @param {import("node:fs/promises").FileHandle} archive
 * @param {number} position
 * @param {number} length
 */
async function readAt(archive, position, length) {
  const { buffer, bytesRead } = await archive.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw new Error("the zip is cut");
  return buffer;
}

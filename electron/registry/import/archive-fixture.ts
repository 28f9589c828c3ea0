import { crc32, deflateRawSync, gzipSync } from "node:zlib";

/** Archives for tests, among them such as no honest program writes: any name, links, lies about sizes. */
export interface ArchiveEntry {
  readonly name: string;
  readonly content?: Uint8Array | string;
  /** A link to this. */
  readonly link?: string;
  /** What the archive claims of the unpacked size, where it lies. */
  readonly claimedBytes?: number;
}

const LINK_MODE = 0o120777;
const FILE_MODE = 0o100644;

/** A zip archive (APPNOTE 6.3.10: local headers, central directory, its end). */
export function zipOf(entries: readonly ArchiveEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content = "", link, claimedBytes } of entries) {
    const bytes = Buffer.from(link ?? content);
    const packed = deflateRawSync(bytes);
    const path = Buffer.from(name);
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32LE(crc32(bytes), 0);
    sizes.writeUInt32LE(packed.length, 4);
    sizes.writeUInt32LE(claimedBytes ?? bytes.length, 8);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(8, 8);
    sizes.copy(local, 14);
    local.writeUInt16LE(path.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE((3 << 8) | 20, 4);
    central.writeUInt16LE(20, 6);
    central.writeUInt16LE(8, 10);
    sizes.copy(central, 16);
    central.writeUInt16LE(path.length, 28);
    central.writeUInt32LE(((link === undefined ? FILE_MODE : LINK_MODE) << 16) >>> 0, 38);
    central.writeUInt32LE(offset, 42);
    locals.push(local, path, packed);
    directory.push(central, path);
    offset += local.length + path.length + packed.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, index, end]);
}

/** A gzipped tar archive (POSIX.1-1988, ustar). */
export function tarGzOf(entries: readonly ArchiveEntry[]): Buffer {
  const blocks: Buffer[] = [];
  for (const { name, content = "", link } of entries) {
    const bytes = Buffer.from(link === undefined ? content : "");
    const header = Buffer.alloc(512);
    const isFolder = name.endsWith("/");
    header.write(name, 0, 100);
    header.write("0000644\0", 100);
    header.write("0000000\0", 108);
    header.write("0000000\0", 116);
    header.write(`${bytes.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("00000000000\0", 136);
    header.write("        ", 148);
    header.write(link === undefined ? (isFolder ? "5" : "0") : "2", 156);
    header.write(link ?? "", 157, 100);
    header.write("ustar\u000000", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    blocks.push(header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512));
  }
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

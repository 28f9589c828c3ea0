import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { extractTarMember, extractZip } from "./archives.mjs";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "archives-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Member {
  readonly name: string;
  readonly content: Buffer;
  readonly mode: number;
  readonly isStored?: boolean;
}

/** A zip with data descriptors and a comment, written from the format's description. */
function zipOf(members: readonly Member[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, mode, isStored } of members) {
    const packed = isStored === true ? content : deflateRawSync(content);
    const method = isStored === true ? 0 : 8;
    const nameBytes = Buffer.from(name);
    const extra = Buffer.from([0x55, 0x54, 1, 0, 0]);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(nameBytes.length, 26);
    local.writeUInt16LE(extra.length, 28);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(crc32(content), 16);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(content.length, 24);
    entry.writeUInt16LE(nameBytes.length, 28);
    entry.writeUInt16LE(mode, 40);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, nameBytes);
    const body = Buffer.concat([local, nameBytes, extra, packed]);
    bodies.push(body);
    offset += body.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(7, 20);
  return Buffer.concat([...bodies, listing, end, Buffer.from("comment")]);
}

/** A ustar archive, gzipped. */
function tgzOf(members: readonly { readonly name: string; readonly content: Buffer }[]): Buffer {
  const blocks = members.flatMap(({ name, content }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

describe("a zip", () => {
  const program: Member = { name: "app/program", content: Buffer.alloc(300_000, "abcdef"), mode: 0o100755 };
  const members: readonly Member[] = [
    { name: "app/", content: Buffer.alloc(0), mode: 0o040755 },
    program,
    { name: "app/deep/stored.txt", content: Buffer.from("stored"), mode: 0o100644, isStored: true },
    { name: "app/empty", content: Buffer.alloc(0), mode: 0o100644, isStored: true },
    { name: "other", content: Buffer.from("not chosen"), mode: 0o100644 },
  ];
  const archive = (): string => join(folder, "a.zip");

  it("gives the chosen files under their new names with their bytes and permissions", async () => {
    writeFileSync(archive(), zipOf(members));
    const written = await extractZip(archive(), join(folder, "out"), (name) => (name.startsWith("app/") ? name.slice(4) : undefined));
    expect(written).toBe(3);
    expect(readFileSync(join(folder, "out", "program")).equals(program.content)).toBe(true);
    expect(statSync(join(folder, "out", "program")).mode & 0o777).toBe(0o755);
    expect(readFileSync(join(folder, "out", "deep", "stored.txt"), "utf8")).toBe("stored");
    expect(statSync(join(folder, "out", "empty")).size).toBe(0);
    expect(() => statSync(join(folder, "out", "other"))).toThrow("ENOENT");
  });

  it("cannot write outside of the folder", async () => {
    writeFileSync(archive(), zipOf([{ ...program, name: "../../outside" }]));
    await expect(extractZip(archive(), join(folder, "out"), (name) => name)).rejects.toThrow("leads out");
  });

  it("with a link in it is refused", async () => {
    writeFileSync(archive(), zipOf([{ ...program, mode: 0o120777 }]));
    await expect(extractZip(archive(), join(folder, "out"), (name) => name)).rejects.toThrow("not read here");
  });

  it("that is cut is refused", async () => {
    writeFileSync(archive(), zipOf(members).subarray(0, -30));
    await expect(extractZip(archive(), join(folder, "out"), (name) => name)).rejects.toThrow("cut");
  });
});

describe("a tgz", () => {
  const wanted = { name: "package/wanted.zip", content: Buffer.alloc(100_001, "0123456789") };
  const members = [{ name: "package/first", content: Buffer.alloc(700, "x") }, wanted];

  it("gives one member's bytes", async () => {
    writeFileSync(join(folder, "a.tgz"), tgzOf(members));
    await extractTarMember(join(folder, "a.tgz"), wanted.name, join(folder, "out"));
    expect(readFileSync(join(folder, "out")).equals(wanted.content)).toBe(true);
  });

  it("without the member is refused", async () => {
    writeFileSync(join(folder, "a.tgz"), tgzOf(members));
    await expect(extractTarMember(join(folder, "a.tgz"), "package/other", join(folder, "out"))).rejects.toThrow("holds no package/other");
  });

  it("that ends within the member is refused", async () => {
    writeFileSync(join(folder, "a.tgz"), gzipSync(Buffer.alloc(512).fill("package/wanted.zip\0", 0, 19).fill("00000001000\0", 124, 136)));
    await expect(extractTarMember(join(folder, "a.tgz"), wanted.name, join(folder, "out"))).rejects.toThrow("cut");
  });
});

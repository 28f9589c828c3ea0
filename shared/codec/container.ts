import { fail, ok, type Result } from "../result";
import { crc32 } from "./crc32";
import { MODALITIES, type Modality, type Vertical } from "./sensor-frame";

/**
 * The bitstream container. All integers little-endian:
 *
 * | bytes | what |
 * |---|---|
 * | 4 | magic "LYOC" |
 * | 1 | container version, 1 |
 * | 1 | what it holds: 0 a single picture, 1 a drone's frame, 2 an iot node's frame |
 * | 1 | compression level, 1 to 255 |
 * | 2 + 2 | picture width and height, 1 to 4096 |
 * | 4 | frame index |
 * | 1 + n | length and ASCII text of the model version |
 * | 1 | number of sections |
 * | each 1 + 4 + n | modality (its place in MODALITIES), length, payload; modalities rise |
 * | 4 | CRC-32 of all bytes before it |
 */
export interface Container {
  readonly content: ContainerContent;
  readonly version: string;
  readonly level: number;
  readonly width: number;
  readonly height: number;
  readonly frameIndex: number;
  readonly sections: ReadonlyMap<Modality, Uint8Array>;
}

/** What a container holds: one picture alone, or the whole frame of a kind of node. */
export type ContainerContent = "picture" | Vertical;

const MAGIC = [0x4c, 0x59, 0x4f, 0x43] as const;
const CONTAINER_VERSION = 1;
const CONTENTS: readonly ContainerContent[] = ["picture", "drone", "iot"];
const FIXED_BYTES = 16;
const SECTION_BYTES = 5;
const CHECKSUM_BYTES = 4;
/** The largest width and height of a picture, in pixels. */
export const MAX_PICTURE_SIDE = 4096;
/** What a model version may look like: 1 to 64 characters, no path, no space. */
export const VERSION_PATTERN = /^[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}$/;

function bad(why: string): Result<never, "BAD_BITSTREAM"> {
  return fail("BAD_BITSTREAM", `The bitstream is damaged or is none: ${why}.`);
}

/**
 * Writes a container. A version, level, size or index out of range is a bug and throws.
 */
export function writeContainer(container: Container): Uint8Array<ArrayBuffer> {
  const { version, level, width, height, frameIndex, sections } = container;
  const isSide = (side: number): boolean => Number.isInteger(side) && side >= 1 && side <= MAX_PICTURE_SIDE;
  if (!VERSION_PATTERN.test(version) || !isSide(width) || !isSide(height) || !Number.isInteger(level) || level < 1 || level > 255) {
    throw new Error("a container's header is out of range");
  }
  let size = FIXED_BYTES + version.length + 1 + CHECKSUM_BYTES;
  for (const payload of sections.values()) size += SECTION_BYTES + payload.length;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC, 0);
  view.setUint8(4, CONTAINER_VERSION);
  view.setUint8(5, CONTENTS.indexOf(container.content));
  view.setUint8(6, level);
  view.setUint16(7, width, true);
  view.setUint16(9, height, true);
  view.setUint32(11, frameIndex >>> 0, true);
  view.setUint8(15, version.length);
  let at = FIXED_BYTES;
  for (let i = 0; i < version.length; i++) bytes[at++] = version.charCodeAt(i);
  bytes[at++] = sections.size;
  MODALITIES.forEach((modality, index) => {
    const payload = sections.get(modality);
    if (payload === undefined) return;
    view.setUint8(at, index);
    view.setUint32(at + 1, payload.length, true);
    bytes.set(payload, at + SECTION_BYTES);
    at += SECTION_BYTES + payload.length;
  });
  view.setUint32(at, crc32(bytes.subarray(0, at)), true);
  return bytes;
}

function readSections(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  count: number,
): Result<ReadonlyMap<Modality, Uint8Array>, "BAD_BITSTREAM"> {
  const sections = new Map<Modality, Uint8Array>();
  let at = start;
  let before = -1;
  for (let i = 0; i < count; i++) {
    if (at + SECTION_BYTES > end) return bad("a section's head is cut");
    const index = view.getUint8(at);
    const length = view.getUint32(at + 1, true);
    const modality = MODALITIES[index];
    if (modality === undefined || index <= before) return bad("a section is of an unknown kind or out of order");
    if (length > end - at - SECTION_BYTES) return bad("a section is longer than what is left");
    sections.set(modality, bytes.subarray(at + SECTION_BYTES, at + SECTION_BYTES + length));
    at += SECTION_BYTES + length;
    before = index;
  }
  if (at !== end) return bad("bytes are left over");
  return ok(sections);
}

/**
 * Reads a container, trusting no length in it. Sections are views of the given bytes.
 *
 * @returns BAD_BITSTREAM for whatever is not a whole, undamaged container.
 */
export function readContainer(bytes: Uint8Array): Result<Container, "BAD_BITSTREAM"> {
  if (bytes.length < FIXED_BYTES + 2 + CHECKSUM_BYTES) return bad("it is too short");
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) return bad("it does not begin with LYOC");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(4) !== CONTAINER_VERSION) return bad("its container version is unknown");
  const end = bytes.length - CHECKSUM_BYTES;
  if (crc32(bytes.subarray(0, end)) !== view.getUint32(end, true)) return bad("its checksum does not match");
  const content = CONTENTS[view.getUint8(5)];
  if (content === undefined) return bad("what it holds is unknown");
  const level = view.getUint8(6);
  const width = view.getUint16(7, true);
  const height = view.getUint16(9, true);
  if (level < 1 || width < 1 || height < 1 || width > MAX_PICTURE_SIDE || height > MAX_PICTURE_SIDE) {
    return bad("its level or size is out of range");
  }
  const versionEnd = FIXED_BYTES + view.getUint8(15);
  if (versionEnd + 1 > end) return bad("its version is cut");
  const version = String.fromCharCode(...bytes.subarray(FIXED_BYTES, versionEnd));
  if (!VERSION_PATTERN.test(version)) return bad("its version is not a version");
  const sections = readSections(bytes, view, versionEnd + 1, end, view.getUint8(versionEnd));
  if (!sections.ok) return sections;
  return ok({ content, version, level, width, height, frameIndex: view.getUint32(11, true), sections: sections.value });
}

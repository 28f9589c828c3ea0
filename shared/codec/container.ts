import { fail, ok, type Result } from "../result";
import { crc32 } from "./crc32";
import { MODALITIES, type Modality, type Vertical } from "./sensor-frame";
import { FRAME_KINDS, type FrameKind } from "./stream-model";

/**
 * The bitstream container. All integers little-endian. Version 1 holds frames that stand alone:
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
 *
 * Version 2 holds frames of a stream. It differs in three places: behind the frame index stand 1 byte for the
 * kind (0 key, 1 predicted) and 4 bytes with the checksum of the container that a predicted frame leans on (0
 * for a key frame), and a section's length is a LEB128 of at most 4 bytes.
 */
export interface Container {
  readonly content: ContainerContent;
  readonly version: string;
  readonly level: number;
  readonly width: number;
  readonly height: number;
  readonly frameIndex: number;
  readonly sections: ReadonlyMap<Modality, Uint8Array>;
  /** How a frame leans on the one before; null for a frame of family 1, which stands alone. */
  readonly stream: StreamLink | null;
}

/** A frame's place in its stream. */
export interface StreamLink {
  readonly kind: FrameKind;
  /** {@link containerChecksum} of the container that a predicted frame leans on; 0 for a key frame. */
  readonly reference: number;
}

/** What a container holds: one picture alone, or the whole frame of a kind of node. */
export type ContainerContent = "picture" | Vertical;

const MAGIC = [0x4c, 0x59, 0x4f, 0x43] as const;
const CONTAINER_VERSION = 1;
const STREAM_CONTAINER_VERSION = 2;
const CONTENTS: readonly ContainerContent[] = ["picture", "drone", "iot"];
const FIXED_BYTES = 16;
const LINK_BYTES = 5;
const SECTION_BYTES = 5;
const MAX_LENGTH_BYTES = 4;
const CHECKSUM_BYTES = 4;
/** The largest width and height of a picture, in pixels. */
export const MAX_PICTURE_SIDE = 4096;
/** What a model version may look like: 1 to 64 characters, no path, no space. */
export const VERSION_PATTERN = /^[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}$/;

function bad(why: string): Result<never, "BAD_BITSTREAM"> {
  return fail("BAD_BITSTREAM", `The bitstream is damaged or is none: ${why}.`);
}

/** How many bytes a LEB128 takes. */
function lengthBytes(length: number): number {
  return length < 1 << 7 ? 1 : length < 1 << 14 ? 2 : length < 1 << 21 ? 3 : MAX_LENGTH_BYTES;
}

/** The checksum at a container's end, which names it to the frame that leans on it. */
export function containerChecksum(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(bytes.length - CHECKSUM_BYTES, true);
}

/**
 * Writes a container. A version, level, size or index out of range is a bug and throws.
 */
export function writeContainer(container: Container): Uint8Array<ArrayBuffer> {
  const { version, level, width, height, frameIndex, sections, stream } = container;
  const isSide = (side: number): boolean => Number.isInteger(side) && side >= 1 && side <= MAX_PICTURE_SIDE;
  if (!VERSION_PATTERN.test(version) || !isSide(width) || !isSide(height) || !Number.isInteger(level) || level < 1 || level > 255) {
    throw new Error("a container's header is out of range");
  }
  let size = FIXED_BYTES + (stream === null ? 0 : LINK_BYTES) + version.length + 1 + CHECKSUM_BYTES;
  for (const { length } of sections.values()) size += (stream === null ? SECTION_BYTES : 1 + lengthBytes(length)) + length;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC, 0);
  view.setUint8(4, stream === null ? CONTAINER_VERSION : STREAM_CONTAINER_VERSION);
  view.setUint8(5, CONTENTS.indexOf(container.content));
  view.setUint8(6, level);
  view.setUint16(7, width, true);
  view.setUint16(9, height, true);
  view.setUint32(11, frameIndex >>> 0, true);
  let at = FIXED_BYTES - 1;
  if (stream !== null) {
    view.setUint8(at, FRAME_KINDS.indexOf(stream.kind));
    view.setUint32(at + 1, stream.reference, true);
    at += LINK_BYTES;
  }
  view.setUint8(at++, version.length);
  for (let i = 0; i < version.length; i++) bytes[at++] = version.charCodeAt(i);
  bytes[at++] = sections.size;
  MODALITIES.forEach((modality, index) => {
    const payload = sections.get(modality);
    if (payload === undefined) return;
    view.setUint8(at++, index);
    if (stream === null) {
      view.setUint32(at, payload.length, true);
      at += 4;
    } else {
      let rest = payload.length;
      for (; rest > 127; rest >>>= 7) bytes[at++] = (rest & 127) | 128;
      bytes[at++] = rest;
    }
    bytes.set(payload, at);
    at += payload.length;
  });
  view.setUint32(at, crc32(bytes.subarray(0, at)), true);
  return bytes;
}

/** A section's length and where its payload begins; null where it is cut or too long. */
function readLength(view: DataView, at: number, end: number, isStream: boolean): { readonly length: number; readonly from: number } | null {
  if (!isStream) return at + 4 > end ? null : { length: view.getUint32(at, true), from: at + 4 };
  let length = 0;
  for (let i = 0; i < MAX_LENGTH_BYTES && at + i < end; i++) {
    const byte = view.getUint8(at + i);
    length |= (byte & 127) << (7 * i);
    if (byte < 128) return { length, from: at + i + 1 };
  }
  return null;
}

function readSections(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  isStream: boolean,
): Result<ReadonlyMap<Modality, Uint8Array>, "BAD_BITSTREAM"> {
  const sections = new Map<Modality, Uint8Array>();
  const count = view.getUint8(start);
  let at = start + 1;
  let before = -1;
  for (let i = 0; i < count; i++) {
    if (at + 1 > end) return bad("a section's head is cut");
    const index = view.getUint8(at);
    const modality = MODALITIES[index];
    if (modality === undefined || index <= before) return bad("a section is of an unknown kind or out of order");
    const head = readLength(view, at + 1, end, isStream);
    if (head === null) return bad("a section's head is cut");
    if (head.length > end - head.from) return bad("a section is longer than what is left");
    at = head.from + head.length;
    sections.set(modality, bytes.subarray(head.from, at));
    before = index;
  }
  if (at !== end) return bad("bytes are left over");
  return ok(sections);
}

function readLink(view: DataView): Result<StreamLink, "BAD_BITSTREAM"> {
  const kind = FRAME_KINDS[view.getUint8(FIXED_BYTES - 1)];
  const reference = view.getUint32(FIXED_BYTES, true);
  if (kind === undefined) return bad("its kind of frame is unknown");
  if (kind === "key" && reference !== 0) return bad("a key frame leans on another one");
  return ok({ kind, reference });
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
  const containerVersion = view.getUint8(4);
  const isStream = containerVersion === STREAM_CONTAINER_VERSION;
  if (!isStream && containerVersion !== CONTAINER_VERSION) return bad("its container version is unknown");
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
  const lengthAt = FIXED_BYTES - 1 + (isStream ? LINK_BYTES : 0);
  if (lengthAt >= end) return bad("its version is cut");
  const versionEnd = lengthAt + 1 + view.getUint8(lengthAt);
  if (versionEnd + 1 > end) return bad("its version is cut");
  const version = String.fromCharCode(...bytes.subarray(lengthAt + 1, versionEnd));
  if (!VERSION_PATTERN.test(version)) return bad("its version is not a version");
  const link = isStream ? readLink(view) : ok(null);
  if (!link.ok) return link;
  const sections = readSections(bytes, view, versionEnd, end, isStream);
  if (!sections.ok) return sections;
  const frameIndex = view.getUint32(11, true);
  return ok({ content, version, level, width, height, frameIndex, sections: sections.value, stream: link.value });
}

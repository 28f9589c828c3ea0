import { CdrReader, CdrWriter, EncapsulationKind } from "@foxglove/cdr";
import { fail, ok, type Result } from "../result";

/**
 * The ROS 2 message types of the fleet as XCDR1 bytes: a 4-byte encapsulation header, then the members,
 * each aligned to its size from the end of that header. Source: OMG DDS-XTypes 1.3, 7.4.3; message
 * definitions: std_msgs String, UInt8MultiArray, Float32MultiArray, MultiArrayLayout; diagnostics.ts has
 * those of diagnostic_msgs.
 *
 * The reader of @foxglove/cdr trusts the lengths in the message, so every length is held against the bytes
 * that are there before it is used.
 */

const HEADER_BYTES = 4;
const UINT32_BYTES = 4;
const FLOAT32_BYTES = 4;

/**
 * RTPS pads a message to 4 bytes, and Fast DDS hands the padding over when the sender is another process.
 * Anything longer that is left over means that a length lies.
 */
const MAX_PADDING_BYTES = 3;

/** Layout with no dimensions and no offset (two uint32), and the length of the data. */
const EMPTY_LAYOUT_BYTES = HEADER_BYTES + 3 * UINT32_BYTES;

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What was read of a message, or why its bytes are not the CDR of its type. */
export type CdrResult<Value> = Result<Value, "BAD_CDR">;

/** Encodes a std_msgs/msg/UInt8MultiArray with an empty layout. */
export function encodeUInt8MultiArray(data: Uint8Array): Uint8Array {
  const writer = new CdrWriter({ size: EMPTY_LAYOUT_BYTES + data.length });
  return writer.sequenceLength(0).uint32(0).uint8Array(data, true).data;
}

/** Encodes a std_msgs/msg/Float32MultiArray with an empty layout. */
export function encodeFloat32MultiArray(data: readonly number[]): Uint8Array {
  const writer = new CdrWriter({ size: EMPTY_LAYOUT_BYTES + data.length * FLOAT32_BYTES });
  writer.sequenceLength(0).uint32(0).sequenceLength(data.length);
  for (const value of data) writer.float32(value);
  return writer.data;
}

/** Encodes a std_msgs/msg/String as UTF-8. */
export function encodeString(text: string): Uint8Array {
  // Not the library's own string(): it counts UTF-16 units and would cut a text outside ASCII.
  const writer = new CdrWriter({ size: HEADER_BYTES + UINT32_BYTES + text.length + 1 });
  putText(writer, text);
  return writer.data;
}

/**
 * Decodes a std_msgs/msg/UInt8MultiArray. The layout is read past: the fleet sends flat bytes.
 * @returns a view into `bytes`, not a copy; BAD_CDR for anything else.
 */
export function decodeUInt8MultiArray(bytes: Uint8Array): CdrResult<Uint8Array> {
  const reader = openReader(bytes);
  if (reader === null) return badHeader(bytes);
  if (!skipLayout(reader)) return cut("layout");
  const length = takeUint32(reader);
  if (length === null || length > remainingBytes(reader)) return cut("data");
  const data = reader.uint8Array(length);
  return endsHere(reader) ? ok(data) : trailing(reader);
}

/**
 * Decodes a std_msgs/msg/Float32MultiArray. The layout is read past: the fleet sends flat numbers.
 * @returns a view into `bytes` where alignment and byte order allow, else a copy; the numbers may be NaN or
 * infinite. BAD_CDR for anything else.
 */
export function decodeFloat32MultiArray(bytes: Uint8Array): CdrResult<Float32Array> {
  const reader = openReader(bytes);
  if (reader === null) return badHeader(bytes);
  if (!skipLayout(reader)) return cut("layout");
  const length = takeUint32(reader);
  if (length === null || length * FLOAT32_BYTES > remainingBytes(reader)) return cut("data");
  const data = reader.float32Array(length);
  return endsHere(reader) ? ok(data) : trailing(reader);
}

/**
 * Decodes a std_msgs/msg/String.
 * @returns BAD_CDR also for a text that is not UTF-8, or that does not end with the NUL that CDR asks for.
 */
export function decodeString(bytes: Uint8Array): CdrResult<string> {
  const reader = openReader(bytes);
  if (reader === null) return badHeader(bytes);
  const text = takeText(reader);
  if (!text.ok) return text;
  return endsHere(reader) ? text : trailing(reader);
}

/** The text at the reader's place: its length, UTF-8, and the NUL that ends it. */
export function takeText(reader: CdrReader): CdrResult<string> {
  const length = takeUint32(reader);
  if (length === null || length > remainingBytes(reader)) return cut("text");
  if (length === 0) return fail("BAD_CDR", "The text has no room for the NUL that ends it.");
  const utf8 = reader.uint8Array(length - 1);
  if (reader.uint8() !== 0) return fail("BAD_CDR", "The text does not end with NUL where its length says.");
  try {
    return ok(utf8Decoder.decode(utf8));
  } catch {
    return fail("BAD_CDR", "The text is not UTF-8.");
  }
}

/** Writes a text as CDR has it; the writer aligns its length. */
export function putText(writer: CdrWriter, text: string): void {
  const utf8 = utf8Encoder.encode(text);
  writer.uint32(utf8.length + 1).uint8Array(utf8).uint8(0);
}

/** A reader behind the encapsulation header, or null where it is not that of plain XCDR1 of either byte order. */
export function openReader(bytes: Uint8Array): CdrReader | null {
  if (bytes.length < HEADER_BYTES || bytes[0] !== 0) return null;
  if (bytes[1] !== EncapsulationKind.CDR_LE && bytes[1] !== EncapsulationKind.CDR_BE) return null;
  return new CdrReader(bytes);
}

/** Bytes that are left to read. */
export function remainingBytes(reader: CdrReader): number {
  return reader.byteLength - reader.offset;
}

/** The next uint32 at its alignment, or null where the bytes end before it. */
export function takeUint32(reader: CdrReader): number | null {
  // The header is 4 bytes long, so offsets from its end and from the start align alike.
  const aligned = Math.ceil(reader.offset / UINT32_BYTES) * UINT32_BYTES;
  return aligned + UINT32_BYTES > reader.byteLength ? null : reader.uint32();
}

/** Reads past a MultiArrayLayout; false where the bytes end within it. */
function skipLayout(reader: CdrReader): boolean {
  const dimensions = takeUint32(reader);
  if (dimensions === null) return false;
  for (let index = 0; index < dimensions; index += 1) {
    const labelBytes = takeUint32(reader);
    if (labelBytes === null || labelBytes > remainingBytes(reader)) return false;
    reader.offset += labelBytes;
    if (takeUint32(reader) === null || takeUint32(reader) === null) return false;
  }
  return takeUint32(reader) !== null;
}

/** Whether all was read, but for the padding that RTPS adds. */
export function endsHere(reader: CdrReader): boolean {
  return remainingBytes(reader) <= MAX_PADDING_BYTES;
}

/** The failure of {@link openReader}. */
export function badHeader(bytes: Uint8Array): CdrResult<never> {
  return fail(
    "BAD_CDR",
    bytes.length < HEADER_BYTES
      ? `The message has ${bytes.length} bytes, too few for a CDR header.`
      : "The message does not start with the header of plain CDR, version 1.",
  );
}

/** The failure of a message whose bytes end within a part of it. */
export function cut(part: string): CdrResult<never> {
  return fail("BAD_CDR", `The message ends before its ${part} does.`);
}

/** The failure of a message that goes on after its end. */
export function trailing(reader: CdrReader): CdrResult<never> {
  return fail("BAD_CDR", `The message goes on for ${remainingBytes(reader)} bytes after its last member.`);
}

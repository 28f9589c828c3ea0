import { deflateRawSync, inflateRawSync } from "node:zlib";
import { crc32 } from "../../shared/codec/crc32";

/** The form of a stored body: 1 is a checksum, then raw deflate. */
const FORM = 1;
const HEAD_BYTES = 5;
/** What is left after the columns' own packing is mostly noise: more effort finds nothing in it. */
const LEVEL = 3;
/** No body is nearly as large: a damaged one must not take the memory. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A stored body is not what was written: it is skipped and counted. */
export class DamagedBody extends Error {}

/** Bytes as they are stored: checked and compressed. */
export function storeBody(bytes: Uint8Array): Uint8Array {
  const packed = deflateRawSync(bytes, { level: LEVEL });
  const stored = new Uint8Array(HEAD_BYTES + packed.length);
  stored[0] = FORM;
  new DataView(stored.buffer).setUint32(1, crc32(bytes), true);
  stored.set(packed, HEAD_BYTES);
  return stored;
}

/** The bytes that were stored. @throws DamagedBody where they are not those. */
export function readBody(stored: Uint8Array): Uint8Array {
  if (stored[0] !== FORM || stored.length < HEAD_BYTES) throw new DamagedBody("a body has another form");
  let bytes: Uint8Array;
  try {
    bytes = inflateRawSync(stored.subarray(HEAD_BYTES), { maxOutputLength: MOST_BYTES });
  } catch {
    throw new DamagedBody("a body cannot be unpacked");
  }
  const expected = new DataView(stored.buffer, stored.byteOffset, stored.byteLength).getUint32(1, true);
  if (crc32(bytes) !== expected) throw new DamagedBody("the checksum of a body is wrong");
  return bytes;
}

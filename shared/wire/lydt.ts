import { parseNodeId, quoteUntrusted, type NodeId } from "../fleet/ids";
import { fail, ok, type Result } from "../result";
import { findBareNonFinite } from "./python-json";

/**
 * LYDT frames, version 1 (wire protocol, 1.3). Little-endian, unpadded: 4 bytes `LYDT`, u8 version, u8 type,
 * u16 flags, u32 sequence, f64 sender Unix time in seconds, u16 node id length, u16 meta length, u32 payload
 * length; then node id (UTF-8), meta (JSON), payload. There is no checksum, so the lengths must add up
 * exactly; the original takes a frame with a cut payload, this reader does not.
 */

/** What a frame carries. Number 5 (deploy-ack) is reserved in the field and never sent, so it is not known here. */
export type LydtFrameType = "compressed" | "metrics" | "coordination" | "heartbeat";

const TYPE_NUMBERS: Readonly<Record<LydtFrameType, number>> = {
  compressed: 1,
  metrics: 2,
  coordination: 3,
  heartbeat: 4,
};

const TYPES_BY_NUMBER: ReadonlyMap<number, LydtFrameType> = new Map(
  (Object.keys(TYPE_NUMBERS) as readonly LydtFrameType[]).map((type) => [TYPE_NUMBERS[type], type]),
);

/** The meta of a decoded frame: a JSON object as it came, no key or value of which has been looked at. */
export type LydtMeta = Readonly<Record<string, unknown>>;

/** A decoded frame. */
export interface LydtFrame {
  readonly type: LydtFrameType;
  readonly nodeId: NodeId;
  /** u32; resets when the node restarts. */
  readonly sequence: number;
  /** The sender's Unix time in seconds; finite also in ms, otherwise unchecked. */
  readonly timestampSeconds: number;
  readonly meta: LydtMeta;
  /** A view into the decoded bytes. */
  readonly payload: Uint8Array;
}

/** A frame to be encoded; its meta is JSON text already. */
export interface LydtFrameParts {
  readonly type: LydtFrameType;
  readonly nodeId: NodeId;
  /** Its low 32 bits are sent. */
  readonly sequence: number;
  readonly timestampSeconds: number;
  readonly metaJson: string;
  readonly payload: Uint8Array;
}

/** What can be wrong with the bytes of a frame. */
export type LydtErrorCode =
  | "BAD_FRAME"
  | "FRAME_TOO_SHORT"
  | "LENGTH_MISMATCH"
  | "BAD_NODE_ID"
  | "BAD_META"
  | "NOT_FINITE"
  | "OUT_OF_RANGE";

/** `LYDT` as a little-endian u32. */
const MAGIC = 0x5444594c;
const VERSION = 1;
const HEADER_BYTES = 28;

/** The length of the meta is a u16. */
export const MAX_META_BYTES = 65_535;

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Encodes a frame. @returns META_TOO_LARGE for meta of more than 65 535 bytes of UTF-8. */
export function encodeLydtFrame(frame: LydtFrameParts): Result<Uint8Array, "META_TOO_LARGE"> {
  const nodeId = utf8Encoder.encode(frame.nodeId);
  const meta = utf8Encoder.encode(frame.metaJson);
  if (meta.length > MAX_META_BYTES) {
    return fail("META_TOO_LARGE", `The meta has ${meta.length} bytes; a frame holds ${MAX_META_BYTES}.`);
  }
  const bytes = new Uint8Array(HEADER_BYTES + nodeId.length + meta.length + frame.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, VERSION);
  view.setUint8(5, TYPE_NUMBERS[frame.type]);
  view.setUint16(6, 0, true);
  view.setUint32(8, frame.sequence, true);
  view.setFloat64(12, frame.timestampSeconds, true);
  view.setUint16(20, nodeId.length, true);
  view.setUint16(22, meta.length, true);
  view.setUint32(24, frame.payload.length, true);
  bytes.set(nodeId, HEADER_BYTES);
  bytes.set(meta, HEADER_BYTES + nodeId.length);
  bytes.set(frame.payload, HEADER_BYTES + nodeId.length + meta.length);
  return ok(bytes);
}

/**
 * Decodes a frame. Never throws, whatever the bytes are.
 *
 * @returns FRAME_TOO_SHORT below 28 bytes or where the bodies are cut; LENGTH_MISMATCH where bytes follow
 * the payload; BAD_FRAME for another magic, version, type or flags; BAD_NODE_ID; NOT_FINITE for a timestamp
 * that is no number and for meta with a bare NaN or Infinity (which Python writes and JSON forbids), naming
 * the key; OUT_OF_RANGE for a timestamp that is no number in ms; BAD_META for meta that is not a JSON object.
 */
export function decodeLydtFrame(bytes: Uint8Array): Result<LydtFrame, LydtErrorCode> {
  if (bytes.length < HEADER_BYTES) {
    return fail("FRAME_TOO_SHORT", `The frame has ${bytes.length} bytes; its header alone has ${HEADER_BYTES}.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return fail("BAD_FRAME", "The bytes do not start with LYDT.");
  if (view.getUint8(4) !== VERSION) {
    return fail("BAD_FRAME", `The frame is of version ${view.getUint8(4)}; ${VERSION} is known.`);
  }
  const type = TYPES_BY_NUMBER.get(view.getUint8(5));
  if (type === undefined) return fail("BAD_FRAME", `The frame is of the unknown type ${view.getUint8(5)}.`);
  const flags = view.getUint16(6, true);
  if (flags !== 0) return fail("BAD_FRAME", `The frame sets flags (${flags}), of which none is known.`);

  const nodeIdEnd = HEADER_BYTES + view.getUint16(20, true);
  const metaEnd = nodeIdEnd + view.getUint16(22, true);
  const payloadEnd = metaEnd + view.getUint32(24, true);
  if (bytes.length < payloadEnd) {
    return fail("FRAME_TOO_SHORT", `The frame has ${bytes.length} bytes; its lengths add up to ${payloadEnd}.`);
  }
  if (bytes.length > payloadEnd) {
    return fail("LENGTH_MISMATCH", `The frame has ${bytes.length} bytes; its lengths add up to ${payloadEnd}.`);
  }

  const timestampSeconds = view.getFloat64(12, true);
  if (!Number.isFinite(timestampSeconds)) return fail("NOT_FINITE", "The frame's timestamp is not a number.");
  if (!Number.isFinite(timestampSeconds * 1000)) {
    return fail("OUT_OF_RANGE", "The frame's timestamp is too large for a number of milliseconds.");
  }
  const nodeIdText = decodeUtf8(bytes.subarray(HEADER_BYTES, nodeIdEnd));
  if (nodeIdText === null) return fail("BAD_NODE_ID", "The frame's node id is not UTF-8.");
  const nodeId = parseNodeId(nodeIdText);
  if (!nodeId.ok) return nodeId;
  const meta = parseMeta(bytes.subarray(nodeIdEnd, metaEnd));
  if (!meta.ok) return meta;

  return ok({
    type,
    nodeId: nodeId.value,
    sequence: view.getUint32(8, true),
    timestampSeconds,
    meta: meta.value,
    payload: bytes.subarray(metaEnd, payloadEnd),
  });
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8Decoder.decode(bytes);
  } catch {
    return null;
  }
}

function parseMeta(bytes: Uint8Array): Result<LydtMeta, "BAD_META" | "NOT_FINITE"> {
  const text = decodeUtf8(bytes);
  if (text === null) return fail("BAD_META", "The frame's meta is not UTF-8.");
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    const bare = findBareNonFinite(text);
    if (bare === null) return fail("BAD_META", "The frame's meta is not JSON.");
    const where = bare.key === null ? "a value" : quoteUntrusted(bare.key);
    return fail("NOT_FINITE", `The node reports ${where} as ${bare.token}.`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    return fail("BAD_META", "The frame's meta is not a JSON object.");
  }
  return ok(parsed as LydtMeta);
}

import { gunzipSync, gzipSync } from "node:zlib";
import * as v from "valibot";
import type { Vertical } from "../../../shared/fleet/sample";
import { fail, ok, type Result } from "../../../shared/result";

/** What is recorded: everything that a dashboard reads, without the compressed payloads. */
export const RECORDED_KINDS = ["lydt-metrics", "legacy-metrics", "heartbeat"] as const;

/** One of {@link RECORDED_KINDS}. */
export type RecordedKind = (typeof RECORDED_KINDS)[number];

/** A recorded message, as CDR bytes. */
export interface RecordedMessage {
  /** Since the start of the recording, ms, to a microsecond. */
  readonly atMs: number;
  /** Index into the recording's nodes. */
  readonly node: number;
  readonly kind: RecordedKind;
  readonly bytes: Uint8Array;
}

/** Some nodes' messages over some time. */
export interface Recording {
  readonly durationMs: number;
  readonly nodes: readonly { readonly nodeId: string; readonly vertical: Vertical }[];
  /** In order of time. */
  readonly messages: readonly RecordedMessage[];
}

const MAGIC = "LYDLREC1";

/** A record's head: u32 microseconds since the last one, u8 node, u8 kind, u16 length; little-endian. */
const HEAD_BYTES = 8;

const headerSchema = v.strictObject({
  durationMs: v.pipe(v.number(), v.finite(), v.minValue(1)),
  nodes: v.pipe(
    v.array(v.strictObject({ nodeId: v.string(), vertical: v.picklist(["drone", "iot"]) })),
    v.minLength(1),
    v.maxLength(255),
  ),
});

/**
 * Writes a recording: gzip over `LYDLREC1`, u32 length of a JSON header, the header, then the records.
 * A message longer than 65 535 bytes throws: metrics are some hundred.
 */
export function encodeRecording(recording: Recording): Uint8Array {
  const { durationMs, nodes } = recording;
  const header = Buffer.from(JSON.stringify({ durationMs, nodes }), "utf8");
  const start = Buffer.alloc(MAGIC.length + 4);
  start.write(MAGIC, "latin1");
  start.writeUInt32LE(header.length, MAGIC.length);
  const parts: Uint8Array[] = [start, header];
  let lastUs = 0;
  for (const message of recording.messages) {
    const atUs = Math.round(message.atMs * 1000);
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(atUs - lastUs, 0);
    head.writeUInt8(message.node, 4);
    head.writeUInt8(RECORDED_KINDS.indexOf(message.kind), 5);
    head.writeUInt16LE(message.bytes.length, 6);
    lastUs = atUs;
    parts.push(head, message.bytes);
  }
  return gzipSync(Buffer.concat(parts), { level: 9 });
}

/**
 * Reads a recording.
 * @returns FILE_READ_FAILED for anything that {@link encodeRecording} did not write.
 */
export function decodeRecording(file: Uint8Array): Result<Recording, "FILE_READ_FAILED"> {
  try {
    const bytes = gunzipSync(file);
    if (bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) return damaged("it does not begin as one");
    const headerStart = MAGIC.length + 4;
    const headerEnd = headerStart + bytes.readUInt32LE(MAGIC.length);
    const header = v.parse(headerSchema, JSON.parse(bytes.toString("utf8", headerStart, headerEnd)));
    const messages = decodeRecords(bytes.subarray(headerEnd), header.nodes.length);
    return messages === null ? damaged("its records are not whole") : ok({ ...header, messages });
  } catch (error) {
    // gzip, JSON and the schema each say in their own way that these are not the bytes that were written.
    return damaged(error instanceof Error ? error.message : String(error));
  }
}

function decodeRecords(bytes: Buffer, nodes: number): readonly RecordedMessage[] | null {
  const messages: RecordedMessage[] = [];
  let atUs = 0;
  let offset = 0;
  while (offset < bytes.length) {
    if (offset + HEAD_BYTES > bytes.length) return null;
    atUs += bytes.readUInt32LE(offset);
    const node = bytes.readUInt8(offset + 4);
    const kind = RECORDED_KINDS[bytes.readUInt8(offset + 5)];
    const end = offset + HEAD_BYTES + bytes.readUInt16LE(offset + 6);
    if (node >= nodes || kind === undefined || end > bytes.length) return null;
    messages.push({ atMs: atUs / 1000, node, kind, bytes: bytes.subarray(offset + HEAD_BYTES, end) });
    offset = end;
  }
  return messages;
}

function damaged(why: string): Result<never, "FILE_READ_FAILED"> {
  return fail("FILE_READ_FAILED", `The file is not a recording: ${why}.`);
}

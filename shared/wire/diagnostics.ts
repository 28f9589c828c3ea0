import { CdrWriter, type CdrReader } from "@foxglove/cdr";
import { quoteUntrusted } from "../fleet/ids";
import { fail, ok, type Result } from "../result";
import { badHeader, cut, endsHere, openReader, putText, remainingBytes, takeText, takeUint32, trailing } from "./cdr";

/**
 * diagnostic_msgs/msg/DiagnosticArray as XCDR1 bytes: a std_msgs/Header (int32 seconds, uint32 nanoseconds,
 * frame id), then a sequence of DiagnosticStatus (byte level, name, message, hardware id, sequence of key and
 * value). Convention of name and hardware id: REP 107 and diagnostic_updater ("node: task").
 */

/** How a status is meant, in the order of its byte on the wire. */
export const DIAGNOSTIC_LEVELS = ["ok", "warn", "error", "stale"] as const;
export type DiagnosticLevel = (typeof DIAGNOSTIC_LEVELS)[number];

/** A value that somebody measured, as they name and write it. */
export interface DiagnosticValue {
  readonly key: string;
  readonly value: string;
}

/** One component's state, as its node tells it. */
export interface DiagnosticStatus {
  readonly level: DiagnosticLevel;
  /** "node: task" by convention; never empty. */
  readonly name: string;
  readonly message: string;
  /** What it is about; may be empty. */
  readonly hardwareId: string;
  readonly values: readonly DiagnosticValue[];
}

/** What one message on /diagnostics says. */
export interface DiagnosticArray {
  /** The sender's own clock, Unix ms; 0 where it sets none. */
  readonly sentAtMs: number;
  readonly statuses: readonly DiagnosticStatus[];
}

/** Bytes that a status takes, about: the writer grows where it takes more. */
const FIRST_BYTES = 256;
/** The fewest bytes of a text, of a key with its value, and of a status: what a count of them can be held against. */
const LEAST_TEXT_BYTES = 5;
const LEAST_VALUE_BYTES = 2 * LEAST_TEXT_BYTES;
const LEAST_STATUS_BYTES = 1 + 3 * LEAST_TEXT_BYTES + 4;
/** An aggregator of a large robot sends some hundred; more is no diagnosis. */
const MAX_STATUSES = 2_000;

/** Encodes a DiagnosticArray; the frame id is empty. */
export function encodeDiagnostics({ sentAtMs, statuses }: DiagnosticArray): Uint8Array {
  const writer = new CdrWriter({ size: FIRST_BYTES * (1 + statuses.length) });
  const seconds = Math.floor(sentAtMs / 1_000);
  writer.int32(seconds).uint32(Math.round((sentAtMs - seconds * 1_000) * 1e6) % 1e9);
  putText(writer, "");
  writer.sequenceLength(statuses.length);
  for (const { level, name, message, hardwareId, values } of statuses) {
    writer.uint8(DIAGNOSTIC_LEVELS.indexOf(level));
    for (const text of [name, message, hardwareId]) putText(writer, text);
    writer.sequenceLength(values.length);
    for (const { key, value } of values) {
      putText(writer, key);
      putText(writer, value);
    }
  }
  return writer.data;
}

/**
 * Decodes a DiagnosticArray. Never throws, whatever the bytes are.
 * @returns BAD_CDR for bytes that are none; BAD_DIAGNOSTICS for a level that ROS does not have, a status without
 * a name, or more than 2 000 of them.
 */
export function decodeDiagnostics(bytes: Uint8Array): Result<DiagnosticArray, "BAD_CDR" | "BAD_DIAGNOSTICS"> {
  const reader = openReader(bytes);
  if (reader === null) return badHeader(bytes);
  if (remainingBytes(reader) < 8) return cut("stamp");
  const seconds = reader.int32();
  const sentAtMs = seconds * 1_000 + reader.uint32() / 1e6;
  const frameId = takeText(reader);
  if (!frameId.ok) return frameId;
  const count = takeUint32(reader);
  if (count === null || count * LEAST_STATUS_BYTES > remainingBytes(reader)) return cut("list of statuses");
  if (count > MAX_STATUSES) return fail("BAD_DIAGNOSTICS", `The message has ${count} statuses; it can have ${MAX_STATUSES}.`);
  const statuses: DiagnosticStatus[] = [];
  for (let index = 0; index < count; index += 1) {
    const status = takeStatus(reader);
    if (!status.ok) return status;
    statuses.push(status.value);
  }
  return endsHere(reader) ? ok({ sentAtMs, statuses }) : trailing(reader);
}

function takeStatus(reader: CdrReader): Result<DiagnosticStatus, "BAD_CDR" | "BAD_DIAGNOSTICS"> {
  if (remainingBytes(reader) < 1) return cut("status");
  const byte = reader.uint8();
  const name = takeText(reader);
  if (!name.ok) return name;
  const message = takeText(reader);
  if (!message.ok) return message;
  const hardwareId = takeText(reader);
  if (!hardwareId.ok) return hardwareId;
  const values = takeValues(reader);
  if (!values.ok) return values;
  const level = DIAGNOSTIC_LEVELS[byte];
  if (level === undefined) return fail("BAD_DIAGNOSTICS", `The status ${quoteUntrusted(name.value)} has the level ${byte}; ROS has 0 to 3.`);
  if (name.value.trim() === "") return fail("BAD_DIAGNOSTICS", "A status has no name.");
  return ok({ level, name: name.value, message: message.value, hardwareId: hardwareId.value, values: values.value });
}

function takeValues(reader: CdrReader): Result<readonly DiagnosticValue[], "BAD_CDR"> {
  const count = takeUint32(reader);
  if (count === null || count * LEAST_VALUE_BYTES > remainingBytes(reader)) return cut("list of values");
  const values: DiagnosticValue[] = [];
  for (let index = 0; index < count; index += 1) {
    const key = takeText(reader);
    if (!key.ok) return key;
    const value = takeText(reader);
    if (!value.ok) return value;
    values.push({ key: key.value, value: value.value });
  }
  return ok(values);
}

import { createHash } from "node:crypto";

/**
 * The hash chain over the journal's events: each event carries the SHA-256 over the hash before it and its
 * own canonical bytes, so that no event can be changed, taken out or moved without a trace.
 */

/** What a chain, and a seal, begin with: 32 zero bytes. */
export const NO_HASH: Uint8Array = new Uint8Array(32);

/** One row of the events as it is stored. */
export interface StoredEvent {
  readonly id: number;
  /** Unix ms. */
  readonly tMs: number;
  readonly event: string;
  readonly nodeId: string | null;
  readonly actor: string;
  readonly sentence: string;
  /** The detail as JSON text. */
  readonly detail: string;
  /** What the decision was made on, packed; null where the event is no decision on samples. */
  readonly basis: Uint8Array | null;
}

/**
 * A stretch of the chain. Its entry says why it begins, and seals everything before it as it stood then.
 */
export interface Segment {
  /** 1 and up. */
  readonly number: number;
  /** The newest event before it; 0 where it begins the journal. */
  readonly afterId: number;
  readonly tMs: number;
  readonly actor: string;
  readonly reason: string;
  /** Events before it. */
  readonly sealedEvents: number;
  /** {@link sealNext} over all of them; {@link NO_HASH} of none. */
  readonly sealedHash: Uint8Array;
}

/** A place up to which the chain was whole when it was made. */
export interface Checkpoint {
  /** 1 and up. */
  readonly number: number;
  readonly eventId: number;
  readonly eventHash: Uint8Array;
  /** Events up to that one. */
  readonly events: number;
  readonly tMs: number;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function sha256(previous: Uint8Array, text: string): Uint8Array {
  return createHash("sha256").update(previous).update(text).digest();
}

/** Text as SQLite gives it back: it ends text at NUL, and lone surrogates have no UTF-8. */
export function storableText(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8").replaceAll("\0", "\uFFFD");
}

/** The canonical bytes of an event: a JSON array of its fields in order, the basis by its SHA-256. */
export function canonicalEvent(row: StoredEvent): string {
  const basis = row.basis === null ? null : createHash("sha256").update(row.basis).digest("hex");
  return JSON.stringify([row.id, row.tMs, row.event, row.nodeId, row.actor, row.sentence, row.detail, basis]);
}

/** The hash of an event that follows `previous`. */
export function eventHash(previous: Uint8Array, row: StoredEvent): Uint8Array {
  return sha256(previous, canonicalEvent(row));
}

/** The hash of a segment's entry; the first event of the segment follows it. */
export function segmentHash(previous: Uint8Array, segment: Segment): Uint8Array {
  const { number, afterId, tMs, actor, reason, sealedEvents, sealedHash } = segment;
  return sha256(previous, JSON.stringify(["segment", number, afterId, tMs, actor, reason, sealedEvents, hex(sealedHash)]));
}

/** The hash of a checkpoint that follows the checkpoint with hash `previous`. */
export function checkpointHash(previous: Uint8Array, checkpoint: Checkpoint): Uint8Array {
  const { number, eventId, eventHash: of, events, tMs } = checkpoint;
  return sha256(previous, JSON.stringify(["checkpoint", number, eventId, hex(of), events, tMs]));
}

/** Adds one event, as it is stored, to the seal over all before a segment. */
export function sealNext(seal: Uint8Array, row: StoredEvent, storedHash: Uint8Array | null): Uint8Array {
  return sha256(seal, `${canonicalEvent(row)}${storedHash === null ? "" : hex(storedHash)}`);
}

/** Whether two hashes are the same. */
export function sameHash(one: Uint8Array, other: Uint8Array | null): boolean {
  return other !== null && Buffer.compare(one, other) === 0;
}

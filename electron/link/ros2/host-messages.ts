import type { Timers } from "../../../shared/time";
import type { HostReply } from "./protocol";

/** Messages on their way out of the host, many in one. */
export interface Outbox {
  add(subscriptionId: number, bytes: Uint8Array): void;
  /** Hands over what is waiting. */
  flush(): void;
}

/** How long the first message of a batch waits for others: far below what a person or a 10 Hz topic notices. */
const BATCH_MS = 15;
/** A batch that has grown to this is handed over at once. */
const BATCH_BYTES = 256 * 1_024;

/**
 * Collects messages, since a crossing costs far more than its bytes do. Order is kept; each message
 * carries its own time of arrival.
 */
export function createOutbox(timers: Timers, post: (batch: Extract<HostReply, { kind: "messages" }>) => void): Outbox {
  let subscriptions: number[] = [];
  let receivedAtMs: number[] = [];
  let parts: Uint8Array[] = [];
  let size = 0;
  let isScheduled = false;

  function flush(): void {
    isScheduled = false;
    if (parts.length === 0) return;
    const bytes = new Uint8Array(size);
    let offset = 0;
    for (const part of parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
    const lengths = parts.map((part) => part.length);
    post({ kind: "messages", subscriptions, receivedAtMs, lengths, bytes });
    subscriptions = [];
    receivedAtMs = [];
    parts = [];
    size = 0;
  }

  return {
    add(subscriptionId, bytes) {
      subscriptions.push(subscriptionId);
      receivedAtMs.push(timers.wallMs());
      parts.push(bytes);
      size += bytes.length;
      if (size >= BATCH_BYTES) {
        flush();
      } else if (!isScheduled) {
        isScheduled = true;
        timers.after(BATCH_MS, flush);
      }
    },
    flush,
  };
}

import type { MalformedView } from "../../shared/contract/channels";
import type { NodeId } from "../../shared/fleet/ids";
import type { Failure } from "../../shared/result";
import type { InboundMessage } from "../link/port";

/** Messages that are kept for inspection. */
const KEPT_MESSAGES = 200;

/** Bytes of a message that are kept. */
const HEAD_BYTES = 48;

/** Counts what could not be read, and keeps the newest of it with its first bytes. */
export class MalformedLog {
  private readonly kept: MalformedView[] = [];
  private counted = 0;

  /** Messages that could not be read, since the start. */
  get count(): number {
    return this.counted;
  }

  /** Notes a message that could not be read. */
  reject(message: InboundMessage, nodeId: NodeId | null, failure: Failure): void {
    this.counted += 1;
    this.keep(message, nodeId, failure);
  }

  /** Notes a message that was read although a part of it says something impossible; it is not counted. */
  warn(message: InboundMessage, nodeId: NodeId | null, failure: Failure): void {
    this.keep(message, nodeId, failure);
  }

  /** Newest first. */
  recent(): readonly MalformedView[] {
    return this.kept.toReversed();
  }

  private keep(message: InboundMessage, nodeId: NodeId | null, failure: Failure): void {
    this.kept.push({
      tMs: message.receivedAtMs,
      topic: message.topic,
      nodeId,
      code: failure.code,
      sentence: failure.message,
      head: Buffer.from(message.bytes.subarray(0, HEAD_BYTES)).toString("hex"),
    });
    if (this.kept.length > KEPT_MESSAGES) this.kept.shift();
  }
}

import type { MalformedGroup, MalformedTally, MalformedView } from "../../shared/contract/channels";
import type { NodeId } from "../../shared/fleet/ids";
import type { Failure } from "../../shared/result";
import type { InboundMessage } from "../link/port";

/** Messages that are kept for inspection. */
const KEPT_MESSAGES = 200;

/** Bytes of a message that are kept. */
const HEAD_BYTES = 48;

/** Rows that are counted apart; a graph that makes more of them is counted in one row for the rest. */
const MAX_GROUPS = 2_000;

/** Rows that the window gets at once. */
const SHOWN_GROUPS = 200;

/** The topic of the row for all that had no row of its own. */
const FURTHER_TOPICS = "further topics";

/** Counts what could not be read by node, topic and code, and keeps the newest of it with its first bytes. */
export class MalformedLog {
  private readonly kept: MalformedView[] = [];
  private readonly groups = new Map<string, MalformedGroup>();
  private counted = 0;

  /** Messages that could not be read, since the start. */
  get count(): number {
    return this.counted;
  }

  /** Notes a message that could not be read. */
  reject(message: InboundMessage, nodeId: NodeId | null, failure: Failure): void {
    this.counted += 1;
    this.keep(message, nodeId, failure, "refused");
  }

  /** Notes a message that was read although a part of it says something impossible; it is not counted. */
  warn(message: InboundMessage, nodeId: NodeId | null, failure: Failure): void {
    this.keep(message, nodeId, failure, "part left out");
  }

  /** Newest first. */
  recent(): readonly MalformedView[] {
    return this.kept.toReversed();
  }

  /** Counts since the start, the greatest first, what was only left out in part after the rest; of one node or of all. At most 200 rows. */
  tally(nodeId: string | null): MalformedTally {
    const all = [...this.groups.values()];
    const asked = nodeId === null ? all : all.filter((group) => group.nodeId === nodeId);
    const isPart = ({ outcome }: MalformedGroup): number => (outcome === "refused" ? 0 : 1);
    const sorted = asked.toSorted((left, right) => isPart(left) - isPart(right) || right.count - left.count || right.lastMs - left.lastMs);
    const nodeIds = [...new Set(all.map((group) => group.nodeId).filter((each) => each !== null))];
    return { groups: sorted.slice(0, SHOWN_GROUPS), hidden: Math.max(0, sorted.length - SHOWN_GROUPS), nodeIds: nodeIds.toSorted() };
  }

  private keep(message: InboundMessage, nodeId: NodeId | null, failure: Failure, outcome: MalformedGroup["outcome"]): void {
    const view: MalformedView = {
      tMs: message.receivedAtMs,
      topic: message.topic,
      nodeId,
      code: failure.code,
      sentence: failure.message,
      head: Buffer.from(message.bytes.subarray(0, HEAD_BYTES)).toString("hex"),
    };
    this.kept.push(view);
    if (this.kept.length > KEPT_MESSAGES) this.kept.shift();
    this.group(view, outcome);
  }

  private group({ tMs, topic, nodeId, code, sentence, head }: MalformedView, outcome: MalformedGroup["outcome"]): void {
    const key = (inTopic: string): string => [outcome, inTopic, code].join(" ");
    const isKnown = this.groups.has(key(topic)) || this.groups.size < MAX_GROUPS;
    const shown = isKnown ? { topic, nodeId } : { topic: FURTHER_TOPICS, nodeId: null };
    const before = this.groups.get(key(shown.topic));
    this.groups.set(key(shown.topic), {
      ...shown,
      code,
      outcome,
      count: (before?.count ?? 0) + 1,
      firstMs: before?.firstMs ?? tMs,
      lastMs: tMs,
      sentence,
      head,
    });
  }
}

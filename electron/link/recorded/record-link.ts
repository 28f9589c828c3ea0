import { writeFile } from "node:fs/promises";
import type { NodeId } from "../../../shared/fleet/ids";
import type { Vertical } from "../../../shared/fleet/sample";
import { fail, ok, type Result } from "../../../shared/result";
import type { Timers } from "../../../shared/time";
import { parseFleetMessage } from "../../../shared/wire/message";
import { classifyTopic, METRICS_SUBSCRIPTION_QOS, topicName, topicType } from "../../../shared/wire/topics";
import type { InboundMessage, Link } from "../port";
import { encodeRecording, RECORDED_KINDS, type RecordedKind, type RecordedMessage } from "./recording";

/** What is recorded from where. */
export interface RecordOptions {
  /** A link that was not started; it is started and stopped here. */
  readonly link: Link;
  readonly timers: Timers;
  /** How long to record, after all nodes have been heard. */
  readonly durationMs: number;
  /** Nothing is recorded before this, so that models are loaded and caches warm. */
  readonly warmUpMs: number;
  readonly nodeIds: readonly NodeId[];
  readonly file: string;
}

function isRecorded(kind: string): kind is RecordedKind {
  return (RECORDED_KINDS as readonly string[]).includes(kind);
}

function passed(timers: Timers, ms: number): Promise<void> {
  return new Promise((resolve) => {
    timers.after(ms, resolve);
  });
}

/** The vertical that a node reports of itself. */
function verticalOf(nodeId: NodeId, messages: readonly InboundMessage[]): Vertical | null {
  for (const message of messages) {
    const parsed = parseFleetMessage(message);
    if (!parsed.ok || parsed.value.kind !== "metrics" || parsed.value.sample.nodeId !== nodeId) continue;
    if (parsed.value.sample.vertical !== null) return parsed.value.sample.vertical;
  }
  return null;
}

/**
 * Records the metrics and heartbeats of some nodes, as bytes, into a file for benchmarks of the window.
 * @returns NODE_SILENT for a node that sent nothing, FILE_WRITE_FAILED.
 */
export async function recordLink(options: RecordOptions): Promise<Result<{ messages: number; bytes: number }>> {
  const { link, timers, nodeIds } = options;
  for (const nodeId of nodeIds) {
    for (const kind of RECORDED_KINDS) {
      link.subscribe({ topic: topicName(kind, nodeId), type: topicType(kind), qos: METRICS_SUBSCRIPTION_QOS });
    }
  }
  const received: { readonly atMs: number; readonly message: InboundMessage }[] = [];
  await link.start({
    onMessage: (message) => received.push({ atMs: timers.monotonicMs(), message }),
    onStatus: () => undefined,
    onGraphChange: () => undefined,
  });
  await passed(timers, options.warmUpMs);
  received.length = 0;
  const startMs = timers.monotonicMs();
  await passed(timers, options.durationMs);
  await link.stop();

  const nodes: { readonly nodeId: NodeId; readonly vertical: Vertical }[] = [];
  for (const nodeId of nodeIds) {
    const vertical = verticalOf(
      nodeId,
      received.map(({ message }) => message),
    );
    if (vertical === null) return fail("NODE_SILENT", `${nodeId} sent no metrics while it was recorded.`);
    nodes.push({ nodeId, vertical });
  }
  const messages = received.flatMap(({ atMs, message }): readonly RecordedMessage[] => {
    const meaning = classifyTopic(message.topic);
    if (meaning === null || !isRecorded(meaning.kind)) return [];
    const node = nodeIds.indexOf(meaning.nodeId);
    return [{ atMs: atMs - startMs, node, kind: meaning.kind, bytes: message.bytes }];
  });
  const file = encodeRecording({ durationMs: options.durationMs, nodes, messages });
  try {
    await writeFile(options.file, file);
  } catch (error) {
    return fail("FILE_WRITE_FAILED", `${options.file} could not be written: ${String(error)}`);
  }
  return ok({ messages: messages.length, bytes: file.length });
}

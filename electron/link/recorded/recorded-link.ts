import { readFileSync } from "node:fs";
import { fail, type Result } from "../../../shared/result";
import type { Dispose, Timers } from "../../../shared/time";
import { topicName, topicType } from "../../../shared/wire/topics";
import { createBus } from "../bus";
import type { Link, LinkListener, LinkStatus, TopicEndpoint } from "../port";
import { createPublications, linkDown } from "../publications";
import { castNodes, replayNode, tracksOf, type ReplayedNode, type Track } from "./replay";
import { decodeRecording, RECORDED_KINDS } from "./recording";

/** What is replayed, and by how many. */
export interface RecordedLinkOptions {
  /** A file that `recordLink` wrote. */
  readonly file: string;
  /** How many nodes say it, 1 and up. */
  readonly nodes: number;
  readonly timers: Timers;
}

function readTracks(file: string): Result<readonly Track[]> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    return fail("FILE_READ_FAILED", `${file} could not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const recording = decodeRecording(bytes);
  return recording.ok ? tracksOf(recording.value) : recording;
}

/**
 * Replays recorded wire frames over and over, for benchmarks of the window alone: more nodes than this
 * machine could compress for, each saying what a real encode once measured. Nobody takes a deploy here.
 */
export function createRecordedLink(options: RecordedLinkOptions): Link {
  const { file, timers } = options;
  const bus = createBus(timers, (message) => {
    const { topic, type, bytes } = message;
    listener?.onMessage({ topic, type, bytes, receivedAtMs: timers.wallMs() });
  });
  const publications = createPublications({ timers, countMatching: () => 0, send: () => undefined });

  let listener: LinkListener | null = null;
  let nodes: readonly ReplayedNode[] = [];
  let endings: readonly Dispose[] = [];
  let status = statusOf("starting", "The recording has not been opened.");

  function statusOf(state: LinkStatus["state"], sentence: string): LinkStatus {
    return { kind: "recorded", state, sinceMs: timers.wallMs(), sentence, notices: [], seed: null, domainId: null, discoveryRange: null };
  }

  function open(): void {
    const tracks = readTracks(file);
    if (!tracks.ok) {
      status = statusOf("down", `${tracks.error.message} Retry reads it again.`);
      return;
    }
    nodes = castNodes(tracks.value, options.nodes);
    endings = nodes.map((node) => replayNode(node, timers, bus.isWanted, bus.publish));
    status = statusOf("up", `${String(nodes.length)} nodes replay recorded frames, for benchmarks only.`);
  }

  function tell(): void {
    const told = status;
    bus.tell(() => {
      listener?.onStatus(told);
      listener?.onGraphChange();
    });
  }

  return {
    async start(next) {
      if (listener !== null) throw new Error("the recorded link was started twice");
      listener = next;
      await Promise.resolve();
      if (listener !== next) return;
      open();
      next.onStatus(status);
      next.onGraphChange();
    },

    async stop() {
      if (listener === null) return;
      listener = null;
      for (const end of endings) end();
      endings = [];
      nodes = [];
      bus.clear();
      publications.refuseAll();
      status = statusOf("down", "The replay was stopped.");
      await Promise.resolve();
    },

    status: () => status,

    graph: () =>
      nodes.flatMap(({ nodeId }): readonly TopicEndpoint[] =>
        RECORDED_KINDS.map((kind) => ({
          topic: topicName(kind, nodeId),
          type: topicType(kind),
          role: "publisher",
          nodeName: nodeId,
        })),
      ),

    subscribe: bus.subscribe,

    publish: async (message) => (status.state === "up" ? publications.publish(message) : linkDown()),

    retry() {
      if (listener === null || status.state !== "down") return;
      open();
      tell();
    },
  };
}

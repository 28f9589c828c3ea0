import { parseNodeId, type NodeId } from "../../../shared/fleet/ids";
import type { Vertical } from "../../../shared/fleet/sample";
import { fail, ok, type Result } from "../../../shared/result";
import type { Dispose, Timers } from "../../../shared/time";
import { decodeUInt8MultiArray, encodeUInt8MultiArray } from "../../../shared/wire/cdr";
import { decodeLydtFrame, encodeLydtFrame } from "../../../shared/wire/lydt";
import { EDGE_METRICS_PUBLICATION_QOS, topicName, topicType } from "../../../shared/wire/topics";
import type { BusMessage } from "../bus";
import type { Recording, RecordedKind } from "./recording";

/** One message of a track, ready to be said by any node at any time. */
interface Line {
  readonly atMs: number;
  readonly kind: RecordedKind;
  /** Makes the CDR bytes for a node, a time and a sequence. */
  bytes(nodeId: NodeId, wallMs: number, sequence: number): Uint8Array;
}

/** What one recorded node said, in order of time. */
export interface Track {
  readonly vertical: Vertical;
  readonly durationMs: number;
  readonly lines: readonly Line[];
}

const NO_PAYLOAD = new Uint8Array(0);

/** A late replay this far behind goes on from now: a sleep is not made up for in a burst. */
const CATCH_UP_MS = 1_000;

/**
 * Takes a recording apart into one track for each node.
 * @returns FILE_READ_FAILED for a message that is no frame: a recording holds only sound ones.
 */
export function tracksOf(recording: Recording): Result<readonly Track[], "FILE_READ_FAILED"> {
  const lines: Line[][] = recording.nodes.map(() => []);
  for (const { atMs, node, kind, bytes } of recording.messages) {
    if (kind === "legacy-metrics") {
      lines[node]?.push({ atMs, kind, bytes: () => bytes });
      continue;
    }
    const data = decodeUInt8MultiArray(bytes);
    const frame = data.ok ? decodeLydtFrame(data.value) : data;
    if (!frame.ok) return fail("FILE_READ_FAILED", `The recording holds a message that is no frame: ${frame.error.message}`);
    const { type, meta } = frame.value;
    const metaJson = JSON.stringify(meta);
    lines[node]?.push({
      atMs,
      kind,
      bytes(nodeId, wallMs, sequence) {
        const encoded = encodeLydtFrame({
          type,
          nodeId,
          sequence: kind === "heartbeat" ? 0 : sequence,
          timestampSeconds: wallMs / 1000,
          metaJson,
          payload: NO_PAYLOAD,
        });
        // The meta came out of a frame, so it fits into one.
        if (!encoded.ok) throw new Error(encoded.error.message);
        return encodeUInt8MultiArray(encoded.value);
      },
    });
  }
  const { durationMs } = recording;
  return ok(
    recording.nodes.map(({ vertical }, node) => ({ vertical, durationMs, lines: lines[node] ?? [] })),
  );
}

/** One node of a replayed fleet. */
export interface ReplayedNode {
  readonly nodeId: NodeId;
  readonly track: Track;
  /** Where in the track it begins, ms. */
  readonly offsetMs: number;
}

/** The share of the golden ratio: multiples of it, modulo 1, are spread evenly. */
const GOLDEN = 0.6180339887498949;

/**
 * Casts a fleet of `node_0` to `node_{count-1}`: the first third say drone tracks, the others iot tracks
 * (whichever there are), each shifted to another place of its track.
 */
export function castNodes(tracks: readonly Track[], count: number): readonly ReplayedNode[] {
  const drones = tracks.filter((track) => track.vertical === "drone");
  const gateways = tracks.filter((track) => track.vertical === "iot");
  const droneCount = Math.ceil(count / 3);
  return Array.from({ length: count }, (_, index) => {
    const wanted = index < droneCount ? drones : gateways;
    const among = wanted.length > 0 ? wanted : tracks;
    const track = among[index % among.length];
    const nodeId = parseNodeId(`node_${String(index)}`);
    if (track === undefined || !nodeId.ok) throw new Error("a fleet is cast from at least one track");
    return { nodeId: nodeId.value, track, offsetMs: ((index * GOLDEN) % 1) * track.durationMs };
  });
}

/**
 * Lets a node say its track over and over, with times of now and a sequence of its own.
 * @param say Gets each message when it is due.
 * @param isWanted Whether anybody would hear it; what nobody hears is not made.
 */
export function replayNode(
  node: ReplayedNode,
  timers: Timers,
  isWanted: (endpoint: Omit<BusMessage, "bytes">) => boolean,
  say: (message: BusMessage) => void,
): Dispose {
  const { nodeId, track, offsetMs } = node;
  const { lines, durationMs } = track;
  if (lines.length === 0) return () => undefined;
  let startMs = timers.monotonicMs() - offsetMs;
  let round = 0;
  let position = lines.findIndex((line) => line.atMs >= offsetMs);
  if (position < 0) {
    position = 0;
    round = 1;
  }
  let sequence = 0;
  let cancel: Dispose = () => undefined;

  function dueMs(): number {
    return startMs + round * durationMs + (lines[position]?.atMs ?? 0);
  }

  function arm(): void {
    cancel = timers.after(dueMs() - timers.monotonicMs(), speak);
  }

  function speak(): void {
    const behindMs = timers.monotonicMs() - dueMs();
    if (behindMs > CATCH_UP_MS) startMs += behindMs;
    const line = lines[position];
    position += 1;
    if (position === lines.length) {
      position = 0;
      round += 1;
    }
    arm();
    if (line === undefined) return;
    const endpoint = {
      topic: topicName(line.kind, nodeId),
      type: topicType(line.kind),
      qos: EDGE_METRICS_PUBLICATION_QOS,
    };
    if (isWanted(endpoint)) say({ ...endpoint, bytes: line.bytes(nodeId, timers.wallMs(), sequence) });
    if (line.kind === "lydt-metrics") sequence += 1;
  }

  arm();
  return () => {
    cancel();
  };
}

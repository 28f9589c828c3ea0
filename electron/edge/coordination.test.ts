import { describe, expect, it } from "vitest";
import type { ModelVersion, NodeId } from "../../shared/fleet/ids";
import { encodeFloat32MultiArray, encodeUInt8MultiArray } from "../../shared/wire/cdr";
import { encodeLydtFrame } from "../../shared/wire/lydt";
import { parseFleetMessage } from "../../shared/wire/message";
import { topicName } from "../../shared/wire/topics";
import { virtualTimers } from "../time/virtual-timers";
import { fakeEncoder, fakeRig } from "./fake-encoder";
import { ALLOCATION_LASTS_MS } from "./level-choice";
import { startEdgeNode, type EdgeIncident } from "./node";

const NODE = "node_0" as NodeId;
const LYDT = topicName("coordination", NODE);
const LEGACY = topicName("legacy-coordination", NODE);
/** Frames of about 1000 bytes at 10 Hz are 80 kbit/s: this is far less, and this far more. */
const TOO_LITTLE_MBPS = 0.02;
const PLENTY_MBPS = 1;

/** The numbers of a coordination in the order of the wire; only the share of the uplink varies. */
function numbersOf(allocatedMbps: number): readonly (readonly [string, number])[] {
  return [
    ["target_compression", 0.8],
    ["allocated_mbps", allocatedMbps],
    ["fleet_avg_compression", 6],
    ["fleet_avg_latency_ms", 20],
    ["fleet_avg_quality", 0.9],
  ];
}

function lydtCoordination(allocatedMbps: number): Uint8Array {
  const metaJson = JSON.stringify(Object.fromEntries(numbersOf(allocatedMbps)));
  const frame = encodeLydtFrame({ type: "coordination", nodeId: NODE, sequence: 1, timestampSeconds: 1, metaJson, payload: new Uint8Array(0) });
  if (!frame.ok) throw new Error(frame.error.message);
  return encodeUInt8MultiArray(frame.value);
}

function legacyCoordination(allocatedMbps: number): Uint8Array {
  return encodeFloat32MultiArray(numbersOf(allocatedMbps).map(([, value]) => value));
}

function setUp() {
  const timers = virtualTimers();
  /** What each frame says that it was encoded with. */
  const levels: (number | null)[] = [];
  const incidents: EdgeIncident[] = [];
  const node = startEdgeNode({
    nodeId: NODE,
    vertical: "drone",
    timers,
    rig: fakeRig(0),
    encoder: fakeEncoder(timers),
    initialVersion: "1.0.0" as ModelVersion,
    compressionLevel: 0.5,
    phaseMs: 0,
    publish(message) {
      if (message.kind !== "lydt-metrics") return;
      const parsed = parseFleetMessage({ ...message, receivedAtMs: timers.wallMs() });
      if (parsed.ok && parsed.value.kind === "metrics") levels.push(parsed.value.sample.compressionLevel);
    },
    onIncident: (incident) => incidents.push(incident),
  });
  /** Lets time pass as a coordinator renews its word twice a second. */
  async function coordinated(seconds: number, topic: string, bytes: Uint8Array): Promise<void> {
    for (let half = 0; half < 2 * seconds; half++) {
      node.receive(topic, bytes);
      await timers.advanceSettled(500);
    }
  }
  return { timers, node, levels, incidents, coordinated };
}

describe("a node and its coordinator", () => {
  it("keeps its own level as long as no coordinator speaks", async () => {
    const { timers, levels } = setUp();
    await timers.advanceSettled(5_000);
    expect(new Set(levels)).toEqual(new Set([0.5]));
  });

  it.each([
    ["a LYDT frame", LYDT, lydtCoordination],
    ["five floats", LEGACY, legacyCoordination],
  ])("takes coarser levels under a share that its frames exceed, and finer ones under a large one, told by %s", async (_what, topic, encode) => {
    const { levels, incidents, coordinated } = setUp();
    await coordinated(3, topic, encode(TOO_LITTLE_MBPS));
    expect(levels.slice(0, 3)).toEqual([0.5, 0.5, 0.5]);
    expect(levels).toContain(0.75);
    expect(levels.at(-1)).toBe(1);
    await coordinated(8, topic, encode(PLENTY_MBPS));
    expect(levels.at(-1)).toBe(0);
    expect(incidents).toEqual([]);
  });

  it("is not told apart by hearing both dialects", async () => {
    const one = setUp();
    await one.coordinated(4, LYDT, lydtCoordination(TOO_LITTLE_MBPS));
    const both = setUp();
    for (let half = 0; half < 8; half++) {
      both.node.receive(LYDT, lydtCoordination(TOO_LITTLE_MBPS));
      both.node.receive(LEGACY, legacyCoordination(TOO_LITTLE_MBPS));
      await both.timers.advanceSettled(500);
    }
    expect(both.levels).toEqual(one.levels);
  });

  it("goes back to its own level when the coordinator falls silent", async () => {
    const { timers, levels, coordinated } = setUp();
    await coordinated(3, LYDT, lydtCoordination(TOO_LITTLE_MBPS));
    await timers.advanceSettled(ALLOCATION_LASTS_MS - 1_000);
    expect(levels.at(-1)).toBe(1);
    await timers.advanceSettled(2_000);
    expect(levels.at(-1)).toBe(0.5);
  });

  it("reports a coordination that it cannot read, and keeps its level and its version", async () => {
    const { timers, node, levels, incidents } = setUp();
    await timers.advanceSettled(1_000);
    node.receive(LYDT, encodeFloat32MultiArray([1]));
    node.receive(LEGACY, encodeFloat32MultiArray([0.8, 0.02, 6]));
    node.receive(LYDT, lydtCoordination(-1));
    await timers.advanceSettled(3_000);
    expect(incidents.map(({ code }) => code).slice(1)).toEqual(["BAD_META", "OUT_OF_RANGE"]);
    expect(incidents).toHaveLength(3);
    for (const { message } of incidents) expect(message).toMatch(/^node_0 got a coordination that it cannot read: /);
    expect(new Set(levels)).toEqual(new Set([0.5]));
    expect(node.modelVersion()).toBe("1.0.0");
  });
});

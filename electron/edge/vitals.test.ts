import { describe, expect, it } from "vitest";
import type { ModelVersion, NodeId } from "../../shared/fleet/ids";
import type { DiagnosticStatus } from "../../shared/wire/diagnostics";
import { decodeDiagnostics } from "../../shared/wire/diagnostics";
import { DIAGNOSTICS_TOPIC } from "../../shared/wire/topics";
import { virtualTimers } from "../time/virtual-timers";
import { fakeEncoder, type FakeFrame } from "./fake-encoder";
import { startEdgeNode, type EdgeNodeOptions } from "./node";

function setUp(options: Partial<EdgeNodeOptions<FakeFrame>> = {}) {
  const timers = virtualTimers();
  const encoder = fakeEncoder(timers);
  const told: { readonly atMs: number; readonly statuses: readonly DiagnosticStatus[] }[] = [];
  const node = startEdgeNode({
    nodeId: "node_0" as NodeId,
    vertical: "drone",
    timers,
    // Rendering takes 3 ms: the node is at work, nothing else happens meanwhile.
    rig: {
      sample(frameIndex) {
        timers.sleep(3);
        return { nodeIndex: 0, frameIndex, noise: 0 };
      },
    },
    encoder,
    initialVersion: "1.0.0" as ModelVersion,
    compressionLevel: 0.5,
    phaseMs: 250,
    onIncident: () => undefined,
    publish({ topic, bytes }) {
      if (topic !== DIAGNOSTICS_TOPIC) return;
      const read = decodeDiagnostics(bytes);
      if (!read.ok) throw new Error(read.error.message);
      told.push({ atMs: timers.monotonicMs(), statuses: read.value.statuses });
    },
    ...options,
  });
  const newest = (): DiagnosticStatus | undefined => told.at(-1)?.statuses[0];
  const valueOf = (key: string): string | undefined => newest()?.values.find((each) => each.key === key)?.value;
  return { timers, encoder, node, told, newest, valueOf };
}

describe("a node's diagnostics", () => {
  it("come once a second and say what its own frames took", async () => {
    const { timers, told, newest, valueOf } = setUp();
    await timers.advanceSettled(10_300);
    expect(told.map(({ atMs }) => Math.round(atMs / 10) * 10)).toEqual(Array.from({ length: 10 }, (_, index) => 1_250 + index * 1_000));
    expect(newest()).toMatchObject({ level: "ok", name: "node_0: edge node", hardwareId: "node_0", message: "10.0 frames/s with 1.0.0" });
    // Ten frames of 3 ms and of 10 ms.
    expect(Number(valueOf("render_percent"))).toBeCloseTo(3, 0);
    expect(Number(valueOf("encode_percent"))).toBeCloseTo(10, 0);
    expect(Number(valueOf("uptime_s"))).toBe(10);
    expect(valueOf("embedded")).toBe("false");
  });

  it("name an embedded node as such, and say nothing of a machine that it shares", async () => {
    const { timers, told, newest, valueOf } = setUp({ isEmbedded: true });
    await timers.advanceSettled(2_500);
    expect(newest()).toMatchObject({ hardwareId: "embedded" });
    expect(valueOf("embedded")).toBe("true");
    expect(told.at(-1)?.statuses.length).toBe(1);
  });

  it("carry the state of a machine of its own", async () => {
    const machine: DiagnosticStatus = { level: "warn", name: "node_0: machine", message: "hot", hardwareId: "orin", values: [] };
    const { timers, told } = setUp({ machine: () => machine });
    await timers.advanceSettled(1_500);
    expect(told.at(-1)?.statuses[1]).toEqual(machine);
  });

  it("are an error while no frame can be compressed, and none come from a node that ended", async () => {
    const { timers, node, told, newest } = setUp();
    await timers.advanceSettled(2_500);
    node.inferenceWentDown();
    await timers.advanceSettled(2_000);
    expect(newest()).toMatchObject({ level: "error", message: "the inference process is down: no frame is compressed" });
    node.stop();
    const count = told.length;
    await timers.advanceSettled(5_000);
    expect(told.length).toBe(count);
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NodeId } from "../../../shared/fleet/ids";
import type { MetricSample } from "../../../shared/fleet/sample";
import { parseFleetMessage } from "../../../shared/wire/message";
import { METRICS_SUBSCRIPTION_QOS, topicName, topicType } from "../../../shared/wire/topics";
import { virtualTimers } from "../../time/virtual-timers";
import { linkContract } from "../contract";
import { fakeFleet } from "../embedded/fake-fleet";
import type { InboundMessage, LinkListener, LinkStatus } from "../port";
import { createRecordedLink } from "./recorded-link";
import { recordLink } from "./record-link";
import { decodeRecording, encodeRecording, type Recording } from "./recording";

const folder = mkdtempSync(join(tmpdir(), "lydlr-recorded-"));
const file = join(folder, "fleet.lydrec");
const nodeIds = ["node_0", "node_1", "node_2"] as readonly string[] as readonly NodeId[];
const nobody: LinkListener = { onMessage: () => undefined, onStatus: () => undefined, onGraphChange: () => undefined };

beforeAll(async () => {
  const timers = virtualTimers();
  const { link } = fakeFleet(timers, { nodes: 3 });
  const recorded = recordLink({ link, timers, nodeIds, file, durationMs: 10_000, warmUpMs: 2_000 });
  await timers.advanceSettled(13_000);
  // One drone at 10 Hz and two gateways at 2 Hz in two dialects, and three heartbeats every 2 s.
  expect(await recorded).toMatchObject({ ok: true, value: { messages: 2 * 140 + 15 } });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

linkContract("recorded", null, () => {
  const timers = virtualTimers();
  return Promise.resolve({
    link: createRecordedLink({ file, nodes: 6, timers }),
    nodeId: "node_0" as NodeId,
    otherNodeId: "node_5" as NodeId,
    pass: (ms) => timers.advanceSettled(ms),
    timersLeft: () => timers.pendingCount(),
    dispose: () => Promise.resolve(),
  });
});

async function replay(nodes: number, ms: number) {
  const timers = virtualTimers(1_800_000_000_000);
  const link = createRecordedLink({ file, nodes, timers });
  const messages: InboundMessage[] = [];
  for (let index = 0; index < nodes; index += 1) {
    const nodeId = `node_${String(index)}` as NodeId;
    for (const kind of ["lydt-metrics", "heartbeat"] as const) {
      link.subscribe({ topic: topicName(kind, nodeId), type: topicType(kind), qos: METRICS_SUBSCRIPTION_QOS });
    }
  }
  await link.start({ ...nobody, onMessage: (message) => messages.push(message) });
  timers.advance(ms);
  await link.stop();
  const samples: MetricSample[] = messages.flatMap((message) => {
    const parsed = parseFleetMessage(message);
    if (!parsed.ok) throw new Error(parsed.error.message);
    return parsed.value.kind === "metrics" ? [parsed.value.sample] : [];
  });
  return { messages, samples };
}

describe("a replayed recording", () => {
  it("gives as many nodes as asked for, at the rates of their verticals, over its end and on", async () => {
    const { samples } = await replay(24, 35_000);
    const rates = Array.from({ length: 24 }, (_, index) => {
      return samples.filter((sample) => sample.nodeId === `node_${String(index)}`).length / 35;
    });
    for (const rate of rates.slice(0, 8)) expect(Math.abs(rate - 10)).toBeLessThan(0.2);
    for (const rate of rates.slice(8)) expect(Math.abs(rate - 2)).toBeLessThan(0.2);
  });

  it("carries times of now and a sequence without gaps for each node", async () => {
    const { samples } = await replay(3, 25_000);
    for (const sample of samples) expect(sample.sentAtMs).toBeCloseTo(sample.receivedAtMs, 0);
    for (const nodeId of nodeIds) {
      const sequences = samples.filter((sample) => sample.nodeId === nodeId).map((sample) => sample.sequence);
      expect(sequences).toEqual(sequences.map((_, at) => at));
    }
  });

  it("keeps the numbers that were measured when it was recorded", async () => {
    const { samples } = await replay(1, 10_000);
    const recording = decodeRecording(readFileSync(file));
    if (!recording.ok) throw new Error(recording.error.message);
    const recorded = recording.value.messages.flatMap(({ node, kind, bytes }) => {
      if (node !== 0 || kind !== "lydt-metrics") return [];
      const topic = topicName(kind, "node_0" as NodeId);
      const parsed = parseFleetMessage({ topic, type: topicType(kind), bytes, receivedAtMs: 0 });
      return parsed.ok && parsed.value.kind === "metrics" ? [parsed.value.sample.compressionRatio] : [];
    });
    expect(samples.map((sample) => sample.compressionRatio)).toEqual(recorded.slice(0, samples.length));
  });

  it("shifts its nodes against each other", async () => {
    const { samples } = await replay(10, 3_000);
    const first = nodeIds.map((nodeId) => samples.find((sample) => sample.nodeId === nodeId)?.receivedAtMs);
    expect(new Set(first).size).toBe(3);
  });

  it("is down with a sentence when its file is missing or damaged, and reads it again on a retry", async () => {
    const timers = virtualTimers();
    const path = join(folder, "later.lydrec");
    const link = createRecordedLink({ file: path, nodes: 2, timers });
    const statuses: LinkStatus[] = [];
    await link.start({ ...nobody, onStatus: (status) => statuses.push(status) });
    expect(link.status()).toMatchObject({ state: "down" });
    expect(link.status().sentence).toContain("could not be read");

    writeFileSync(path, readFileSync(file).subarray(0, 500));
    link.retry();
    expect(link.status().sentence).toContain("The file is not a recording");

    writeFileSync(path, readFileSync(file));
    link.retry();
    timers.advance(0);
    expect(statuses.at(-1)).toMatchObject({ state: "up" });
    expect(link.graph()).toHaveLength(6);
    await link.stop();
  });
});

describe("the file of a recording", () => {
  const recording: Recording = {
    durationMs: 1_000,
    nodes: [{ nodeId: "node_0", vertical: "iot" }],
    messages: [
      { atMs: 0.25, node: 0, kind: "heartbeat", bytes: Uint8Array.of(1, 2, 3) },
      { atMs: 999.999, node: 0, kind: "legacy-metrics", bytes: new Uint8Array(65_535) },
    ],
  };

  it("gives back what was written", () => {
    const decoded = decodeRecording(encodeRecording(recording));
    if (!decoded.ok) throw new Error(decoded.error.message);
    expect(decoded.value.messages.map((message) => ({ ...message, bytes: Uint8Array.from(message.bytes) }))).toEqual(
      recording.messages,
    );
    expect(decoded.value.nodes).toEqual(recording.nodes);
  });

  it.each([
    ["no gzip", Buffer.from("LYDLREC1")],
    ["another magic", gzipSync("LYDLREC2xxxx")],
    ["a header that is none", gzipSync(Buffer.concat([Buffer.from("LYDLREC1"), Buffer.of(2, 0, 0, 0), Buffer.from("[]")]))],
    ["nothing", new Uint8Array(0)],
  ])("is refused when it is %s", (_, bytes) => {
    expect(decodeRecording(bytes)).toMatchObject({ ok: false, error: { code: "FILE_READ_FAILED" } });
  });

  it("is refused when it names a node that it does not have", () => {
    const wrong = encodeRecording({
      ...recording,
      messages: [{ atMs: 0, node: 1, kind: "heartbeat", bytes: Uint8Array.of(1) }],
    });
    expect(decodeRecording(wrong)).toMatchObject({ ok: false, error: { code: "FILE_READ_FAILED" } });
  });
});

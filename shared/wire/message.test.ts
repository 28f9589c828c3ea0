import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFloat32MultiArray, encodeUInt8MultiArray } from "./cdr";
import { encodeDeploy } from "./deploy";
import {
  encodeCompressedMessage,
  encodeHeartbeatMessage,
  encodeLegacyMetricsMessage,
  encodeMetricsMessage,
} from "./edge-messages";
import { parseFleetMessage, type ParsedMessage } from "./message";
import { codeOf, COORDINATION_META, METRICS, NODE, nodeIdOf, parse, RECEIVED_AT_MS, versionOf, withMeta } from "./message-fixture";
import { TOPIC_KINDS, type TopicKind } from "./topics";

/** Every number anywhere in a value. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  return Object.values(value).flatMap(numbersIn);
}

function expectOnlyFiniteNumbers(message: ParsedMessage): void {
  expect(numbersIn(message).filter((value) => !Number.isFinite(value))).toEqual([]);
  if (message.kind !== "metrics") return;
  const { sample } = message;
  expect(sample.compressionRatio).toBeGreaterThan(0);
  expect(sample.latencyMs).toBeGreaterThan(0);
  expect(sample.qualityScore ?? 0).toBeGreaterThanOrEqual(0);
  expect(sample.qualityScore ?? 1).toBeLessThanOrEqual(1);
  expect(sample.bytesIn ?? 0).toBeGreaterThanOrEqual(0);
  expect(sample.bytesOut ?? 0).toBeGreaterThanOrEqual(0);
}

describe("heartbeats and compressed frames", () => {
  it("come back as they were written", () => {
    expect(parse("heartbeat", encodeHeartbeatMessage({ ...METRICS, modelVersion: null }))).toEqual({
      ok: true,
      value: {
        kind: "heartbeat",
        heartbeat: {
          nodeId: "node_0",
          modelVersion: null,
          vertical: "drone",
          sentAtMs: 1_700_000_000_500,
          receivedAtMs: RECEIVED_AT_MS,
        },
      },
    });
    const payload = Uint8Array.of(0x80, 4, 0x95);
    expect(parse("compressed", encodeCompressedMessage({ ...METRICS, payload }))).toEqual({
      ok: true,
      value: { kind: "compressed", nodeId: "node_0", sequence: 7, modelVersion: "1.1.0", bytes: payload },
    });
  });

  it("are refused with a version that is none", () => {
    expect(codeOf("heartbeat", withMeta('{"model_version":"a/b"}', "heartbeat"))).toBe("BAD_VERSION");
    expect(codeOf("compressed", withMeta('{"model_version":"a/b"}', "compressed"))).toBe("BAD_VERSION");
  });
});

describe("a message on the wrong topic", () => {
  it("is refused when its frame is of another node", () => {
    const other = { ...METRICS, nodeId: nodeIdOf("node_1") };
    expect(codeOf("lydt-metrics", encodeMetricsMessage(other))).toBe("WRONG_NODE");
    expect(codeOf("heartbeat", encodeHeartbeatMessage(other))).toBe("WRONG_NODE");
  });

  it("is refused when its frame is of another type", () => {
    expect(codeOf("lydt-metrics", encodeHeartbeatMessage(METRICS))).toBe("WRONG_FRAME_TYPE");
    expect(codeOf("heartbeat", encodeMetricsMessage(METRICS))).toBe("WRONG_FRAME_TYPE");
    expect(codeOf("compressed", encodeMetricsMessage(METRICS))).toBe("WRONG_FRAME_TYPE");
  });

  it("is ignored when the topic is no node's, whatever it says: the relay's metrics never count", () => {
    const bytes = encodeMetricsMessage(METRICS);
    for (const topic of ["/lydlr/ground/uplink/metrics", "/lydlr/ground/transport/metrics", "/imu/data"]) {
      expect(parseFleetMessage({ topic, type: "std_msgs/msg/UInt8MultiArray", bytes, receivedAtMs: 0 })).toEqual({
        ok: true,
        value: { kind: "ignored" },
      });
    }
    expect(parseFleetMessage({ topic: "/node_0/metrics", type: "std_msgs/msg/UInt8MultiArray", bytes, receivedAtMs: 0 })).toEqual({
      ok: true,
      value: { kind: "ignored" },
    });
  });

  it("is ignored when nothing of it is shown", () => {
    for (const kind of ["deploy", "script-load", "legacy-compressed", "legacy-deploy"] as const) {
      expect(codeOf(kind, Uint8Array.of(1, 2, 3))).toBe("ignored");
    }
  });
});

const VALID: readonly (readonly [TopicKind, Uint8Array])[] = [
  ["lydt-metrics", encodeMetricsMessage(METRICS)],
  ["heartbeat", encodeHeartbeatMessage(METRICS)],
  ["compressed", encodeCompressedMessage({ ...METRICS, payload: Uint8Array.of(1, 2, 3) })],
  ["legacy-metrics", encodeLegacyMetricsMessage(METRICS)],
  ["coordination", withMeta(COORDINATION_META, "coordination")],
  ["legacy-coordination", encodeFloat32MultiArray([0.82, 0.5, 6.5, 18.25, 0.9])],
];

describe("whatever the bytes", () => {
  it.each(VALID)("%s are refused when cut anywhere", (kind, bytes) => {
    expect(codeOf(kind, bytes)).not.toBe("ignored");
    expect(parse(kind, bytes).ok).toBe(true);
    for (let length = 0; length < bytes.length; length += 1) expect(parse(kind, bytes.subarray(0, length)).ok).toBe(false);
  });

  it.each(VALID)("%s are refused when the length of their data lies", (kind, bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const honest = view.getUint32(12, true);
    const nearby = fc.integer({ min: -5, max: 5 }).map((by) => (honest + by) >>> 0);
    fc.assert(
      fc.property(fc.constantFrom(4, 12), fc.oneof(nearby, fc.integer({ min: 1, max: 0xffffffff })), (offset, length) => {
        fc.pre(length !== view.getUint32(offset, true));
        const lying = Uint8Array.from(bytes);
        new DataView(lying.buffer).setUint32(offset, length, true);
        expect(parse(kind, lying).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("random ones never throw and never give a number that is none", () => {
    const random = fc.uint8Array({ maxLength: 200 });
    const inCdr = random.map(encodeUInt8MultiArray);
    const floats = fc.array(fc.float(), { maxLength: 8 }).map(encodeFloat32MultiArray);
    const metas = fc
      .dictionary(
        fc.constantFrom("compression_ratio", "latency_ms", "quality_score", "bytes_in", "bytes_out", "bandwidth_estimate", "modality_bytes_in", "model_version", "x"),
        fc.oneof(fc.double(), fc.jsonValue(), fc.dictionary(fc.string(), fc.double())),
      )
      .map((meta) => withMeta(JSON.stringify({ compression_ratio: 2, latency_ms: 1, ...meta })));
    fc.assert(
      fc.property(fc.constantFrom(...TOPIC_KINDS), fc.oneof(random, inCdr, floats, metas), (kind, bytes) => {
        const parsed = parse(kind, bytes);
        if (parsed.ok) expectOnlyFiniteNumbers(parsed.value);
        else expect(parsed.error.message).not.toBe("");
      }),
      { numRuns: 2000 },
    );
  });

  it.each(VALID)("%s with flipped bits never throw and never give a number that is none", (kind, bytes) => {
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const parsed = parse(kind, flipped(bytes, [bit]));
      if (parsed.ok) expectOnlyFiniteNumbers(parsed.value);
    }
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length * 8 - 1), { minLength: 2, maxLength: 8 }), (bits) => {
        const parsed = parse(kind, flipped(bytes, bits));
        if (parsed.ok) expectOnlyFiniteNumbers(parsed.value);
      }),
      { numRuns: 500 },
    );
  });

  it("a deploy is never taken for a report", () => {
    const { topic, type, bytes } = encodeDeploy(NODE, "lydt", versionOf("1.0.0"));
    expect(parseFleetMessage({ topic, type, bytes, receivedAtMs: 0 })).toEqual({ ok: true, value: { kind: "ignored" } });
  });
});

function flipped(bytes: Uint8Array, bits: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const bit of bits) copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

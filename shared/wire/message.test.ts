import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseModelVersion, parseNodeId, type ModelVersion, type NodeId } from "../fleet/ids";
import { encodeFloat32MultiArray, encodeUInt8MultiArray } from "./cdr";
import { encodeDeploy } from "./deploy";
import {
  encodeCompressedMessage,
  encodeHeartbeatMessage,
  encodeLegacyMetricsMessage,
  encodeMetricsMessage,
  type EdgeMetrics,
} from "./edge-messages";
import { encodeLydtFrame } from "./lydt";
import { parseFleetMessage, type ParsedMessage } from "./message";
import { TOPIC_KINDS, topicName, topicType, type TopicKind } from "./topics";

function nodeIdOf(text: string): NodeId {
  const parsed = parseNodeId(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

function versionOf(text: string): ModelVersion {
  const parsed = parseModelVersion(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

const NODE = nodeIdOf("node_0");
const RECEIVED_AT_MS = 1_700_000_001_000;

const METRICS: EdgeMetrics = {
  nodeId: NODE,
  vertical: "drone",
  modelVersion: versionOf("1.1.0"),
  sentAtMs: 1_700_000_000_500,
  sequence: 7,
  compressionRatio: 8,
  latencyMs: 21.5,
  compressionLevel: 0.8,
  qualityScore: 0.93,
  bandwidthKbps: 412.25,
  bytesIn: 80_000,
  bytesOut: 10_000,
  modalities: [
    { modality: "camera", bytesIn: 76_800, bytesOut: 9_000, qualityScore: 0.93 },
    { modality: "imu", bytesIn: 24, bytesOut: 20, qualityScore: 1 },
  ],
};

function parse(kind: TopicKind, bytes: Uint8Array): ReturnType<typeof parseFleetMessage> {
  return parseFleetMessage({ topic: topicName(kind, NODE), type: topicType(kind), bytes, receivedAtMs: RECEIVED_AT_MS });
}

function codeOf(kind: TopicKind, bytes: Uint8Array): string {
  const parsed = parse(kind, bytes);
  return parsed.ok ? parsed.value.kind : parsed.error.code;
}

/** A metrics message whose meta is given as text, for what our own encoder does not write. */
function withMeta(metaJson: string, type: "metrics" | "heartbeat" | "compressed" = "metrics"): Uint8Array {
  const frame = encodeLydtFrame({
    type,
    nodeId: NODE,
    sequence: 1,
    timestampSeconds: 1,
    metaJson,
    payload: new Uint8Array(0),
  });
  if (!frame.ok) throw new Error(frame.error.message);
  return encodeUInt8MultiArray(frame.value);
}

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

describe("LYDT metrics", () => {
  it("become a sample", () => {
    expect(parse("lydt-metrics", encodeMetricsMessage(METRICS))).toEqual({
      ok: true,
      value: {
        kind: "metrics",
        warnings: [],
        sample: {
          nodeId: "node_0",
          dialect: "lydt",
          modelVersion: "1.1.0",
          vertical: "drone",
          sequence: 7,
          sentAtMs: 1_700_000_000_500,
          receivedAtMs: RECEIVED_AT_MS,
          compressionRatio: 8,
          latencyMs: 21.5,
          compressionLevel: 0.8,
          qualityScore: 0.93,
          bandwidthKbps: 412.25,
          bytesIn: 80_000,
          bytesOut: 10_000,
          modalities: [
            { modality: "camera", bytesIn: 76_800, bytesOut: 9_000 },
            { modality: "imu", bytesIn: 24, bytesOut: 20 },
          ],
        },
      },
    });
  });

  it("are written with the keys of the field, in the field's order", () => {
    const bytes = encodeMetricsMessage({ ...METRICS, modalities: [], modelVersion: null });
    const text = Buffer.from(bytes).toString("latin1");
    expect(text.slice(text.indexOf("{"))).toBe(
      '{"vertical":"drone","model_version":"","compression_ratio":8,"latency_ms":21.5,"compression_level":0.8,' +
        '"quality_score":0.93,"bandwidth_estimate":412.25,"bytes_in":80000,"bytes_out":10000,' +
        '"modality_bytes_in":{},"modality_bytes_out":{},"modality_quality":{},' +
        '"controller_mode":"heuristic","rl_action":0,"rl_reward":0}',
    );
  });

  it("come back as they were written, whatever their numbers", () => {
    const counts = fc.integer({ min: 1, max: 1e9 });
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    const metrics = fc.record({
      sequence: fc.integer({ min: 0, max: 0xffffffff }),
      sentAtMs: fc.double({ min: -1e15, max: 1e15, noNaN: true }),
      latencyMs: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
      compressionLevel: unit,
      qualityScore: unit,
      bandwidthKbps: fc.double({ min: 1.001, max: 1e9, noNaN: true }),
      bytesOut: counts,
      inPerOut: fc.integer({ min: 1, max: 1000 }),
      vertical: fc.constantFrom("drone" as const, "iot" as const),
      modelVersion: fc.constantFrom(null, versionOf("1.0.0"), versionOf("v2_rc-1+x")),
    });
    fc.assert(
      fc.property(metrics, ({ inPerOut, ...given }) => {
        const bytesIn = given.bytesOut * inPerOut;
        const edge: EdgeMetrics = { ...METRICS, ...given, bytesIn, compressionRatio: inPerOut };
        const parsed = parse("lydt-metrics", encodeMetricsMessage(edge));
        if (!parsed.ok || parsed.value.kind !== "metrics") throw new Error(JSON.stringify(parsed));
        const { sentAtMs, ...exact } = given;
        expect(parsed.value.sample).toMatchObject({ ...exact, bytesIn, compressionRatio: inPerOut });
        expect(parsed.value.sample.sentAtMs).toBeCloseTo(sentAtMs, 0);
        expect(parsed.value.warnings).toEqual([]);
      }),
    );
  });

  it.each(["compressionRatio", "latencyMs", "compressionLevel", "qualityScore", "bandwidthKbps"] as const)(
    "are malformed as a whole when %s is not a number",
    (key) => {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        expect(codeOf("lydt-metrics", encodeMetricsMessage({ ...METRICS, [key]: value }))).toBe("NOT_FINITE");
        expect(codeOf("legacy-metrics", encodeLegacyMetricsMessage({ ...METRICS, [key]: value }))).toBe("NOT_FINITE");
      }
    },
  );

  it.each([
    ['{"compression_ratio":1e999,"latency_ms":1}', "NOT_FINITE"],
    ['{"compression_ratio":2,"latency_ms":1,"modality_bytes_in":{"camera":1e999}}', "NOT_FINITE"],
    ['{"compression_ratio":2,"latency_ms":1,"rl_reward":NaN}', "NOT_FINITE"],
    ['{"compression_ratio":0,"latency_ms":1}', "OUT_OF_RANGE"],
    ['{"compression_ratio":-1,"latency_ms":1}', "OUT_OF_RANGE"],
    ['{"compression_ratio":1000001,"latency_ms":1}', "OUT_OF_RANGE"],
    ['{"compression_ratio":2,"latency_ms":0}', "OUT_OF_RANGE"],
    ['{"compression_ratio":2,"latency_ms":1e7}', "OUT_OF_RANGE"],
    ['{"compression_ratio":2,"latency_ms":1,"bytes_in":-1}', "OUT_OF_RANGE"],
    ['{"compression_ratio":2,"latency_ms":1,"bytes_out":1.5}', "OUT_OF_RANGE"],
    ['{"compression_ratio":2,"latency_ms":1,"bytes_in":1e300}', "OUT_OF_RANGE"],
    ['{"compression_ratio":2,"latency_ms":1,"modality_bytes_out":{"camera":-1}}', "OUT_OF_RANGE"],
    ['{"compression_ratio":2,"latency_ms":1,"bandwidth_estimate":-1}', "OUT_OF_RANGE"],
    ['{"compression_ratio":2,"latency_ms":1,"bandwidth_estimate":1e10}', "OUT_OF_RANGE"],
    ['{"latency_ms":1}', "BAD_META"],
    ['{"compression_ratio":2}', "BAD_META"],
    ['{"compression_ratio":"2","latency_ms":1}', "BAD_META"],
    ['{"compression_ratio":true,"latency_ms":1}', "BAD_META"],
    ['{"compression_ratio":[2],"latency_ms":1}', "BAD_META"],
    ['{"compression_ratio":2,"latency_ms":1,"vertical":1}', "BAD_META"],
    ['{"compression_ratio":2,"latency_ms":1,"model_version":{}}', "BAD_META"],
    ['{"compression_ratio":2,"latency_ms":1,"modality_bytes_in":[1]}', "BAD_META"],
    ['{"compression_ratio":2,"latency_ms":1,"modality_bytes_in":{"camera":"1"}}', "BAD_META"],
    ['{"compression_ratio":2,"latency_ms":1,"model_version":"../1.0"}', "BAD_VERSION"],
    ['{"compression_ratio":2,"latency_ms":1,"model_version":"1.0\\n"}', "BAD_VERSION"],
  ])("%s is malformed", (meta, code) => {
    expect(codeOf("lydt-metrics", withMeta(meta))).toBe(code);
  });

  it("that leave out what is not needed are a sample with nulls", () => {
    expect(parse("lydt-metrics", withMeta('{"compression_ratio":2,"latency_ms":1,"vertical":"warehouse"}'))).toMatchObject({
      ok: true,
      value: {
        warnings: [],
        sample: {
          modelVersion: null,
          vertical: null,
          qualityScore: null,
          compressionLevel: null,
          bandwidthKbps: null,
          bytesIn: null,
          bytesOut: null,
          modalities: [],
        },
      },
    });
  });

  it("lose a quality score that is none, with a warning, and keep the rest", () => {
    const parsed = parse("lydt-metrics", encodeMetricsMessage({ ...METRICS, qualityScore: 131.5, bandwidthKbps: 0 }));
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        sample: { qualityScore: null, compressionRatio: 8, bandwidthKbps: null },
        warnings: [{ code: "OUT_OF_RANGE" }],
      },
    });
  });

  it("keep a ratio that its byte counts do not bear out, with a warning beyond 1 %", () => {
    const warningsAt = (compressionRatio: number): number => {
      const parsed = parse("lydt-metrics", encodeMetricsMessage({ ...METRICS, compressionRatio }));
      if (!parsed.ok || parsed.value.kind !== "metrics") throw new Error(JSON.stringify(parsed));
      expect(parsed.value.sample.compressionRatio).toBe(compressionRatio);
      return parsed.value.warnings.length;
    };
    expect(warningsAt(8.07)).toBe(0);
    expect(warningsAt(7.93)).toBe(0);
    expect(warningsAt(8.09)).toBe(1);
    expect(warningsAt(7.91)).toBe(1);
  });

  it("lose modalities with names that cannot be shown or with one number only, with a warning", () => {
    const meta = (map: string): Uint8Array =>
      withMeta(`{"compression_ratio":2,"latency_ms":1,"modality_bytes_in":${map},"modality_bytes_out":{"camera":1.5,"a b":1,"__proto__":1}}`);
    for (const map of ['{"camera":3,"a b":1}', '{"camera":3,"__proto__":1}', '{"camera":3,"lidar":1}']) {
      expect(parse("lydt-metrics", meta(map))).toMatchObject({
        ok: true,
        value: {
          sample: { modalities: [{ modality: "camera", bytesIn: 3, bytesOut: 1.5 }] },
          warnings: [{ code: "BAD_META" }],
        },
      });
    }
  });

  it("of a thousand modalities keep sixteen", () => {
    const map = JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`m${index}`, 1])));
    const parsed = parse(
      "lydt-metrics",
      withMeta(`{"compression_ratio":2,"latency_ms":1,"modality_bytes_in":${map},"modality_bytes_out":${map}}`),
    );
    expect(parsed.ok && parsed.value.kind === "metrics" && parsed.value.sample.modalities.length).toBe(16);
  });
});

describe("the bandwidth", () => {
  it.each([
    [512, 512],
    [1.5, 1.5],
    [1, null],
    [0.4, null],
    [0, null],
  ])("%d is read as %s kbit/s, in both dialects", (reported, expected) => {
    for (const parsed of [
      parse("lydt-metrics", encodeMetricsMessage({ ...METRICS, bandwidthKbps: reported })),
      parse("legacy-metrics", encodeLegacyMetricsMessage({ ...METRICS, bandwidthKbps: reported })),
    ]) {
      expect(parsed).toMatchObject({ ok: true, value: { sample: { bandwidthKbps: expected } } });
    }
  });
});

describe("legacy metrics", () => {
  it("become a sample without what their dialect cannot say", () => {
    expect(parse("legacy-metrics", encodeFloat32MultiArray([8, 21.5, 0.75, 0.5, 0.25, 99]))).toEqual({
      ok: true,
      value: {
        kind: "metrics",
        warnings: [],
        sample: {
          nodeId: "node_0",
          dialect: "legacy",
          modelVersion: null,
          vertical: null,
          sequence: null,
          sentAtMs: null,
          receivedAtMs: RECEIVED_AT_MS,
          compressionRatio: 8,
          latencyMs: 21.5,
          compressionLevel: 0.75,
          qualityScore: 0.5,
          bandwidthKbps: null,
          bytesIn: null,
          bytesOut: null,
          modalities: [],
        },
      },
    });
  });

  it("are five numbers at least, and in range", () => {
    expect(codeOf("legacy-metrics", encodeFloat32MultiArray([8, 21.5, 0.75, 0.5]))).toBe("BAD_META");
    expect(codeOf("legacy-metrics", encodeFloat32MultiArray([]))).toBe("BAD_META");
    expect(codeOf("legacy-metrics", encodeFloat32MultiArray([0, 21.5, 0.75, 0.5, 0.5]))).toBe("OUT_OF_RANGE");
    expect(codeOf("legacy-metrics", encodeFloat32MultiArray([8, -1, 0.75, 0.5, 0.5]))).toBe("OUT_OF_RANGE");
    expect(parse("legacy-metrics", encodeFloat32MultiArray([8, 1, 0.75, 200, 0.5]))).toMatchObject({
      ok: true,
      value: { sample: { qualityScore: null }, warnings: [{ code: "OUT_OF_RANGE" }] },
    });
  });
});

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
    for (const kind of ["coordination", "deploy", "script-load", "legacy-compressed", "legacy-coordination", "legacy-deploy"] as const) {
      expect(codeOf(kind, Uint8Array.of(1, 2, 3))).toBe("ignored");
    }
  });
});

const VALID: readonly (readonly [TopicKind, Uint8Array])[] = [
  ["lydt-metrics", encodeMetricsMessage(METRICS)],
  ["heartbeat", encodeHeartbeatMessage(METRICS)],
  ["compressed", encodeCompressedMessage({ ...METRICS, payload: Uint8Array.of(1, 2, 3) })],
  ["legacy-metrics", encodeLegacyMetricsMessage(METRICS)],
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

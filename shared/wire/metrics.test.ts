import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFloat32MultiArray } from "./cdr";
import { encodeLegacyMetricsMessage, encodeMetricsMessage, type EdgeMetrics } from "./edge-messages";
import { codeOf, METRICS, parse, RECEIVED_AT_MS, versionOf, withMeta } from "./message-fixture";

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

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFloat32MultiArray, encodeUInt8MultiArray } from "./cdr";
import { codeOf, COORDINATION_META, parse, RECEIVED_AT_MS, withMeta } from "./message-fixture";

/** The published vector: node_0, sequence 7, 163 bytes (wire protocol, 1.3). */
const VECTOR =
  "4c594454010300000700000000002040fc54d94106008100000000006e6f64655f307b227461726765745f636f6d7072657373696f6e223a302e38322c22616c6c6f63617465645f6d627073223a302e352c22666c6565745f6176675f636f6d7072657373696f6e223a362e352c22666c6565745f6176675f6c6174656e63795f6d73223a31382e32352c22666c6565745f6176675f7175616c697479223a302e397d";

const KEYS = Object.keys(JSON.parse(COORDINATION_META) as Record<string, number>);
const metaOf = (change: Readonly<Record<string, unknown>>): Uint8Array =>
  withMeta(JSON.stringify({ ...(JSON.parse(COORDINATION_META) as object), ...change }), "coordination");

describe("a coordination", () => {
  it("is read from the published frame", () => {
    expect(parse("coordination", encodeUInt8MultiArray(Buffer.from(VECTOR, "hex")))).toEqual({
      ok: true,
      value: {
        kind: "coordination",
        warnings: [],
        coordination: {
          nodeId: "node_0",
          dialect: "lydt",
          receivedAtMs: RECEIVED_AT_MS,
          targetCompression: 0.82,
          allocatedMbps: 0.5,
          fleetCompressionRatio: 6.5,
          fleetLatencyMs: 18.25,
          fleetQualityScore: 0.9,
        },
      },
    });
  });

  it("says the same in five floats, to a float's precision", () => {
    const parsed = parse("legacy-coordination", encodeFloat32MultiArray([0.82, 0.5, 6.5, 18.25, 0.9]));
    expect(parsed).toMatchObject({
      ok: true,
      value: { kind: "coordination", coordination: { dialect: "legacy", targetCompression: Math.fround(0.82), allocatedMbps: 0.5, fleetLatencyMs: 18.25 } },
    });
  });

  it.each([0.1, 0.98])("may ask for %d, the end of its range, in both dialects", (target) => {
    expect(codeOf("coordination", metaOf({ target_compression: target }))).toBe("coordination");
    expect(codeOf("legacy-coordination", encodeFloat32MultiArray([target, 0, 0, 0, 0]))).toBe("coordination");
  });

  it.each(KEYS)("is refused without %s", (missing) => {
    const meta = Object.fromEntries(Object.entries(JSON.parse(COORDINATION_META) as object).filter(([key]) => key !== missing));
    expect(codeOf("coordination", withMeta(JSON.stringify(meta), "coordination"))).toBe("BAD_META");
  });

  it("is refused with a sixth key or number, a fourth, or a text for a number", () => {
    expect(codeOf("coordination", metaOf({ note: 1 }))).toBe("BAD_META");
    expect(codeOf("coordination", metaOf({ allocated_mbps: "0.5" }))).toBe("BAD_META");
    expect(codeOf("coordination", metaOf({ allocated_mbps: null }))).toBe("BAD_META");
    expect(codeOf("legacy-coordination", encodeFloat32MultiArray([0.8, 0.5, 6, 18, 0.9, 1]))).toBe("BAD_META");
    expect(codeOf("legacy-coordination", encodeFloat32MultiArray([0.8, 0.5, 6, 18]))).toBe("BAD_META");
  });

  it.each([
    [{ target_compression: 0.0999 }],
    [{ target_compression: 0.9801 }],
    [{ allocated_mbps: -0.001 }],
    [{ fleet_avg_latency_ms: -1 }],
    [{ fleet_avg_compression: 2e6 }],
  ])("is refused outside of its ranges: %o", (change) => {
    expect(codeOf("coordination", metaOf(change))).toBe("OUT_OF_RANGE");
  });

  it("is refused with NaN in either dialect, naming what", () => {
    const bare = withMeta(COORDINATION_META.replace("0.5", "NaN"), "coordination");
    expect(parse("coordination", bare)).toMatchObject({ ok: false, error: { code: "NOT_FINITE", message: 'The node reports "allocated_mbps" as NaN.' } });
    const legacy = parse("legacy-coordination", encodeFloat32MultiArray([0.8, 0.5, 6, Infinity, 0.9]));
    expect(legacy).toMatchObject({ ok: false, error: { code: "NOT_FINITE", message: "The coordinator gives fleet_avg_latency_ms as Infinity." } });
  });

  it("keeps the rest where the fleet's quality is none, which a node that reports 0 to 255 causes", () => {
    expect(parse("coordination", metaOf({ fleet_avg_quality: 63.5 }))).toMatchObject({
      ok: true,
      value: { coordination: { allocatedMbps: 0.5, fleetQualityScore: null }, warnings: [{ code: "OUT_OF_RANGE" }] },
    });
  });

  it("on another node's topic or of another frame type is refused", () => {
    const other = Buffer.from(VECTOR, "hex");
    other.write("node_1", 28);
    expect(codeOf("coordination", encodeUInt8MultiArray(other))).toBe("WRONG_NODE");
    expect(codeOf("coordination", withMeta(COORDINATION_META, "metrics"))).toBe("WRONG_FRAME_TYPE");
  });

  it("is read exactly where all five numbers are in range, and never guessed", () => {
    const number = fc.oneof(fc.double({ min: -1, max: 2, noNaN: true }), fc.double({ noDefaultInfinity: true, noNaN: true }));
    fc.assert(
      fc.property(fc.tuple(number, number, number, number, number), (numbers) => {
        const [target, allocated, ratio, latencyMs] = numbers;
        const isSound = target >= 0.1 && target <= 0.98 && allocated >= 0 && allocated <= 1e6 && ratio >= 0 && ratio <= 1e6 && latencyMs >= 0 && latencyMs <= 1e6;
        const bytes = metaOf(Object.fromEntries(KEYS.map((key, index) => [key, numbers[index]])));
        const parsed = parse("coordination", bytes);
        expect(parsed.ok).toBe(isSound);
        if (parsed.ok) expect(parsed.value).toMatchObject({ coordination: { targetCompression: target, allocatedMbps: allocated } });
      }),
      { numRuns: 1000 },
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodeId } from "../fleet/ids";
import { decodeLydtFrame, encodeLydtFrame, MAX_META_BYTES, type LydtFrameParts } from "./lydt";
import { nodeIdOf } from "./message-fixture";

/** From the reference: written by a packer of its own, not by this encoder. */
const HEARTBEAT_HEX =
  "4c594454010400000000000000002040fc54d94106002b00000000006e6f64655f30" +
  "7b22766572746963616c223a2264726f6e65222c226d6f64656c5f76657273696f6e223a2276312e30227d";
const COORDINATION_HEX =
  "4c594454010300000700000000002040fc54d94106008100000000006e6f64655f30" +
  "7b227461726765745f636f6d7072657373696f6e223a302e38322c22616c6c6f63617465645f6d627073223a302e35" +
  "2c22666c6565745f6176675f636f6d7072657373696f6e223a362e352c22666c6565745f6176675f6c6174656e63795f6d73223a31382e3235" +
  "2c22666c6565745f6176675f7175616c697479223a302e397d";

const HEARTBEAT: LydtFrameParts = {
  type: "heartbeat",
  nodeId: nodeIdOf("node_0"),
  sequence: 0,
  timestampSeconds: 1_700_000_000.5,
  metaJson: '{"vertical":"drone","model_version":"v1.0"}',
  payload: new Uint8Array(0),
};

function encode(parts: Partial<LydtFrameParts>): Uint8Array {
  const encoded = encodeLydtFrame({ ...HEARTBEAT, ...parts });
  if (!encoded.ok) throw new Error(encoded.error.message);
  return encoded.value;
}

function changed(bytes: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const copy = Uint8Array.from(bytes);
  change(new DataView(copy.buffer));
  return copy;
}

function codeOf(bytes: Uint8Array): string {
  const decoded = decodeLydtFrame(bytes);
  return decoded.ok ? "ok" : decoded.error.code;
}

describe("the frames of the reference", () => {
  it("are written byte for byte", () => {
    expect(Buffer.from(encode({})).toString("hex")).toBe(HEARTBEAT_HEX);
    const coordination = encode({
      type: "coordination",
      sequence: 7,
      metaJson: JSON.stringify({
        target_compression: 0.82,
        allocated_mbps: 0.5,
        fleet_avg_compression: 6.5,
        fleet_avg_latency_ms: 18.25,
        fleet_avg_quality: 0.9,
      }),
    });
    expect(Buffer.from(coordination).toString("hex")).toBe(COORDINATION_HEX);
    expect(coordination).toHaveLength(163);
  });

  it("are read", () => {
    expect(decodeLydtFrame(Buffer.from(HEARTBEAT_HEX, "hex"))).toMatchObject({
      ok: true,
      value: {
        type: "heartbeat",
        nodeId: "node_0",
        sequence: 0,
        timestampSeconds: 1_700_000_000.5,
        meta: { vertical: "drone", model_version: "v1.0" },
      },
    });
    expect(decodeLydtFrame(Buffer.from(COORDINATION_HEX, "hex"))).toMatchObject({
      ok: true,
      value: { type: "coordination", sequence: 7, meta: { target_compression: 0.82, fleet_avg_latency_ms: 18.25 } },
    });
  });
});

describe("a frame", () => {
  it("comes back as it was written", () => {
    const parts = fc.record({
      type: fc.constantFrom("compressed" as const, "metrics" as const, "coordination" as const, "heartbeat" as const),
      sequence: fc.integer({ min: 0, max: 0xffffffff }),
      timestampSeconds: fc.double({ min: -1e300, max: 1e300, noNaN: true }),
      metaJson: fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()).map((meta) => JSON.stringify(meta)),
      payload: fc.uint8Array({ maxLength: 50 }),
    });
    fc.assert(
      fc.property(parts, ({ metaJson, ...rest }) => {
        expect(decodeLydtFrame(encode({ ...rest, metaJson }))).toEqual({
          ok: true,
          value: { ...rest, nodeId: "node_0", meta: JSON.parse(metaJson) as unknown },
        });
      }),
    );
  });

  it("gives its payload as a view", () => {
    const bytes = encode({ payload: Uint8Array.of(1, 2) });
    const decoded = decodeLydtFrame(bytes);
    expect(decoded.ok && decoded.value.payload.buffer === bytes.buffer).toBe(true);
  });

  it("is refused at every length but its own: a cut payload is no frame", () => {
    const bytes = encode({ payload: Uint8Array.of(1, 2, 3) });
    for (let length = 0; length < bytes.length; length += 1) expect(codeOf(bytes.subarray(0, length))).toBe("FRAME_TOO_SHORT");
    expect(codeOf(Uint8Array.of(...bytes, 0))).toBe("LENGTH_MISMATCH");
  });

  it("is refused when any of its lengths lies", () => {
    const bytes = encode({ payload: Uint8Array.of(1, 2, 3) });
    const view = new DataView(bytes.buffer);
    for (const offset of [20, 22]) {
      const taken: number[] = [];
      for (let length = 0; length <= 0xffff; length += 1) {
        if (decodeLydtFrame(changed(bytes, (copy) => { copy.setUint16(offset, length, true); })).ok) taken.push(length);
      }
      expect(taken).toEqual([view.getUint16(offset, true)]);
    }
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (length) => {
        fc.pre(length !== 3);
        expect(decodeLydtFrame(changed(bytes, (copy) => { copy.setUint32(24, length, true); })).ok).toBe(false);
      }),
    );
  });

  it("is refused when lengths lie that add up", () => {
    const bytes = encode({ payload: Uint8Array.of(1, 2, 3) });
    const view = new DataView(bytes.buffer);
    const [idLength, metaLength] = [view.getUint16(20, true), view.getUint16(22, true)];
    for (let moved = -3; moved <= 6; moved += 1) {
      if (moved === 0) continue;
      const intoMeta = changed(bytes, (copy) => {
        copy.setUint16(20, idLength - moved, true);
        copy.setUint16(22, metaLength + moved, true);
      });
      expect(decodeLydtFrame(intoMeta).ok).toBe(false);
      const intoPayload = changed(bytes, (copy) => {
        copy.setUint16(22, metaLength - moved, true);
        copy.setUint32(24, 3 + moved, true);
      });
      expect(decodeLydtFrame(intoPayload).ok).toBe(false);
    }
  });

  it("is refused for another magic, version, type or flags", () => {
    const bytes = encode({});
    expect(codeOf(changed(bytes, (view) => { view.setUint8(0, 0x6c); }))).toBe("BAD_FRAME");
    expect(codeOf(changed(bytes, (view) => { view.setUint8(4, 2); }))).toBe("BAD_FRAME");
    for (const type of [0, 5, 6, 255]) expect(codeOf(changed(bytes, (view) => { view.setUint8(5, type); }))).toBe("BAD_FRAME");
    expect(codeOf(changed(bytes, (view) => { view.setUint16(6, 1, true); }))).toBe("BAD_FRAME");
  });

  it("is refused for a time that is none, and carries any that is", () => {
    expect(codeOf(encode({ timestampSeconds: Number.NaN }))).toBe("NOT_FINITE");
    expect(codeOf(encode({ timestampSeconds: Number.NEGATIVE_INFINITY }))).toBe("NOT_FINITE");
    expect(codeOf(encode({ timestampSeconds: Number.MAX_VALUE }))).toBe("OUT_OF_RANGE");
    expect(codeOf(encode({ timestampSeconds: -1e12 }))).toBe("ok");
  });

  it.each(["fleet", "a/b", "a\nb", "", "0", "\ufeffnode_0", "n".repeat(65), "../etc"])("is refused from node %j", (id) => {
    expect(codeOf(encode({ nodeId: id as NodeId }))).toBe("BAD_NODE_ID");
  });

  it("is refused for a node id or a meta that is not UTF-8", () => {
    const bytes = encode({});
    expect(codeOf(changed(bytes, (view) => { view.setUint8(28, 0xff); }))).toBe("BAD_NODE_ID");
    expect(codeOf(changed(bytes, (view) => { view.setUint8(40, 0xff); }))).toBe("BAD_META");
  });
});

describe("meta", () => {
  it.each(["", "null", "[]", "1", '"text"', "{", "{}x", "\ufeff{}", "{'a':1}"])("%j is no meta", (metaJson) => {
    expect(codeOf(encode({ metaJson }))).toBe("BAD_META");
  });

  it.each([
    ['{"latency_ms":NaN}', '"latency_ms"', "NaN"],
    ['{"a":1, "rl_reward" : -Infinity}', '"rl_reward"', "-Infinity"],
    ['{"modality_quality":{"camera":Infinity}}', '"camera"', "Infinity"],
  ])("%s is refused, naming the key", (metaJson, key, token) => {
    const decoded = decodeLydtFrame(encode({ metaJson }));
    expect(decoded).toMatchObject({ ok: false, error: { code: "NOT_FINITE" } });
    expect(decoded.ok ? "" : decoded.error.message).toBe(`The node reports ${key} as ${token}.`);
  });

  it("has at most 65 535 bytes", () => {
    const pad = (bytes: number): string => JSON.stringify({ a: "x".repeat(bytes - 8) });
    expect(codeOf(encode({ metaJson: pad(MAX_META_BYTES) }))).toBe("ok");
    expect(encodeLydtFrame({ ...HEARTBEAT, metaJson: pad(MAX_META_BYTES + 1) })).toMatchObject({
      ok: false,
      error: { code: "META_TOO_LARGE" },
    });
  });

  it("may be nested as deep as it fits: it is read or refused, and nothing overflows", () => {
    const depth = 32_000;
    const nested = `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    expect(["ok", "BAD_META"]).toContain(codeOf(encode({ metaJson: nested })));
    expect(codeOf(encode({ metaJson: "[".repeat(MAX_META_BYTES) }))).toBe("BAD_META");
    expect(codeOf(encode({ metaJson: '{"a":'.repeat(13_000) }))).toBe("BAD_META");
  });

  it("cannot reach the prototype of anything", () => {
    const decoded = decodeLydtFrame(encode({ metaJson: '{"__proto__":{"latency_ms":1},"constructor":1}' }));
    expect(decoded.ok && decoded.value.meta["latency_ms"]).toBeUndefined();
    expect(({} as Record<string, unknown>)["latency_ms"]).toBeUndefined();
  });

  it("keeps the last of a key that is given twice, as Python does", () => {
    const decoded = decodeLydtFrame(encode({ metaJson: '{"a":1,"a":2}' }));
    expect(decoded.ok && decoded.value.meta["a"]).toBe(2);
  });
});

it("random and damaged bytes never throw", () => {
  const bytes = encode({ payload: Uint8Array.of(1, 2, 3) });
  const damaged = fc
    .array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 4 })
    .map((edits) => changed(bytes, (view) => { for (const [at, value] of edits) view.setUint8(at, value); }));
  const headed = fc.uint8Array({ maxLength: 100 }).map((body) => Uint8Array.of(...bytes.subarray(0, 6), 0, 0, ...body));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), damaged, headed), (input) => {
      const decoded = decodeLydtFrame(input);
      if (decoded.ok) expect(Number.isFinite(decoded.value.timestampSeconds * 1000)).toBe(true);
      else expect(decoded.error.message).not.toBe("");
    }),
    { numRuns: 1000 },
  );
});

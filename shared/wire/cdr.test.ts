import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeFloat32MultiArray,
  decodeString,
  decodeUInt8MultiArray,
  encodeFloat32MultiArray,
  encodeString,
  encodeUInt8MultiArray,
} from "./cdr";

const decoders = [decodeUInt8MultiArray, decodeFloat32MultiArray, decodeString] as const;

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
}

/** Puts the bytes somewhere into a larger buffer of 0xff, as a link's pooled buffers do. */
function within(bytes: Uint8Array, offset: number): Uint8Array {
  const pool = new Uint8Array(offset + bytes.length + 64).fill(0xff);
  pool.set(bytes, offset);
  return pool.subarray(offset, offset + bytes.length);
}

function withUint32(bytes: Uint8Array, offset: number, value: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  new DataView(changed.buffer).setUint32(offset, value, true);
  return changed;
}

describe("CDR bytes", () => {
  it("are those of the standard", () => {
    expect(encodeString("")).toEqual(hex("00010000 01000000 00"));
    expect(encodeUInt8MultiArray(Uint8Array.of(1, 2, 3))).toEqual(hex("00010000 00000000 00000000 03000000 010203"));
    expect(encodeFloat32MultiArray([1, -2])).toEqual(hex("00010000 00000000 00000000 02000000 0000803f 000000c0"));
  });

  it("are read in big-endian order as well", () => {
    expect(decodeString(hex("00000000 00000005 76312e30 00"))).toEqual({ ok: true, value: "v1.0" });
    expect(decodeUInt8MultiArray(hex("00000000 00000000 00000000 00000003 010203"))).toEqual({
      ok: true,
      value: Uint8Array.of(1, 2, 3),
    });
    expect(decodeFloat32MultiArray(hex("00000000 00000000 00000000 00000002 3f800000 c0000000"))).toEqual({
      ok: true,
      value: Float32Array.of(1, -2),
    });
  });

  it("may name dimensions, which are read past", () => {
    const oneDimension = hex("00010000 01000000 02000000 7800 0000 03000000 03000000 00000000 03000000 010203");
    expect(decodeUInt8MultiArray(oneDimension)).toEqual({ ok: true, value: Uint8Array.of(1, 2, 3) });
  });

  it("come back as they went in", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(9), (data, offset) => {
        expect(decodeUInt8MultiArray(within(encodeUInt8MultiArray(data), offset))).toEqual({ ok: true, value: data });
      }),
    );
    fc.assert(
      fc.property(fc.float32Array({ maxLength: 40 }), fc.nat(9), (data, offset) => {
        const bytes = within(encodeFloat32MultiArray([...data]), offset);
        expect(decodeFloat32MultiArray(bytes)).toEqual({ ok: true, value: data });
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(9), (text, offset) => {
        expect(decodeString(within(encodeString(text), offset))).toEqual({ ok: true, value: text });
      }),
    );
  });

  it("are not copied for a byte array", () => {
    const bytes = encodeUInt8MultiArray(Uint8Array.of(1, 2, 3));
    const decoded = decodeUInt8MultiArray(bytes);
    expect(decoded.ok && decoded.value.buffer === bytes.buffer).toBe(true);
  });
});

describe("CDR bytes of ROS 2 itself (rclpy of Jazzy, rmw_fastrtps_cpp)", () => {
  const heartbeat =
    "4c594454010400000000000000002040fc54d94106002b00000000006e6f64655f30" +
    "7b22766572746963616c223a2264726f6e65222c226d6f64656c5f76657273696f6e223a2276312e30227d";

  it("are written alike", () => {
    expect(encodeString("v1.0")).toEqual(hex("00010000 05000000 76312e30 00"));
    expect(encodeString("café")).toEqual(hex("00010000 06000000 636166c3a9 00"));
    expect(encodeUInt8MultiArray(hex(heartbeat))).toEqual(hex(`00010000 00000000 00000000 4d000000 ${heartbeat}`));
    expect(encodeFloat32MultiArray([8.5, 21.25, 0.75, 0.5, 512])).toEqual(
      hex("00010000 00000000 00000000 05000000 00000841 0000aa41 0000403f 0000003f 00000044"),
    );
  });

  it("are read with a dimension", () => {
    const bytes = hex(
      "00010000 01000000 02000000 6d00 0000 05000000 05000000 00000000 05000000 00000841 0000aa41 0000403f 0000003f 00000044",
    );
    expect(decodeFloat32MultiArray(bytes)).toEqual({ ok: true, value: Float32Array.of(8.5, 21.25, 0.75, 0.5, 512) });
  });

  it("are read with the padding that another process sends", () => {
    const data = decodeUInt8MultiArray(hex("00010000 00000000 00000000 09000000 010101010101010101 000000"));
    expect(data).toEqual({ ok: true, value: new Uint8Array(9).fill(1) });
    expect(decodeString(hex("00010000 05000000 76312e30 00 000000"))).toEqual({ ok: true, value: "v1.0" });
  });
});

describe("CDR that is damaged", () => {
  it("is refused at every length but the whole, even where the buffer goes on behind it", () => {
    const messages = [
      [decodeUInt8MultiArray, encodeUInt8MultiArray(Uint8Array.of(1, 2, 3, 4, 5))],
      [decodeFloat32MultiArray, encodeFloat32MultiArray([1, 2, 3, 4, 5])],
      [decodeString, encodeString("version-1")],
    ] as const;
    for (const [decode, bytes] of messages) {
      expect(decode(bytes).ok).toBe(true);
      for (let length = 0; length < bytes.length; length += 1) {
        expect(decode(bytes.subarray(0, length))).toMatchObject({ ok: false, error: { code: "BAD_CDR" } });
      }
    }
  });

  it("may be padded to 4 bytes, and no further", () => {
    const bytes = encodeUInt8MultiArray(Uint8Array.of(1));
    expect(decodeUInt8MultiArray(Uint8Array.of(...bytes, 9, 9, 9))).toEqual({ ok: true, value: Uint8Array.of(1) });
    expect(decodeUInt8MultiArray(Uint8Array.of(...bytes, 9, 9, 9, 9)).ok).toBe(false);
  });

  it("is refused when a length lies upwards, by however much", () => {
    const data = encodeUInt8MultiArray(new Uint8Array(8));
    const floats = encodeFloat32MultiArray([1, 2]);
    const text = encodeString("v1.0");
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0xffffffff - 8 }), (excess) => {
        expect(decodeUInt8MultiArray(within(withUint32(data, 12, 8 + excess), 0)).ok).toBe(false);
        expect(decodeFloat32MultiArray(within(withUint32(floats, 12, 2 + excess), 0)).ok).toBe(false);
        expect(decodeString(within(withUint32(text, 4, 5 + excess), 0)).ok).toBe(false);
      }),
    );
  });

  it("is refused when a length lies downwards by more than padding, and a text's by anything", () => {
    const data = encodeUInt8MultiArray(new Uint8Array(8));
    const floats = encodeFloat32MultiArray([1, 2]);
    const text = encodeString("v1.0");
    for (const length of [0, 1, 2, 3, 4]) expect(decodeUInt8MultiArray(withUint32(data, 12, length)).ok).toBe(false);
    for (const length of [0, 1]) expect(decodeFloat32MultiArray(withUint32(floats, 12, length)).ok).toBe(false);
    for (const length of [0, 1, 2, 3, 4]) expect(decodeString(withUint32(text, 4, length)).ok).toBe(false);
  });

  it("is refused when it promises more dimensions than there are bytes", () => {
    const bytes = encodeUInt8MultiArray(new Uint8Array(8));
    for (const count of [1, 2, 1000, 0xffffffff]) {
      expect(decodeUInt8MultiArray(withUint32(bytes, 4, count)).ok).toBe(false);
    }
  });

  it("is refused in a representation that is not plain CDR", () => {
    const body = encodeString("v1.0").subarray(4);
    for (const kind of [2, 3, 6, 7, 16, 17, 255]) expect(decodeString(Uint8Array.of(0, kind, 0, 0, ...body)).ok).toBe(false);
    expect(decodeString(Uint8Array.of(1, 1, 0, 0, ...body)).ok).toBe(false);
  });

  it("is refused when a text is not UTF-8", () => {
    expect(decodeString(hex("00010000 03000000 c328 00"))).toMatchObject({ ok: false, error: { code: "BAD_CDR" } });
  });

  it("never throws and never gives more than it was given", () => {
    const plausible = fc
      .tuple(fc.constantFrom(0, 1), fc.uint8Array({ maxLength: 80 }))
      .map(([kind, body]) => Uint8Array.of(0, kind, 0, 0, ...body));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), plausible), fc.nat(7), (bytes, offset) => {
        for (const decode of decoders) {
          const decoded = decode(within(bytes, offset));
          if (!decoded.ok) expect(decoded.error.code).toBe("BAD_CDR");
          else if (typeof decoded.value !== "string") expect(decoded.value.byteLength).toBeLessThanOrEqual(bytes.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});

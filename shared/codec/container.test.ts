import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { containerChecksum, readContainer, writeContainer, type Container } from "./container";
import { crc32 } from "./crc32";
import { MODALITIES, type Modality } from "./sensor-frame";

const containers: fc.Arbitrary<Container> = fc.record({
  content: fc.constantFrom("picture" as const, "drone" as const, "iot" as const),
  version: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}$/),
  level: fc.integer({ min: 1, max: 255 }),
  width: fc.integer({ min: 1, max: 4096 }),
  height: fc.integer({ min: 1, max: 4096 }),
  frameIndex: fc.integer({ min: 0, max: 0xffffffff }),
  sections: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...MODALITIES), fc.uint8Array({ maxLength: 60 })), { selector: ([modality]) => modality })
    .map((entries) => new Map<Modality, Uint8Array>(entries)),
  stream: fc.oneof(
    fc.constant(null),
    fc.constant({ kind: "key" as const, reference: 0 }),
    fc.record({ kind: fc.constant("predicted" as const), reference: fc.integer({ min: 0, max: 0xffffffff }) }),
  ),
});

function withChecksum(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  new DataView(copy.buffer).setUint32(copy.length - 4, crc32(copy.subarray(0, copy.length - 4)), true);
  return copy;
}

describe("the container", () => {
  it("gives back what was written", () => {
    fc.assert(
      fc.property(containers, (container) => {
        const read = readContainer(writeContainer(container));
        expect(read.ok).toBe(true);
        if (!read.ok) return;
        const { sections, ...head } = read.value;
        const { sections: written, ...writtenHead } = container;
        expect(head).toEqual(writtenHead);
        const plain = (all: ReadonlyMap<Modality, Uint8Array>): unknown =>
          MODALITIES.map((modality) => (all.has(modality) ? [...(all.get(modality) ?? [])] : null));
        expect(plain(sections)).toEqual(plain(written));
      }),
    );
  });

  it("never throws on random bytes and calls them BAD_BITSTREAM", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const read = readContainer(bytes);
        expect(read.ok ? "" : read.error.code).toBe("BAD_BITSTREAM");
      }),
    );
  });

  it("catches every flipped bit and every cut", () => {
    fc.assert(
      fc.property(containers, fc.nat(), fc.nat(), (container, where, length) => {
        const bytes = writeContainer(container);
        const flipped = Uint8Array.from(bytes);
        const bit = where % (bytes.length * 8);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(readContainer(flipped).ok).toBe(false);
        expect(readContainer(bytes.subarray(0, length % bytes.length)).ok).toBe(false);
      }),
    );
  });

  it("does not believe lengths that lie, even under a right checksum", () => {
    fc.assert(
      fc.property(containers, fc.nat(), fc.integer({ min: 0, max: 255 }), (container, where, byte) => {
        const bytes = writeContainer(container);
        bytes[where % (bytes.length - 4)] = byte;
        const read = readContainer(withChecksum(bytes));
        if (!read.ok) {
          expect(read.error.code).toBe("BAD_BITSTREAM");
          return;
        }
        // What it does accept lies within the bytes and adds up to them.
        const { version, sections, stream } = read.value;
        let size = 16 + version.length + 1 + 4;
        for (const payload of sections.values()) size += 5 + payload.length;
        if (stream === null) expect(size).toBe(bytes.length);
        else for (const payload of sections.values()) expect(payload.length).toBeLessThan(bytes.length);
      }),
      { numRuns: 500 },
    );
  });

  it("names each container by its checksum, on which the frame after leans", () => {
    fc.assert(
      fc.property(containers, containers, (one, other) => {
        const [first, second] = [writeContainer(one), writeContainer(other)];
        if (Buffer.compare(first, second) !== 0) expect(containerChecksum(first)).not.toBe(containerChecksum(second));
        else expect(containerChecksum(first)).toBe(containerChecksum(second));
      }),
    );
  });

  it("refuses a key frame that leans on another one", () => {
    const key: Container = {
      content: "drone",
      version: "2.0.0",
      level: 1,
      width: 8,
      height: 8,
      frameIndex: 0,
      sections: new Map(),
      stream: { kind: "key", reference: 7 },
    };
    expect(readContainer(writeContainer(key))).toMatchObject({ ok: false, error: { code: "BAD_BITSTREAM" } });
  });

  it("refuses to write a version that is none", () => {
    const container: Container = { content: "picture", version: "../1", level: 1, width: 1, height: 1, frameIndex: 0, sections: new Map(), stream: null };
    expect(() => writeContainer(container)).toThrow("out of range");
  });

  it("computes the checksum of the standard's check value", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  });
});

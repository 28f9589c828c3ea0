import { describe, expect, it } from "vitest";
import { crc32 } from "../crc32";
import { estimateMotion } from "../motion-search";
import type { CameraImage } from "../sensor-frame";
import { withKernels } from "./kernels";

describe("the kernels' memory", () => {
  it("has room for every part, apart from each other", () => {
    withKernels([1, 70_000, 0, 5_000_000], ({ memory }, places) => {
      expect(places.map((place) => place % 16)).toEqual([0, 0, 0, 0]);
      const [a = 0, b = 0, c = 0, d = 0] = places;
      expect([b - a > 1, c - b > 70_000, d > c, memory.buffer.byteLength > d + 5_000_000]).toEqual([true, true, true, true]);
    });
  });

  it("is not kept as large as one large picture needs it", () => {
    const large = withKernels([48 << 20], ({ memory }) => memory.buffer.byteLength);
    const after = withKernels([1], ({ memory }) => memory.buffer.byteLength);
    expect(large).toBeGreaterThan(48 << 20);
    expect(after).toBeLessThan(4 << 20);
  });
});

/** Squares and grain that move by whole pixels, in whole numbers: the same on every machine. */
function scene(width: number, height: number, dx: number, dy: number): CameraImage {
  const rgb = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y] = [(Math.floor(i / 3) % width) + dx, Math.floor(i / 3 / width) + dy];
    const square = ((x >> 3) * 37 + (y >> 3) * 91 + (i % 3) * 50) & 127;
    return square + (Math.imul(x * 7919 + y * 104_729, 2_654_435_761) >>> 26);
  });
  return { width, height, rgb };
}

describe("the search for motion", () => {
  it("finds the very vectors that it has always found, at every border, with and without a guess", () => {
    // Sides in whole patches, some with a last block that is half a block wide or high.
    const found = [
      [64, 48, 3, 2],
      [72, 40, -9, 5],
      [200, 120, 22, -13],
      [8, 8, 1, 0],
    ].map(([width = 0, height = 0, dx = 0, dy = 0]) => {
      const [now, before] = [scene(width, height, 0, 0), scene(width, height, dx, dy)];
      const free = estimateMotion(now, before, null).vectors;
      const guess = Int16Array.from(free, (_, i) => (i % 2 === 0 ? -4 * dx + (i % 7) : -4 * dy + (i % 5)));
      const led = estimateMotion(now, before, guess).vectors;
      return [free, led].map((vectors) => crc32(new Uint8Array(vectors.buffer, 0, vectors.byteLength)));
    });
    expect(found).toEqual([
      [3728017450, 3122466951],
      [2824299464, 2612138456],
      [4107943691, 2135278325],
      [775767222, 1399603950],
    ]);
  });
});

import type { LumaSamples } from "./luma-samples";

/** The coarse picture has one pixel for this many squared. */
const COARSE = 8;
const RANGE_X = 8;
const RANGE_Y = 4;
/** Rows of the coarse picture that are compared: every second one. */
const ROW_STEP = 2;

interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Uint8Array;
}

/** Means over squares of COARSE x COARSE pixels. */
function coarsePlane({ columns, rows, stride }: LumaSamples, samples: Uint8Array): Plane {
  const side = COARSE / 2;
  const width = Math.floor(columns / side);
  const height = Math.floor(rows / side);
  const values = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let v = 0; v < side; v++) {
        const from = (y * side + v) * stride + x * side;
        for (let u = 0; u < side; u++) sum += samples[from + u] ?? 0;
      }
      values[y * width + x] = sum >> 4;
    }
  }
  return { width, height, values };
}

/**
 * Mean difference of two coarse planes where the second, moved by (dx, dy), covers the first; times 256. It is
 * given up as soon as it is surely above `limit`.
 */
function difference(a: Plane, b: Plane, dx: number, dy: number, limit: number): number {
  const left = Math.max(0, -dx);
  const right = Math.min(a.width, a.width - dx);
  const top = Math.max(0, -dy);
  const bottom = Math.min(a.height, a.height - dy);
  if (right <= left || bottom <= top) return Number.MAX_SAFE_INTEGER;
  const count = (right - left) * Math.ceil((bottom - top) / ROW_STEP);
  const mostSum = (limit * count) / 256;
  let sum = 0;
  for (let y = top; y < bottom && sum <= mostSum; y += ROW_STEP) {
    let at = y * a.width + left;
    let from = (y + dy) * a.width + left + dx;
    for (let x = left; x < right; x++) sum += Math.abs((a.values[at++] ?? 0) - (b.values[from++] ?? 0));
  }
  return (256 * sum) / count;
}

/**
 * The motion of a picture as a whole: where in the one before it is found.
 *
 * @param layout the samples of the present picture.
 * @param before the samples of the one before, laid out alike.
 * @returns dx, dy in pixels, multiples of COARSE.
 */
export function wholeMotion(layout: LumaSamples, before: Uint8Array): readonly [dx: number, dy: number] {
  const a = coarsePlane(layout, layout.values);
  const b = coarsePlane(layout, before);
  let best = difference(a, b, 0, 0, Number.MAX_SAFE_INTEGER);
  let found: readonly [number, number] = [0, 0];
  for (let dy = -RANGE_Y; dy <= RANGE_Y; dy++) {
    for (let dx = -RANGE_X; dx <= RANGE_X; dx++) {
      const distance = Math.abs(dx) + Math.abs(dy);
      const moved = difference(a, b, dx, dy, best - distance) + distance;
      if (moved < best) {
        best = moved;
        found = [dx * COARSE, dy * COARSE];
      }
    }
  }
  return found;
}

import type { CameraImage } from "./sensor-frame";

/**
 * Block motion between two pictures: where in the one before a block of the present one was. The vectors are
 * coded, so that encoder and decoder move the same blocks whatever found the vectors.
 */
export interface MotionField {
  readonly blockColumns: number;
  readonly blockRows: number;
  /**
   * dx, dy of each block, row by row, in 1/VECTOR_UNITS of a pixel: the block at (x, y) is predicted by the
   * reference at (x + dx, y + dy).
   */
  readonly vectors: Int16Array;
}

/** Side of a block in pixels. */
export const MOTION_BLOCK = 16;
/** Parts of a pixel that a vector counts. */
export const VECTOR_UNITS = 4;
/** The largest component of a vector, either way, in parts of a pixel. */
export const MAX_VECTOR = 127 * VECTOR_UNITS;
/** A field without motion for a picture of the given size. */
export function stillField(width: number, height: number): MotionField {
  const blockColumns = Math.ceil(width / MOTION_BLOCK);
  const blockRows = Math.ceil(height / MOTION_BLOCK);
  return { blockColumns, blockRows, vectors: new Int16Array(2 * blockColumns * blockRows) };
}

function middle(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** What the blocks coded before predict for one block: the middle of left, upper and upper right. */
export function expectedVector(field: MotionField, row: number, column: number): readonly [dx: number, dy: number] {
  const { blockColumns, vectors } = field;
  const at = 2 * (row * blockColumns + column);
  if (row === 0) return column === 0 ? [0, 0] : [vectors[at - 2] ?? 0, vectors[at - 1] ?? 0];
  const up = at - 2 * blockColumns;
  const left = column === 0 ? up : at - 2;
  const upRight = column === blockColumns - 1 ? up : up + 2;
  return [
    middle(vectors[left] ?? 0, vectors[up] ?? 0, vectors[upRight] ?? 0),
    middle(vectors[left + 1] ?? 0, vectors[up + 1] ?? 0, vectors[upRight + 1] ?? 0),
  ];
}

/**
 * Moves the blocks of a reference to where a field says that they are now; between pixels by the weights of the
 * four around, rounded to whole values.
 *
 * @returns a picture of the reference's size; beyond its border a reference repeats its edge.
 */
export function compensate(reference: CameraImage, field: MotionField): CameraImage {
  const { width, height, rgb } = reference;
  const { blockColumns, blockRows, vectors } = field;
  const moved = new Uint8Array(rgb.length);
  const line = createLineMover(rgb, moved);
  for (let row = 0; row < blockRows; row++) {
    const bottom = Math.min(height, (row + 1) * MOTION_BLOCK);
    for (let column = 0; column < blockColumns; ) {
      const at = 2 * (row * blockColumns + column);
      const dx = vectors[at] ?? 0;
      const dy = vectors[at + 1] ?? 0;
      const x = column * MOTION_BLOCK;
      // Neighbours that move alike are moved together.
      let end = at + 2;
      for (column++; column < blockColumns && vectors[end] === dx && vectors[end + 1] === dy; column++) end += 2;
      const right = Math.min(width, column * MOTION_BLOCK);
      const from = x + (dx >> 2);
      const isInside = from >= 0 && right + (dx >> 2) + 1 <= width;
      for (let y = row * MOTION_BLOCK; y < bottom; y++) {
        const top = Math.max(0, Math.min(height - 1, y + (dy >> 2))) * width;
        const below = Math.max(0, Math.min(height - 1, y + (dy >> 2) + 1)) * width;
        const to = 3 * (y * width + x);
        if (isInside) line(3 * (top + from), 3 * (below + from), to, 3 * (right - x), dx & 3, dy & 3);
        else moveAtBorder(rgb, moved, top, below, from, width, to, right - x, dx & 3, dy & 3);
      }
    }
  }
  return { width, height, rgb: moved };
}

/** Moves one line whose source lies inside the picture: `count` bytes from `top`, and from `below` under it. */
type LineMover = (top: number, below: number, to: number, count: number, fx: number, fy: number) => void;

/** Two of the four bytes of a word, each with eight bits above it for a weighted sum. */
const LANES = 0x00ff00ff;
/** Half of the weights' sum, in both lanes; of four pixels and of two. */
const HALVES = 0x00080008;
const PAIR_HALVES = 0x00020002;
/** Bytes that are moved at once. */
const WORD = 4;

function createLineMover(rgb: Uint8Array, moved: Uint8Array): LineMover {
  const source = new DataView(rgb.buffer, rgb.byteOffset, rgb.byteLength);
  const target = new DataView(moved.buffer);
  return (top, below, to, count, fx, fy) => {
    if (fx === 0 && fy === 0) {
      moved.set(rgb.subarray(top, top + count), to);
      return;
    }
    // A pixel that has no part in the mean must not be read from beyond the line's end.
    const next = fx === 0 ? 0 : 3;
    let i = 0;
    if (fx === 0 || fy === 0) {
      // Between two pixels alone, one beside or under the other.
      const second = fx === 0 ? below : top + next;
      const weight = fx === 0 ? fy : fx;
      for (; i + WORD <= count; i += WORD) {
        const a = source.getInt32(top + i, true);
        const b = source.getInt32(second + i, true);
        const even = Math.imul(VECTOR_UNITS - weight, a & LANES) + Math.imul(weight, b & LANES) + PAIR_HALVES;
        const odd = Math.imul(VECTOR_UNITS - weight, (a >>> 8) & LANES) + Math.imul(weight, (b >>> 8) & LANES) + PAIR_HALVES;
        target.setInt32(to + i, ((even >>> 2) & LANES) | (((odd >>> 2) & LANES) << 8), true);
      }
    }
    const w00 = (VECTOR_UNITS - fx) * (VECTOR_UNITS - fy);
    const w01 = fx * (VECTOR_UNITS - fy);
    const w10 = (VECTOR_UNITS - fx) * fy;
    const w11 = fx * fy;
    for (; i + WORD <= count; i += WORD) {
      const a = source.getInt32(top + i, true);
      const b = source.getInt32(top + i + next, true);
      const c = source.getInt32(below + i, true);
      const d = source.getInt32(below + i + next, true);
      const even = Math.imul(w00, a & LANES) + Math.imul(w01, b & LANES) + Math.imul(w10, c & LANES) + Math.imul(w11, d & LANES) + HALVES;
      const odd =
        Math.imul(w00, (a >>> 8) & LANES) + Math.imul(w01, (b >>> 8) & LANES) + Math.imul(w10, (c >>> 8) & LANES) + Math.imul(w11, (d >>> 8) & LANES) + HALVES;
      target.setInt32(to + i, ((even >>> 4) & LANES) | (((odd >>> 4) & LANES) << 8), true);
    }
    for (; i < count; i++) {
      const t = top + i;
      const b = below + i;
      moved[to + i] = (w00 * (rgb[t] ?? 0) + w01 * (rgb[t + next] ?? 0) + w10 * (rgb[b] ?? 0) + w11 * (rgb[b + next] ?? 0) + 8) >> 4;
    }
  };
}

/** One line of a block whose source reaches beyond the border. */
function moveAtBorder(
  rgb: Uint8Array,
  moved: Uint8Array,
  top: number,
  below: number,
  from: number,
  width: number,
  to: number,
  count: number,
  fx: number,
  fy: number,
): void {
  for (let u = 0; u < count; u++) {
    const left = 3 * Math.max(0, Math.min(width - 1, from + u));
    const right = 3 * Math.max(0, Math.min(width - 1, from + u + 1));
    for (let channel = 0; channel < 3; channel++) {
      const upper = (VECTOR_UNITS - fx) * (rgb[3 * top + left + channel] ?? 0) + fx * (rgb[3 * top + right + channel] ?? 0);
      const lower = (VECTOR_UNITS - fx) * (rgb[3 * below + left + channel] ?? 0) + fx * (rgb[3 * below + right + channel] ?? 0);
      moved[to + 3 * u + channel] = ((VECTOR_UNITS - fy) * upper + fy * lower + 8) >> 4;
    }
  }
}

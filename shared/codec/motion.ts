import { withKernels } from "./kernels/kernels";
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
 * four around, rounded to whole values (`kernels/move.ts`).
 *
 * @returns a picture of the reference's size; beyond its border a reference repeats its edge.
 */
export function compensate(reference: CameraImage, field: MotionField): CameraImage {
  const { width, height, rgb } = reference;
  const { vectors } = field;
  return withKernels([vectors.byteLength, rgb.length, rgb.length], (kernels, [led = 0, from = 0, to = 0]) => {
    const bytes = new Uint8Array(kernels.memory.buffer);
    new Int16Array(kernels.memory.buffer).set(vectors, led >> 1);
    bytes.set(rgb, from);
    kernels.moveBlocks(from, width, height, led, to);
    return { width, height, rgb: bytes.slice(to, to + rgb.length) };
  });
}

import { codeNumber, NUMBER_CONTEXTS, type BitCoder, type BitContexts } from "./bit-coder";
import { expectedVector, MAX_VECTOR, stillField, type MotionField } from "./motion";

/** Contexts of the vectors of a frame: one kind of number for each axis, apart where the neighbours disagree. */
export const MOTION_CONTEXTS = 4 * NUMBER_CONTEXTS;

function middle(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

function clipped(value: number): number {
  return Math.max(-MAX_VECTOR, Math.min(MAX_VECTOR, value));
}

/**
 * Codes a field of vectors, each by its difference from what is expected: the middle of the neighbours'
 * vectors, into which the guess from the node's motion is drawn where there is one.
 *
 * @param field what to encode; null when decoding.
 * @param guess vectors from the motion that both sides know, laid out as in a field.
 */
export function codeMotion(
  coder: BitCoder,
  contexts: BitContexts,
  width: number,
  height: number,
  field: MotionField | null,
  guess: Int16Array | null,
): MotionField {
  const coded = stillField(width, height);
  const { blockColumns, blockRows, vectors } = coded;
  for (let row = 0; row < blockRows; row++) {
    for (let column = 0; column < blockColumns; column++) {
      const at = 2 * (row * blockColumns + column);
      const [nearX, nearY] = expectedVector(coded, row, column);
      let expectedX = nearX;
      let expectedY = nearY;
      let isUnsure = 0;
      if (guess !== null) {
        const guessX = guess[at] ?? 0;
        const guessY = guess[at + 1] ?? 0;
        if (row === 0 && column === 0) {
          expectedX = guessX;
          expectedY = guessY;
        } else {
          const left = column === 0 ? at - 2 * blockColumns : at - 2;
          expectedX = middle(nearX, vectors[left] ?? 0, guessX);
          expectedY = middle(nearY, vectors[left + 1] ?? 0, guessY);
        }
        isUnsure = Math.abs(guessX - expectedX) + Math.abs(guessY - expectedY) > 16 ? 1 : 0;
      }
      const base = isUnsure * 2 * NUMBER_CONTEXTS;
      vectors[at] = clipped(expectedX + codeNumber(coder, contexts, base, (field?.vectors[at] ?? 0) - expectedX));
      vectors[at + 1] = clipped(
        expectedY + codeNumber(coder, contexts, base + NUMBER_CONTEXTS, (field?.vectors[at + 1] ?? 0) - expectedY),
      );
    }
  }
  return coded;
}

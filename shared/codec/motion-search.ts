import { lumaSamples, samplesOfSplit, splitLuma, type LumaSamples, type SplitLuma } from "./luma-samples";
import { expectedVector, MAX_VECTOR, MOTION_BLOCK, stillField, VECTOR_UNITS, type MotionField } from "./motion";
import type { CameraImage } from "./sensor-frame";
import { wholeMotion } from "./whole-motion";

/** How far beyond its border a reference is continued, in pixels. */
const MARGIN = 32;
/** A vector away from what its neighbours predict must save this much of difference a part of a pixel. */
const DISTANCE_COST = 2;
/** The first step of a walk over whole pixels, and of one between them; in parts of a pixel. */
const FIRST_WHOLE_STEP = 4 * VECTOR_UNITS;
const FIRST_PART_STEP = VECTOR_UNITS / 2;
const MOST_ROUNDS = 2;
/** A block that differs less, over its 64 samples, is found already: nothing far away is tried. */
const FOUND_DIFFERENCE = 256;
/** Samples that are compared at once: those of a 32-bit word, as two pairs of 16-bit lanes. */
const WORD = 4;
const LANES = 0x00ff00ff;

/**
 * Looks for the motion of every block: from what its neighbours, the caller's guess and the whole picture
 * suggest, over whole pixels by halving steps and then between them.
 *
 * @param reference of the size of the current picture.
 * @param guess vectors expected, laid out as in a field; what the motion of the node and its lidar say.
 */
export function estimateMotion(current: CameraImage, reference: CameraImage, guess: Int16Array | null): MotionField {
  const { width, height } = current;
  const field = stillField(width, height);
  const { blockColumns, blockRows, vectors } = field;
  const samples = lumaSamples(current);
  const split = splitLuma(reference, MARGIN);
  const [wholeX, wholeY] = wholeMotion(samples, samplesOfSplit(split, samples));
  const search = createBlockSearch(samples, split, width, height);
  for (let row = 0; row < blockRows; row++) {
    for (let column = 0; column < blockColumns; column++) {
      const at = 2 * (row * blockColumns + column);
      const [expectedX, expectedY] = expectedVector(field, row, column);
      search.begin(column * MOTION_BLOCK, row * MOTION_BLOCK, expectedX, expectedY);
      search.propose(expectedX, expectedY);
      search.propose(0, 0);
      search.propose(wholeX * VECTOR_UNITS, wholeY * VECTOR_UNITS);
      if (column > 0) search.propose(vectors[at - 2] ?? 0, vectors[at - 1] ?? 0);
      if (row > 0) search.propose(vectors[at - 2 * blockColumns] ?? 0, vectors[at - 2 * blockColumns + 1] ?? 0);
      if (guess !== null) search.propose(guess[at] ?? 0, guess[at + 1] ?? 0);
      const [x, y] = search.refine();
      vectors[at] = x;
      vectors[at + 1] = y;
    }
  }
  return field;
}

interface BlockSearch {
  /** Begins with a block and the vector that is expected of it. */
  begin(x: number, y: number, expectedX: number, expectedY: number): void;
  /** Begins from a vector, to the nearest whole pixel, if it is better than the best so far; at most six. */
  propose(dx: number, dy: number): void;
  /** Walks downhill from the best so far: over whole pixels, then between them. */
  refine(): readonly [dx: number, dy: number];
}

/** The nearest whole pixel, in parts of a pixel. */
function toWhole(part: number): number {
  return (part + VECTOR_UNITS / 2) & -VECTOR_UNITS;
}

/** The magnitudes of the differences of two pairs of lanes of 8 bits each, in lanes of 16. */
function laneDifference(a: number, b: number): number {
  // A lane keeps its ninth bit unless b is larger; then its complement is the magnitude less one.
  const difference = (a | 0x01000100) - b;
  const isLess = (~difference >>> 8) & 0x00010001;
  return ((difference ^ Math.imul(isLess, 0x1ff)) & LANES) + isLess;
}

function createBlockSearch(samples: LumaSamples, split: SplitLuma, width: number, height: number): BlockSearch {
  const { stride, oddAt } = split;
  const current = new DataView(samples.values.buffer);
  const before = new DataView(split.values.buffer);
  const proposed = new Int16Array(12);
  let proposals = 0;
  let x = 0;
  let y = 0;
  let sampleAt = 0;
  let rowBytes = 0;
  let rows = 0;
  let expectedX = 0;
  let expectedY = 0;
  let bestX = 0;
  let bestY = 0;
  let best = 0;

  /** Sum of differences over the block's samples from a whole pixel on, given up beyond `limit`. */
  function wholeDifference(column: number, row: number, limit: number): number {
    let sum = 0;
    for (let v = 0; v < rows && sum < limit; v++) {
      const from = column + (v & 1);
      let j = (from & 1) * oddAt + (row + 2 * v) * stride + (from >> 1);
      let i = sampleAt + v * samples.stride;
      let lanes = 0;
      for (const end = i + rowBytes; i < end; i += WORD) {
        const a = current.getInt32(i, true);
        const b = before.getInt32(j, true);
        lanes += laneDifference(a & LANES, b & LANES) + laneDifference((a >>> 8) & LANES, (b >>> 8) & LANES);
        j += WORD;
      }
      sum += (lanes & 0xffff) + (lanes >>> 16);
    }
    return sum;
  }
  /** The same between two pixels, one right of or below the other, by the weight of the second. */
  function pairDifference(column: number, row: number, isBelow: boolean, weight: number, limit: number): number {
    const first = VECTOR_UNITS - weight;
    let sum = 0;
    for (let v = 0; v < rows && sum < limit; v++) {
      const from = column + (v & 1);
      const next = isBelow ? from : from + 1;
      const line = (row + 2 * v) * stride;
      let j = (from & 1) * oddAt + line + (from >> 1);
      let k = (next & 1) * oddAt + line + (next >> 1) + (isBelow ? stride : 0);
      let i = sampleAt + v * samples.stride;
      let lanes = 0;
      for (const end = i + rowBytes; i < end; i += WORD) {
        const a = current.getInt32(i, true);
        const b = before.getInt32(j, true);
        const c = before.getInt32(k, true);
        const even = (Math.imul(first, b & LANES) + Math.imul(weight, c & LANES) + 0x00020002) >>> 2;
        const odd = (Math.imul(first, (b >>> 8) & LANES) + Math.imul(weight, (c >>> 8) & LANES) + 0x00020002) >>> 2;
        lanes += laneDifference(a & LANES, even & LANES) + laneDifference((a >>> 8) & LANES, odd & LANES);
        j += WORD;
        k += WORD;
      }
      sum += (lanes & 0xffff) + (lanes >>> 16);
    }
    return sum;
  }
  /** The same between four pixels. */
  function partDifference(column: number, row: number, fx: number, fy: number, limit: number): number {
    const w00 = (VECTOR_UNITS - fx) * (VECTOR_UNITS - fy);
    const w01 = fx * (VECTOR_UNITS - fy);
    const w10 = (VECTOR_UNITS - fx) * fy;
    const w11 = fx * fy;
    let sum = 0;
    for (let v = 0; v < rows && sum < limit; v++) {
      const from = column + (v & 1);
      const line = (row + 2 * v) * stride;
      let j = (from & 1) * oddAt + line + (from >> 1);
      let k = ((from + 1) & 1) * oddAt + line + ((from + 1) >> 1);
      let i = sampleAt + v * samples.stride;
      let lanes = 0;
      for (const end = i + rowBytes; i < end; i += WORD) {
        const a = current.getInt32(i, true);
        const b00 = before.getInt32(j, true);
        const b01 = before.getInt32(k, true);
        const b10 = before.getInt32(j + stride, true);
        const b11 = before.getInt32(k + stride, true);
        const even = Math.imul(w00, b00 & LANES) + Math.imul(w01, b01 & LANES) + Math.imul(w10, b10 & LANES) + Math.imul(w11, b11 & LANES);
        const odd =
          Math.imul(w00, (b00 >>> 8) & LANES) + Math.imul(w01, (b01 >>> 8) & LANES) + Math.imul(w10, (b10 >>> 8) & LANES) + Math.imul(w11, (b11 >>> 8) & LANES);
        lanes += laneDifference(a & LANES, ((even + 0x00080008) >>> 4) & LANES) + laneDifference((a >>> 8) & LANES, ((odd + 0x00080008) >>> 4) & LANES);
        j += WORD;
        k += WORD;
      }
      sum += (lanes & 0xffff) + (lanes >>> 16);
    }
    return sum;
  }
  function difference(column: number, row: number, fx: number, fy: number, limit: number): number {
    if (fy === 0) return fx === 0 ? wholeDifference(column, row, limit) : pairDifference(column, row, false, fx, limit);
    return fx === 0 ? pairDifference(column, row, true, fy, limit) : partDifference(column, row, fx, fy, limit);
  }
  function consider(dx: number, dy: number): void {
    if (dx > MAX_VECTOR || dy > MAX_VECTOR || dx < -MAX_VECTOR || dy < -MAX_VECTOR) return;
    const px = x + (dx >> 2);
    const py = y + (dy >> 2);
    if (px < -MARGIN || py < -MARGIN || px + 2 * rowBytes >= width + MARGIN || py + 2 * rows >= height + MARGIN) return;
    const cost = DISTANCE_COST * (Math.abs(dx - expectedX) + Math.abs(dy - expectedY));
    if (cost >= best) return;
    const sum = cost + difference(MARGIN + px, MARGIN + py, dx & 3, dy & 3, best - cost);
    if (sum >= best) return;
    best = sum;
    bestX = dx;
    bestY = dy;
  }
  /** Walks downhill by steps that halve from the first to the last. */
  function walk(first: number, last: number, rounds: number): void {
    for (let step = first; step >= last; step >>= 1) {
      let cameX = 0;
      let cameY = 0;
      for (let round = 0; round < rounds; round++) {
        const fromX = bestX;
        const fromY = bestY;
        // What it came from is known to be worse.
        if (cameX <= 0) consider(fromX - step, fromY);
        if (cameX >= 0) consider(fromX + step, fromY);
        if (cameY <= 0) consider(fromX, fromY - step);
        if (cameY >= 0) consider(fromX, fromY + step);
        if (bestX === fromX && bestY === fromY) break;
        cameX = bestX - fromX;
        cameY = bestY - fromY;
      }
    }
  }
  return {
    begin: (atX, atY, toX, toY) => {
      x = atX;
      y = atY;
      sampleAt = (y >> 1) * samples.stride + (x >> 1);
      rowBytes = (Math.min(MOTION_BLOCK, width - x + 7) >> 3) * WORD;
      rows = Math.min(MOTION_BLOCK, height - y) >> 1;
      expectedX = toX;
      expectedY = toY;
      best = Number.MAX_SAFE_INTEGER;
      proposals = 0;
    },
    propose: (dx, dy) => {
      const wholeX = toWhole(dx);
      const wholeY = toWhole(dy);
      let isNew = true;
      for (let i = 0; i < proposals; i += 2) {
        const otherX = proposed[i] ?? 0;
        const otherY = proposed[i + 1] ?? 0;
        if (otherX === dx && otherY === dy) return;
        if (toWhole(otherX) === wholeX && toWhole(otherY) === wholeY) isNew = false;
      }
      proposed[proposals++] = dx;
      proposed[proposals++] = dy;
      if (isNew) consider(wholeX, wholeY);
    },
    refine: () => {
      walk(best < FOUND_DIFFERENCE ? VECTOR_UNITS : FIRST_WHOLE_STEP, VECTOR_UNITS, MOST_ROUNDS);
      for (let i = 0; i < proposals; i += 2) {
        const dx = proposed[i] ?? 0;
        const dy = proposed[i + 1] ?? 0;
        if (((dx | dy) & (VECTOR_UNITS - 1)) !== 0) consider(dx, dy);
      }
      walk(FIRST_PART_STEP, 1, 1);
      return [bestX, bestY];
    },
  };
}

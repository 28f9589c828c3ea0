import { samplesOf, samplesOfSplit, splitLumaOf } from "./luma";
import { wholeMotion } from "./whole";

// Vectors count quarters of a pixel.
const UNITS: i32 = 4;
const BLOCK: i32 = 16;
const MOST: i32 = 127 * UNITS;
/** How far beyond its border a reference is continued, in pixels. */
const MARGIN: i32 = 32;
/** A vector away from what its neighbours predict must save this much of difference a quarter of a pixel. */
const DISTANCE_COST: i32 = 2;
/** The first step of a walk over whole pixels, and of one between them. */
const FIRST_WHOLE_STEP: i32 = 4 * UNITS;
const FIRST_PART_STEP: i32 = UNITS / 2;
const MOST_ROUNDS: i32 = 2;
/** A block that differs less, over its 64 samples, is found already: nothing far away is tried. */
const FOUND_DIFFERENCE: i32 = 256;

let width: i32 = 0;
let height: i32 = 0;
let samples: usize = 0;
let sampleStride: i32 = 0;
let split: usize = 0;
let stride: i32 = 0;
let odd: i32 = 0;

// The block that is looked for.
let x: i32 = 0;
let y: i32 = 0;
let block: usize = 0;
let rows: i32 = 0;
/** Ones in the lanes that the block has. */
let lanesThere: v128 = i16x8.splat(-1);
let rowBytes: i32 = 0;
let expectedX: i32 = 0;
let expectedY: i32 = 0;
let bestX: i32 = 0;
let bestY: i32 = 0;
let best: i32 = 0;
let proposals: i32 = 0;
const proposed = memory.data(48);

// @ts-ignore: decorator
@inline
function total(lanes: v128): i32 {
  const four = i32x4.extadd_pairwise_i16x8_s(v128.and(lanes, lanesThere));
  const two = i32x4.add(four, i8x16.shuffle(four, four, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return i32x4.extract_lane(two, 0) + i32x4.extract_lane(two, 1);
}

/** Eight samples of a row of the reference, from any column on. */
// @ts-ignore: decorator
@inline
function placeOf(column: i32, line: usize): usize {
  return line + (column & 1) * odd + (column >> 1);
}

/** Sum of differences over the block's samples from a place on, which lies a part of a pixel to the right and below. */
function difference(column: i32, row: i32, fx: i32, fy: i32): i32 {
  let sum = i16x8.splat(0);
  let line = split + row * stride;
  let now = block;
  if (fx == 0 && fy == 0) {
    for (let v = 0; v < rows; v++) {
      const there = placeOf(column + (v & 1), line);
      sum = i16x8.add(sum, i16x8.abs(i16x8.sub(v128.load8x8_u(now), v128.load8x8_u(there))));
      line += 2 * stride;
      now += sampleStride;
    }
  } else if (fx == 0 || fy == 0) {
    const weight = fx == 0 ? fy : fx;
    const first = i16x8.splat(<i16>(UNITS - weight));
    const second = i16x8.splat(<i16>weight);
    const half = i16x8.splat(2);
    for (let v = 0; v < rows; v++) {
      const from = column + (v & 1);
      const there = v128.load8x8_u(placeOf(from, line));
      const next = v128.load8x8_u(fx == 0 ? placeOf(from, line + stride) : placeOf(from + 1, line));
      const mean = i16x8.shr_u(i16x8.add(i16x8.add(i16x8.mul(first, there), i16x8.mul(second, next)), half), 2);
      sum = i16x8.add(sum, i16x8.abs(i16x8.sub(v128.load8x8_u(now), mean)));
      line += 2 * stride;
      now += sampleStride;
    }
  } else {
    const w00 = i16x8.splat(<i16>((UNITS - fx) * (UNITS - fy)));
    const w01 = i16x8.splat(<i16>(fx * (UNITS - fy)));
    const w10 = i16x8.splat(<i16>((UNITS - fx) * fy));
    const w11 = i16x8.splat(<i16>(fx * fy));
    const half = i16x8.splat(8);
    for (let v = 0; v < rows; v++) {
      const from = column + (v & 1);
      const left = placeOf(from, line);
      const right = placeOf(from + 1, line);
      const upper = i16x8.add(i16x8.mul(w00, v128.load8x8_u(left)), i16x8.mul(w01, v128.load8x8_u(right)));
      const lower = i16x8.add(i16x8.mul(w10, v128.load8x8_u(left + stride)), i16x8.mul(w11, v128.load8x8_u(right + stride)));
      const mean = i16x8.shr_u(i16x8.add(i16x8.add(upper, lower), half), 4);
      sum = i16x8.add(sum, i16x8.abs(i16x8.sub(v128.load8x8_u(now), mean)));
      line += 2 * stride;
      now += sampleStride;
    }
  }
  return total(sum);
}

/** Takes a vector if it is better than the best so far. */
function consider(dx: i32, dy: i32): void {
  if (dx > MOST || dy > MOST || dx < -MOST || dy < -MOST) return;
  const px = x + (dx >> 2);
  const py = y + (dy >> 2);
  if (px < -MARGIN || py < -MARGIN || px + 2 * rowBytes >= width + MARGIN || py + 2 * rows >= height + MARGIN) return;
  const cost = DISTANCE_COST * (abs(dx - expectedX) + abs(dy - expectedY));
  if (cost >= best) return;
  const sum = cost + difference(MARGIN + px, MARGIN + py, dx & 3, dy & 3);
  if (sum >= best) return;
  best = sum;
  bestX = dx;
  bestY = dy;
}

// @ts-ignore: decorator
@inline
function toWhole(part: i32): i32 {
  return (part + UNITS / 2) & -UNITS;
}

/** Begins from a vector, to the nearest whole pixel, if it is better than the best so far; at most six. */
function propose(dx: i32, dy: i32): void {
  const wholeX = toWhole(dx);
  const wholeY = toWhole(dy);
  let isNew = true;
  for (let i = 0; i < proposals; i++) {
    const otherX = load<i32>(proposed + 8 * i);
    const otherY = load<i32>(proposed + 8 * i, 4);
    if (otherX == dx && otherY == dy) return;
    if (toWhole(otherX) == wholeX && toWhole(otherY) == wholeY) isNew = false;
  }
  store<i32>(proposed + 8 * proposals, dx);
  store<i32>(proposed + 8 * proposals, dy, 4);
  proposals++;
  if (isNew) consider(wholeX, wholeY);
}

/** Walks downhill by steps that halve from the first to the last. */
function walk(first: i32, last: i32, rounds: i32): void {
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
      if (bestX == fromX && bestY == fromY) break;
      cameX = bestX - fromX;
      cameY = bestY - fromY;
    }
  }
}

/** Walks downhill from the best so far: over whole pixels, then between them. */
function refine(): void {
  walk(best < FOUND_DIFFERENCE ? UNITS : FIRST_WHOLE_STEP, UNITS, MOST_ROUNDS);
  for (let i = 0; i < proposals; i++) {
    const dx = load<i32>(proposed + 8 * i);
    const dy = load<i32>(proposed + 8 * i, 4);
    if (((dx | dy) & (UNITS - 1)) != 0) consider(dx, dy);
  }
  walk(FIRST_PART_STEP, 1, 1);
}

// @ts-ignore: decorator
@inline
function middle(a: i32, b: i32, c: i32): i32 {
  return max(min(a, b), min(max(a, b), c));
}

function begin(row: i32, column: i32, vectors: usize, blockColumns: i32): void {
  x = column * BLOCK;
  y = row * BLOCK;
  block = samples + (y >> 1) * sampleStride + (x >> 1);
  rowBytes = ((min(BLOCK, width - x) + 7) >> 3) * 4;
  lanesThere = rowBytes == 8 ? i16x8.splat(-1) : i16x8(-1, -1, -1, -1, 0, 0, 0, 0);
  rows = min(BLOCK, height - y) >> 1;
  best = i32.MAX_VALUE;
  bestX = 0;
  bestY = 0;
  proposals = 0;
  const at = vectors + 4 * (row * blockColumns + column);
  const left = column > 0 ? at - 4 : at - 4 * blockColumns;
  expectedX = 0;
  expectedY = 0;
  if (row == 0) {
    if (column > 0) {
      expectedX = <i32>load<i16>(left);
      expectedY = <i32>load<i16>(left, 2);
    }
    return;
  }
  const up = at - 4 * blockColumns;
  const upRight = column == blockColumns - 1 ? up : up + 4;
  expectedX = middle(<i32>load<i16>(left), <i32>load<i16>(up), <i32>load<i16>(upRight));
  expectedY = middle(<i32>load<i16>(left, 2), <i32>load<i16>(up, 2), <i32>load<i16>(upRight, 2));
}

/**
 * Looks for the motion of every block: from what its neighbours, the caller's guess and the whole picture suggest,
 * over whole pixels by halving steps and then between them.
 *
 * @param guess vectors expected, laid out as the result; 0 for none.
 * @param vectors where dx, dy of each block go, row by row, 16 bits each; zeros before.
 * @param scratch at least {@link scratchBytes}.
 */
export function searchVectors(current: usize, reference: usize, w: i32, h: i32, guess: usize, vectors: usize, scratch: usize): void {
  width = w;
  height = h;
  const blockColumns = (width + BLOCK - 1) / BLOCK;
  const blockRows = (height + BLOCK - 1) / BLOCK;
  const columns = width >> 1;
  const sampleRows = height >> 1;
  sampleStride = (columns + 3) & -4;
  // Beside the margins there is room for what is read beyond the end of a row.
  stride = ((width + 1) >> 1) + MARGIN + 4;
  odd = stride * (height + 2 * MARGIN);
  samples = scratch;
  split = samples + sampleStride * sampleRows + 64;
  const before = split + 2 * odd + 64;
  const coarse = before + sampleStride * sampleRows + 64;
  samplesOf(current, width, height, samples);
  splitLumaOf(reference, width, height, MARGIN, stride, odd, split);
  samplesOfSplit(split, MARGIN, stride, odd, columns, sampleRows, sampleStride, before);
  const whole = wholeMotion(samples, columns, sampleRows, sampleStride, before, coarse);
  const wholeX = ((whole << 16) >> 16) * UNITS;
  const wholeY = (whole >> 16) * UNITS;
  for (let row = 0; row < blockRows; row++) {
    for (let column = 0; column < blockColumns; column++) {
      const at = vectors + 4 * (row * blockColumns + column);
      begin(row, column, vectors, blockColumns);
      propose(expectedX, expectedY);
      propose(0, 0);
      propose(wholeX, wholeY);
      if (column > 0) propose(<i32>load<i16>(at - 4), <i32>load<i16>(at - 2));
      const up = at - 4 * blockColumns;
      if (row > 0) propose(<i32>load<i16>(up), <i32>load<i16>(up, 2));
      if (guess != 0) propose(<i32>load<i16>(guess + (at - vectors)), <i32>load<i16>(guess + (at - vectors), 2));
      refine();
      store<i16>(at, <i16>bestX);
      store<i16>(at, <i16>bestY, 2);
    }
  }
}

/** Bytes that a search in a picture of this size works in. */
export function scratchBytes(w: i32, h: i32): i32 {
  const sampleBytes = (((w >> 1) + 3) & -4) * (h >> 1);
  const splitBytes = 2 * (((w + 1) >> 1) + MARGIN + 4) * (h + 2 * MARGIN);
  return 3 * sampleBytes + splitBytes + 512;
}

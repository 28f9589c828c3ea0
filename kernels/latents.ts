import { coderState, putBit, putBits, resume, suspend } from "./range";

export { coderState };

// Contexts of latents: shared/codec/stream-latents.ts says what they are.
const CLASSES: i32 = 12;
const CLASS_CONTEXTS: i32 = 5;
const SIGN_CONTEXTS: i32 = 3;
const MAGNITUDE_LIMIT: i32 = 255;
const UNARY_LIMIT: i32 = 14;
const ESCAPE_LENGTHS: i32 = 18;
const MAX_SYMBOL: i32 = 32767;
/** Of a channel: eleven bounds of classes, and one that no score reaches. */
const BOUND_BYTES: i32 = 4 * CLASSES;
/** The most channels; a vector's worth more is worked on. */
const MOST_CHANNELS: i32 = 256;
const expectations = memory.data(4 * (MOST_CHANNELS + 8));
const scores = memory.data(4 * (MOST_CHANNELS + 8));

let latents: i32 = 0;
let predictionBits: i32 = 0;
let columns: i32 = 0;
let area: i32 = 0;
/** Eight tables of weights, each of `weightStride` numbers: left, above, above left; same, around, earlier, before, all before. */
let weights: usize = 0;
let weightStride: i32 = 0;
let bounds: usize = 0;
let contexts: usize = 0;
let symbols: usize = 0;
/** Two rows of values with a border, by turns; zeros before. */
let values: usize = 0;
let byChannel: usize = 0;
let sums: usize = 0;
/** 0 without a frame before. */
let moved: usize = 0;
let magnitudesBefore: usize = 0;
let sumsBefore: usize = 0;

/** Begins a picture. All places are ones of this memory; what is to be written is zeros. */
export function beginLatents(
  latentCount: i32,
  bits: i32,
  columnCount: i32,
  rowCount: i32,
  weightTables: usize,
  boundTables: usize,
  contextTable: usize,
  symbolPlace: usize,
  valuePlace: usize,
  magnitudePlace: usize,
  sumPlace: usize,
  movedPlace: usize,
  magnitudesBeforePlace: usize,
  sumsBeforePlace: usize,
): void {
  latents = latentCount;
  predictionBits = bits;
  columns = columnCount;
  area = rowCount * columnCount;
  weights = weightTables;
  weightStride = 4 * ((latentCount + 7) & -8);
  bounds = boundTables;
  contexts = contextTable;
  symbols = symbolPlace;
  values = valuePlace;
  byChannel = magnitudePlace;
  sums = sumPlace;
  moved = movedPlace;
  magnitudesBefore = magnitudesBeforePlace;
  sumsBefore = sumsBeforePlace;
}

/** Four weights of a table. */
// @ts-ignore: decorator
@inline
function weightsOf(table: i32, channel: i32): v128 {
  return v128.load(weights + table * weightStride + 4 * channel);
}

// @ts-ignore: decorator
@inline
function expectFour(channel: i32, left: usize, above: usize, aboveLeft: usize, half: v128): void {
  const at = 4 * channel;
  const fine = i32x4.add(
    i32x4.add(i32x4.mul(weightsOf(0, channel), v128.load(left + at)), i32x4.mul(weightsOf(1, channel), v128.load(above + at))),
    i32x4.add(i32x4.mul(weightsOf(2, channel), v128.load(aboveLeft + at)), half),
  );
  v128.store(expectations + at, fine);
}

/** Expectations, and what of the scores is known before the position's first symbol. */
function prepare(position: i32, valueHere: usize, valueUp: usize, around: i32, was: i32, wasSum: i32): void {
  const stride = columns + 2;
  const half = i32x4.splat(1 << (predictionBits - 1));
  const left = valueHere - 4 * latents;
  const aboveLeft = valueUp - 4 * latents;
  const here = byChannel + position * latents;
  const up = here - stride * latents;
  const before = magnitudesBefore + was * latents;
  const allAround = i32x4.splat(around);
  const allBefore = i32x4.splat(wasSum);
  for (let channel = 0; channel < latents; channel += 8) {
    expectFour(channel, left, valueUp, aboveLeft, half);
    expectFour(channel + 4, left, valueUp, aboveLeft, half);
    const beside = i16x8.add(v128.load8x8_u(here + channel - latents), v128.load8x8_u(up + channel));
    const corners = i16x8.add(v128.load8x8_u(up + channel - latents), v128.load8x8_u(up + channel + latents));
    const same = i16x8.add(i16x8.add(beside, beside), corners);
    let low = i32x4.add(i32x4.mul(weightsOf(3, channel), i32x4.extend_low_i16x8_u(same)), i32x4.mul(weightsOf(4, channel), allAround));
    let high = i32x4.add(i32x4.mul(weightsOf(3, channel + 4), i32x4.extend_high_i16x8_u(same)), i32x4.mul(weightsOf(4, channel + 4), allAround));
    if (wasSum != 0) {
      const there = v128.load8x8_u(before + channel);
      low = i32x4.add(low, i32x4.add(i32x4.mul(weightsOf(6, channel), i32x4.extend_low_i16x8_u(there)), i32x4.mul(weightsOf(7, channel), allBefore)));
      high = i32x4.add(high, i32x4.add(i32x4.mul(weightsOf(6, channel + 4), i32x4.extend_high_i16x8_u(there)), i32x4.mul(weightsOf(7, channel + 4), allBefore)));
    }
    v128.store(scores + 4 * channel, low);
    v128.store(scores + 4 * channel, high, 16);
  }
}

/** How many bounds of a channel a score reaches. */
// @ts-ignore: decorator
@inline
function classOf(score: i32, channel: i32): i32 {
  const at = bounds + channel * BOUND_BYTES;
  const all = i32x4.splat(score);
  const first = i16x8.narrow_i32x4_s(i32x4.ge_s(all, v128.load(at)), i32x4.ge_s(all, v128.load(at, 16)));
  const last = i32x4.ge_s(all, v128.load(at, 32));
  return popcnt(i8x16.bitmask(i8x16.narrow_i16x8_s(first, i16x8.narrow_i32x4_s(last, i32x4.splat(0)))));
}

/** Codes what a magnitude exceeds the unary limit by, and returns what a decoder will read. */
function putEscape(base: i32, excess: i32): i32 {
  const wanted = 32 - clz(excess + 1);
  let length = 1;
  while (length < ESCAPE_LENGTHS) {
    const isLonger = wanted > length;
    putBit(base + length - 1, isLonger);
    if (!isLonger) break;
    length++;
  }
  let value = 1;
  let rest = length - 1;
  while (rest > 0) {
    const count = min(rest, 12);
    rest -= count;
    const part = (<u32>(excess + 1)) >>> rest;
    putBits(part, count);
    value = (value << count) + <i32>(part & ((1 << count) - 1));
  }
  return value - 1;
}

/** Codes a symbol that is not what was expected, and returns what a decoder will read. */
function putOther(wanted: i32, expected: i32, offset: i32, base: i32, channel: i32): i32 {
  const near = 1 << (predictionBits - 2);
  const signBase = latents * CLASSES * CLASS_CONTEXTS;
  const side = offset < -(near >> 1) ? 0 : offset > near >> 1 ? 2 : 1;
  const isNegative = wanted < 0;
  putBit(signBase + SIGN_CONTEXTS * channel + side, isNegative);
  const magnitude = isNegative ? -wanted : wanted;
  let size = 1;
  while (size < UNARY_LIMIT) {
    const isLarger = magnitude > size;
    putBit(base + 1 + min(3, size), isLarger);
    if (!isLarger) break;
    size++;
  }
  if (size == UNARY_LIMIT) size += putEscape(signBase + latents * SIGN_CONTEXTS, magnitude - size);
  return max(-MAX_SYMBOL, min(MAX_SYMBOL, isNegative ? expected - size : expected + size));
}

/** Codes one row to `to`, and returns the end of its bytes. Rows are coded in order. */
export function encodeRow(row: i32, to: usize): usize {
  resume(to, contexts);
  const stride = columns + 2;
  const rowValues = 4 * stride * latents;
  const half = 1 << (predictionBits - 1);
  const mask = (1 << predictionBits) - 1;
  const near = 1 << (predictionBits - 2);
  for (let column = 0; column < columns; column++) {
    const position = (row + 1) * stride + column + 1;
    const inRow = 4 * (column + 1) * latents;
    const valueHere = values + (row & 1) * rowValues + inRow;
    const valueUp = values + ((row + 1) & 1) * rowValues + inRow;
    const around = load<i32>(sums + 4 * (position - 1)) + load<i32>(sums + 4 * (position - stride));
    const was = moved == 0 ? 0 : load<i32>(moved + 4 * (row * columns + column));
    const wasSum = moved == 0 ? 0 : load<i32>(sumsBefore + 4 * was);
    prepare(position, valueHere, valueUp, around, was, wasSum);
    let earlier = 0;
    let at = symbols + 4 * (row * columns + column);
    const magnitudes = byChannel + position * latents;
    for (let channel = 0; channel < latents; channel++) {
      const fine = load<i32>(expectations + 4 * channel);
      const expected = fine >> predictionBits;
      // How far the expectation lies from the whole number, -half to half.
      const offset = (fine & mask) - half;
      const score = load<i32>(scores + 4 * channel) + load<i32>(weights + 5 * weightStride + 4 * channel) * earlier;
      const base = (CLASSES * channel + classOf(score, channel)) * CLASS_CONTEXTS;
      let value = load<i32>(at);
      const isOther = value != expected;
      putBit(base + (offset > near || offset < -near ? 1 : 0), isOther);
      if (isOther) {
        value = putOther(value - expected, expected, offset, base, channel);
        store<i32>(at, value);
      }
      at += 4 * area;
      const magnitude = min(MAGNITUDE_LIMIT, abs(value));
      store<i32>(valueHere + 4 * channel, value);
      store<u8>(magnitudes + channel, <u8>magnitude);
      earlier += magnitude;
    }
    store<i32>(sums + 4 * position, earlier);
  }
  return suspend();
}

const BLOCK: i32 = 16;

// @ts-ignore: decorator
@inline
function clamp(value: i32, most: i32): i32 {
  return value < 0 ? 0 : value > most ? most : value;
}

/** Sixteen bytes of the mean of four places by their weights, which add up to 16. */
// @ts-ignore: decorator
@inline
function meanOfFour(a: v128, b: v128, c: v128, d: v128, w00: v128, w01: v128, w10: v128, w11: v128): v128 {
  const half = i16x8.splat(8);
  const low = i16x8.add(
    i16x8.add(i16x8.mul(i16x8.extend_low_i8x16_u(a), w00), i16x8.mul(i16x8.extend_low_i8x16_u(b), w01)),
    i16x8.add(i16x8.add(i16x8.mul(i16x8.extend_low_i8x16_u(c), w10), i16x8.mul(i16x8.extend_low_i8x16_u(d), w11)), half),
  );
  const high = i16x8.add(
    i16x8.add(i16x8.mul(i16x8.extend_high_i8x16_u(a), w00), i16x8.mul(i16x8.extend_high_i8x16_u(b), w01)),
    i16x8.add(i16x8.add(i16x8.mul(i16x8.extend_high_i8x16_u(c), w10), i16x8.mul(i16x8.extend_high_i8x16_u(d), w11)), half),
  );
  return i8x16.narrow_i16x8_u(i16x8.shr_u(low, 4), i16x8.shr_u(high, 4));
}

/** The same of two places, whose weights add up to 4. */
// @ts-ignore: decorator
@inline
function meanOfTwo(a: v128, b: v128, first: v128, second: v128): v128 {
  const half = i16x8.splat(2);
  const low = i16x8.add(i16x8.add(i16x8.mul(i16x8.extend_low_i8x16_u(a), first), i16x8.mul(i16x8.extend_low_i8x16_u(b), second)), half);
  const high = i16x8.add(i16x8.add(i16x8.mul(i16x8.extend_high_i8x16_u(a), first), i16x8.mul(i16x8.extend_high_i8x16_u(b), second)), half);
  return i8x16.narrow_i16x8_u(i16x8.shr_u(low, 2), i16x8.shr_u(high, 2));
}

/** One line of a block whose source lies inside the picture, of `count` bytes. */
function moveLine(top: usize, below: usize, to: usize, count: i32, fx: i32, fy: i32): void {
  let i = 0;
  if (fx == 0 && fy == 0) {
    for (; i + 16 <= count; i += 16) v128.store(to + i, v128.load(top + i));
  } else if (fx == 0 || fy == 0) {
    const second = fx == 0 ? below : top + 3;
    const weight = fx == 0 ? fy : fx;
    const w0 = i16x8.splat(<i16>(4 - weight));
    const w1 = i16x8.splat(<i16>weight);
    for (; i + 16 <= count; i += 16) v128.store(to + i, meanOfTwo(v128.load(top + i), v128.load(second + i), w0, w1));
  } else {
    const w00 = i16x8.splat(<i16>((4 - fx) * (4 - fy)));
    const w01 = i16x8.splat(<i16>(fx * (4 - fy)));
    const w10 = i16x8.splat(<i16>((4 - fx) * fy));
    const w11 = i16x8.splat(<i16>(fx * fy));
    for (; i + 16 <= count; i += 16) {
      v128.store(
        to + i,
        meanOfFour(v128.load(top + i), v128.load(top + i, 3), v128.load(below + i), v128.load(below + i, 3), w00, w01, w10, w11),
      );
    }
  }
  for (; i < count; i++) {
    const upper = (4 - fx) * <i32>load<u8>(top + i) + fx * <i32>load<u8>(top + i, 3);
    const lower = (4 - fx) * <i32>load<u8>(below + i) + fx * <i32>load<u8>(below + i, 3);
    store<u8>(to + i, <u8>(((4 - fy) * upper + fy * lower + 8) >> 4));
  }
}

/** One line of a block whose source reaches beyond the border, of `count` pixels. */
function moveAtBorder(top: usize, below: usize, from: i32, width: i32, to: usize, count: i32, fx: i32, fy: i32): void {
  for (let u = 0; u < count; u++) {
    const left = 3 * clamp(from + u, width - 1);
    const right = 3 * clamp(from + u + 1, width - 1);
    for (let channel = 0; channel < 3; channel++) {
      const upper = (4 - fx) * <i32>load<u8>(top + left + channel) + fx * <i32>load<u8>(top + right + channel);
      const lower = (4 - fx) * <i32>load<u8>(below + left + channel) + fx * <i32>load<u8>(below + right + channel);
      store<u8>(to + 3 * u + channel, <u8>(((4 - fy) * upper + fy * lower + 8) >> 4));
    }
  }
}

/**
 * Moves the blocks of a reference by their vectors, in quarters of a pixel; beyond its border a reference repeats
 * its edge. Reads up to 19 bytes beyond the reference.
 */
export function moveBlocks(reference: usize, width: i32, height: i32, vectors: usize, out: usize): void {
  const blockColumns = (width + BLOCK - 1) / BLOCK;
  const blockRows = (height + BLOCK - 1) / BLOCK;
  for (let row = 0; row < blockRows; row++) {
    const bottom = min(height, (row + 1) * BLOCK);
    for (let column = 0; column < blockColumns; column++) {
      const vector = vectors + 4 * (row * blockColumns + column);
      const dx = <i32>load<i16>(vector);
      const dy = <i32>load<i16>(vector, 2);
      const x = column * BLOCK;
      const right = min(width, x + BLOCK);
      const from = x + (dx >> 2);
      const isInside = from >= 0 && right + (dx >> 2) + 1 <= width;
      for (let y = row * BLOCK; y < bottom; y++) {
        const top = reference + 3 * width * clamp(y + (dy >> 2), height - 1);
        const below = reference + 3 * width * clamp(y + (dy >> 2) + 1, height - 1);
        const to = out + 3 * (y * width + x);
        if (isInside) moveLine(top + 3 * from, below + 3 * from, to, 3 * (right - x), dx & 3, dy & 3);
        else moveAtBorder(top, below, from, width, to, right - x, dx & 3, dy & 3);
      }
    }
  }
}

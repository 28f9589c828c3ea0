// Luma is (77 r + 150 g + 29 b) >> 8, which fits 16 bits before it is shifted.

/** Luma of eight pixels, every second one from `from` on, as eight lanes of 16 bits. Reads 48 bytes. */
// @ts-ignore: decorator
@inline
function lumaOfEight(from: usize, isOdd: bool): v128 {
  const a = v128.load(from);
  const b = v128.load(from, 16);
  const c = v128.load(from, 32);
  let red: v128, green: v128, blue: v128;
  if (isOdd) {
    red = v128.or(
      v128.or(
        i8x16.swizzle(a, i8x16(3, -1, 9, -1, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
        i8x16.swizzle(b, i8x16(-1, -1, -1, -1, -1, -1, 5, -1, 11, -1, -1, -1, -1, -1, -1, -1)),
      ),
      i8x16.swizzle(c, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, -1, 7, -1, 13, -1)),
    );
    green = v128.or(
      v128.or(
        i8x16.swizzle(a, i8x16(4, -1, 10, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
        i8x16.swizzle(b, i8x16(-1, -1, -1, -1, 0, -1, 6, -1, 12, -1, -1, -1, -1, -1, -1, -1)),
      ),
      i8x16.swizzle(c, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 2, -1, 8, -1, 14, -1)),
    );
    blue = v128.or(
      v128.or(
        i8x16.swizzle(a, i8x16(5, -1, 11, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
        i8x16.swizzle(b, i8x16(-1, -1, -1, -1, 1, -1, 7, -1, 13, -1, -1, -1, -1, -1, -1, -1)),
      ),
      i8x16.swizzle(c, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 3, -1, 9, -1, 15, -1)),
    );
  } else {
    red = v128.or(
      v128.or(
        i8x16.swizzle(a, i8x16(0, -1, 6, -1, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
        i8x16.swizzle(b, i8x16(-1, -1, -1, -1, -1, -1, 2, -1, 8, -1, 14, -1, -1, -1, -1, -1)),
      ),
      i8x16.swizzle(c, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 4, -1, 10, -1)),
    );
    green = v128.or(
      v128.or(
        i8x16.swizzle(a, i8x16(1, -1, 7, -1, 13, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
        i8x16.swizzle(b, i8x16(-1, -1, -1, -1, -1, -1, 3, -1, 9, -1, 15, -1, -1, -1, -1, -1)),
      ),
      i8x16.swizzle(c, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 5, -1, 11, -1)),
    );
    blue = v128.or(
      v128.or(
        i8x16.swizzle(a, i8x16(2, -1, 8, -1, 14, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
        i8x16.swizzle(b, i8x16(-1, -1, -1, -1, -1, -1, 4, -1, 10, -1, -1, -1, -1, -1, -1, -1)),
      ),
      i8x16.swizzle(c, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, -1, 6, -1, 12, -1)),
    );
  }
  const weighted = i16x8.add(
    i16x8.add(i16x8.mul(red, i16x8.splat(77)), i16x8.mul(green, i16x8.splat(150))),
    i16x8.mul(blue, i16x8.splat(29)),
  );
  return i16x8.shr_u(weighted, 8);
}

// @ts-ignore: decorator
@inline
function lumaOfOne(from: usize): u8 {
  return <u8>((77 * <u32>load<u8>(from) + 150 * <u32>load<u8>(from, 1) + 29 * <u32>load<u8>(from, 2)) >> 8);
}

// @ts-ignore: decorator
@inline
function storeEight(to: usize, lanes: v128): void {
  v128.store64_lane(to, i8x16.narrow_i16x8_u(lanes, lanes), 0);
}

/**
 * Luma of every second pixel of every second row, shifted by one in every other of these rows; rows are continued
 * by their last sample to a multiple of four. Reads up to 48 bytes beyond the picture.
 */
export function samplesOf(rgb: usize, width: i32, height: i32, out: usize): void {
  const columns = width >> 1;
  const rows = height >> 1;
  const stride = (columns + 3) & -4;
  for (let row = 0; row < rows; row++) {
    let from = rgb + 3 * (2 * row * width + (row & 1));
    const line = out + row * stride;
    let x = 0;
    for (; x + 8 <= columns; x += 8) {
      storeEight(line + x, lumaOfEight(from, false));
      from += 48;
    }
    for (; x < columns; x++) {
      store<u8>(line + x, lumaOfOne(from));
      from += 6;
    }
    const last: u8 = x > 0 ? load<u8>(line + x - 1) : 0;
    for (; x < stride; x++) store<u8>(line + x, last);
  }
}

/**
 * Luma of a picture continued by `margin` pixels at each side, even columns and odd ones each in a plane of its
 * own. Reads up to 48 bytes beyond the picture.
 */
export function splitLumaOf(rgb: usize, width: i32, height: i32, margin: i32, stride: i32, odd: i32, out: usize): void {
  const half = margin >> 1;
  for (let y = 0; y < height; y++) {
    const row = out + (y + margin) * stride;
    let from = rgb + 3 * y * width;
    let x = 0;
    let at = row + half;
    for (; x + 16 <= width; x += 16) {
      storeEight(at, lumaOfEight(from, false));
      storeEight(at + odd, lumaOfEight(from, true));
      at += 8;
      from += 48;
    }
    for (; x < width; x += 2) {
      store<u8>(at, lumaOfOne(from));
      // Behind the last column of an odd number there is none: it is repeated below.
      if (x + 1 < width) store<u8>(at + odd, lumaOfOne(from + 3));
      at++;
      from += 6;
    }
    const first = load<u8>(row + half);
    const end = row + odd + half + (width >> 1);
    const last = load<u8>(((width & 1) == 0 ? end : at) - 1);
    memory.fill(row, first, half);
    memory.fill(row + odd, first, half);
    memory.fill(at, last, row + stride - at);
    memory.fill(end, last, row + odd + stride - end);
  }
  for (let plane = out; plane <= out + odd; plane += odd) {
    const top = plane + margin * stride;
    const bottom = plane + (margin + height - 1) * stride;
    for (let y = 0; y < margin; y++) {
      memory.copy(plane + y * stride, top, stride);
      memory.copy(bottom + (y + 1) * stride, bottom, stride);
    }
  }
}

/** The samples of a picture whose split luma is known; see {@link samplesOf}. */
export function samplesOfSplit(split: usize, margin: i32, from: i32, odd: i32, columns: i32, rows: i32, stride: i32, out: usize): void {
  for (let row = 0; row < rows; row++) {
    const at = split + (row & 1) * odd + (margin + 2 * row) * from + (margin >> 1);
    memory.copy(out + row * stride, at, columns);
  }
}

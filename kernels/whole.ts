// Where in the picture before the whole of the present one is found, by means over squares of 8 x 8 pixels.
const SIDE: i32 = 4;
const COARSE: i32 = 8;
const RANGE_X: i32 = 8;
const RANGE_Y: i32 = 4;
const ROW_STEP: i32 = 2;
/** The difference of planes that do not meet. */
const UNMET: f64 = 9007199254740991;

let width: i32 = 0;
let height: i32 = 0;

/** Means over squares of 4 x 4 samples. */
function coarsePlane(samples: usize, stride: i32, out: usize): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let v = 0; v < SIDE; v++) {
        const from = samples + (y * SIDE + v) * stride + x * SIDE;
        sum += <i32>load<u8>(from) + <i32>load<u8>(from, 1) + <i32>load<u8>(from, 2) + <i32>load<u8>(from, 3);
      }
      store<u8>(out + y * width + x, <u8>(sum >> 4));
    }
  }
}

/** Sum of the differences of `count` bytes. Reads up to 15 beyond. */
// @ts-ignore: decorator
@inline
function differenceOfLine(a: usize, b: usize, count: i32): i32 {
  let lanes = i32x4.splat(0);
  let i = 0;
  for (; i + 16 <= count; i += 16) {
    const one = v128.load(a + i);
    const other = v128.load(b + i);
    const difference = v128.or(i8x16.sub_sat_u(one, other), i8x16.sub_sat_u(other, one));
    lanes = i32x4.add(lanes, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(difference)));
  }
  let sum = i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) + i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3);
  for (; i < count; i++) sum += abs(<i32>load<u8>(a + i) - <i32>load<u8>(b + i));
  return sum;
}

/** Mean difference, times 256, where the second plane, moved by (dx, dy), covers the first. */
function difference(a: usize, b: usize, dx: i32, dy: i32, limit: f64): f64 {
  const left = max(0, -dx);
  const right = min(width, width - dx);
  const top = max(0, -dy);
  const bottom = min(height, height - dy);
  if (right <= left || bottom <= top) return UNMET;
  const count = <f64>((right - left) * ((bottom - top + ROW_STEP - 1) / ROW_STEP));
  const mostSum = (limit * count) / 256;
  let sum = 0;
  for (let y = top; y < bottom && <f64>sum <= mostSum; y += ROW_STEP) {
    sum += differenceOfLine(a + y * width + left, b + (y + dy) * width + left + dx, right - left);
  }
  return (256 * <f64>sum) / count;
}

/** The motion found: dx in the lower half of the number, dy in the upper, in pixels. */
export function wholeMotion(samples: usize, columns: i32, rows: i32, stride: i32, before: usize, scratch: usize): i32 {
  width = columns / SIDE;
  height = rows / SIDE;
  const a = scratch;
  const b = scratch + width * height + 16;
  coarsePlane(samples, stride, a);
  coarsePlane(before, stride, b);
  let best = difference(a, b, 0, 0, UNMET);
  let foundX = 0;
  let foundY = 0;
  for (let dy = -RANGE_Y; dy <= RANGE_Y; dy++) {
    for (let dx = -RANGE_X; dx <= RANGE_X; dx++) {
      const distance = <f64>(abs(dx) + abs(dy));
      const moved = difference(a, b, dx, dy, best - distance) + distance;
      if (moved < best) {
        best = moved;
        foundX = dx;
        foundY = dy;
      }
    }
  }
  return ((foundY * COARSE) << 16) | ((foundX * COARSE) & 0xffff);
}

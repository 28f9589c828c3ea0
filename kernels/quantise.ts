const MAX_SYMBOL: i32 = 32767;

/** Of two doubles the nearest whole numbers, halves upwards, in the lower lanes; what is not a number is 0. */
// @ts-ignore: decorator
@inline
function nearest(scaled: v128): v128 {
  const half = f64x2.splat(0.5);
  const rounded = f64x2.floor(f64x2.add(scaled, half));
  // The sum of a half and the double just below one is 1.
  return i32x4.trunc_sat_f64x2_s_zero(v128.bitselect(f64x2.min(rounded, f64x2.splat(0)), rounded, f64x2.lt(scaled, half)));
}

/** The latents of one channel as multiples of its step. Reads and writes up to three beyond `count`. */
export function quantiseLatents(latents: usize, count: i32, step: f64, symbols: usize): void {
  const inverse = f64x2.splat(1 / step);
  const most = i32x4.splat(MAX_SYMBOL);
  const least = i32x4.splat(-MAX_SYMBOL);
  for (let i = 0; i < count; i += 4) {
    const values = v128.load(latents + 4 * i);
    const upper = i8x16.shuffle(values, values, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
    const low = nearest(f64x2.mul(f64x2.promote_low_f32x4(values), inverse));
    const high = nearest(f64x2.mul(f64x2.promote_low_f32x4(upper), inverse));
    const both = i8x16.shuffle(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    v128.store(symbols + 4 * i, i32x4.max_s(i32x4.min_s(both, most), least));
  }
}

/** What the symbols of one channel stand for. Reads and writes up to three beyond `count`. */
export function dequantiseLatents(symbols: usize, count: i32, step: f32, latents: usize): void {
  const steps = f32x4.splat(step);
  for (let i = 0; i < count; i += 4) {
    v128.store(latents + 4 * i, f32x4.mul(f32x4.convert_i32x4_s(v128.load(symbols + 4 * i)), steps));
  }
}

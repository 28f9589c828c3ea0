/**
 * Sine and cosine from exact IEEE 754 operations alone, so that every engine renders the same bytes
 * (Math.sin differs in its last bit between V8 builds). Error below 1e-11 for arguments up to 1e5.
 */

const HALF_PI = 1.5707963267948966;

/** Two pi, one turn in radians. */
export const TURN = 6.283185307179586;

function sineOfSmall(x: number): number {
  const s = x * x;
  return x * (1 + s * (-1 / 6 + s * (1 / 120 + s * (-1 / 5040 + s * (1 / 362880 + s * (-1 / 39916800 + s / 6227020800))))));
}

function cosineOfSmall(x: number): number {
  const s = x * x;
  return 1 + s * (-1 / 2 + s * (1 / 24 + s * (-1 / 720 + s * (1 / 40320 + s * (-1 / 3628800 + s * (1 / 479001600 - s / 87178291200))))));
}

/** Sine of an angle in radians. */
export function sine(angle: number): number {
  const quarter = Math.round(angle / HALF_PI);
  const rest = angle - quarter * HALF_PI;
  switch (((quarter % 4) + 4) % 4) {
    case 0:
      return sineOfSmall(rest);
    case 1:
      return cosineOfSmall(rest);
    case 2:
      return -sineOfSmall(rest);
    default:
      return -cosineOfSmall(rest);
  }
}

/** Cosine of an angle in radians. */
export function cosine(angle: number): number {
  return sine(angle + HALF_PI);
}

/**
 * Deterministic random numbers: the same seed gives the same numbers in every engine, today and later.
 *
 * Only integer operations and the four exact IEEE 754 operations (and square root) are used, never
 * Math.log or Math.sin, whose last bit differs between engines.
 */

/** A stream of random numbers that a seed fixes. Not for secrets. */
export interface Random {
  /** A uniform number in [0, 1) with 53 random bits. */
  next(): number;
  /** A uniform unsigned 32-bit integer. */
  nextUint32(): number;
  /** A uniform integer in [0, endExclusive); `endExclusive` is 1 to 2^32. */
  nextInt(endExclusive: number): number;
  /** A standard normal number (mean 0, standard deviation 1), Marsaglia's polar method. */
  normal(): number;
  /** A stream of its own, fixed by this stream's seed and the label, whatever was drawn before. */
  fork(label: number): Random;
}

const TWO_POW_32 = 4294967296;
const LN_2 = 0.6931471805599453;
const SQRT_HALF = 0.7071067811865476;

/** One step of splitmix32, which spreads a seed over the state (G. Steele et al., 2014; 32-bit form). */
function splitMix32(state: number): number {
  let mixed = (state + 0x9e3779b9) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/**
 * Natural logarithm of a number in (0, 1], from exact operations alone: the argument is scaled into
 * [sqrt(1/2), sqrt(2)), then ln m = 2 artanh((m - 1) / (m + 1)). Error below 1e-15 relative to 1.
 */
export function exactLn(value: number): number {
  let mantissa = value;
  let exponent = 0;
  while (mantissa < SQRT_HALF) {
    mantissa *= 2;
    exponent -= 1;
  }
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let sum = 0;
  for (let odd = 21; odd >= 1; odd -= 2) sum = sum * square + 1 / odd;
  return 2 * ratio * sum + exponent * LN_2;
}

/** Mixes a seed and a label into another seed, so that streams of one seed do not overlap. */
export function mixSeed(seed: number, label: number): number {
  return splitMix32(splitMix32(seed >>> 0) ^ Math.imul(label | 0, 0x85ebca6b));
}

/**
 * A seeded stream: xoshiro128** (D. Blackman and S. Vigna, 2018), state from splitmix32.
 *
 * @param seed any integer; its low 32 bits count.
 */
export function seededRandom(seed: number): Random {
  const origin = seed >>> 0;
  let a = splitMix32(origin);
  let b = splitMix32(a);
  let c = splitMix32(b);
  let d = splitMix32(c) | 1;
  let spare: number | null = null;

  function nextUint32(): number {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  }
  function next(): number {
    const high = nextUint32() >>> 5;
    const low = nextUint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }
  function nextInt(endExclusive: number): number {
    // Rejection keeps the numbers uniform; a modulo alone would favour the small ones.
    const limit = TWO_POW_32 - (TWO_POW_32 % endExclusive);
    let drawn = nextUint32();
    while (drawn >= limit) drawn = nextUint32();
    return drawn % endExclusive;
  }
  function normal(): number {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    for (;;) {
      const u = 2 * next() - 1;
      const v = 2 * next() - 1;
      const square = u * u + v * v;
      if (square > 0 && square < 1) {
        const scale = Math.sqrt((-2 * exactLn(square)) / square);
        spare = v * scale;
        return u * scale;
      }
    }
  }
  return {
    next,
    nextUint32,
    nextInt,
    normal,
    fork: (label) => seededRandom(mixSeed(origin, label)),
  };
}

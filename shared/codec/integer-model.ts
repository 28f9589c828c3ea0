import type { RangeDecoder, RangeEncoder } from "./range-coder";

const PROBABILITY_BITS = 12;
const HALF = 1 << (PROBABILITY_BITS - 1);
/** A probability moves by 1/16 of its error at each bit: it forgets in about 16 symbols. */
const ADAPTATION_SHIFT = 4;
const LENGTH_BITS = 5;
/** How many bits below the leading one are modelled; those below are coded as they are. */
const MODELLED_BITS = 2;

/** The largest magnitude that an {@link IntegerModel} codes: 2^24 - 1. */
export const MAX_CODED_MAGNITUDE = 16777215;

/** An adaptive model of signed integers; encoder and decoder keep one each, and both adapt alike. */
export interface IntegerModel {
  /** Codes a whole number of magnitude at most {@link MAX_CODED_MAGNITUDE}. */
  encode(encoder: RangeEncoder, value: number): void;
  decode(decoder: RangeDecoder): number;
}

function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}

/**
 * A number is folded to an unsigned one (0, -1, 1, -2, ...), its bit length coded with a tree of adaptive
 * bits, then the bits below the leading one.
 */
export function createIntegerModel(): IntegerModel {
  const lengths = new Uint16Array(1 << LENGTH_BITS).fill(HALF);
  const mantissas = new Uint16Array(32 << MODELLED_BITS).fill(HALF);

  function adapt(model: Uint16Array, index: number, bit: number): void {
    const p = model[index] ?? HALF;
    // p is the chance of 0; it stays in 31..4065, so no bit ever has an empty interval.
    model[index] = bit === 0 ? p + (((1 << PROBABILITY_BITS) - p) >> ADAPTATION_SHIFT) : p - (p >> ADAPTATION_SHIFT);
  }
  function encodeBit(encoder: RangeEncoder, model: Uint16Array, index: number, bit: number): void {
    const p = model[index] ?? HALF;
    if (bit === 0) encoder.encode(0, p, PROBABILITY_BITS);
    else encoder.encode(p, (1 << PROBABILITY_BITS) - p, PROBABILITY_BITS);
    adapt(model, index, bit);
  }
  function decodeBit(decoder: RangeDecoder, model: Uint16Array, index: number): number {
    const p = model[index] ?? HALF;
    const bit = decoder.peek(PROBABILITY_BITS) < p ? 0 : 1;
    if (bit === 0) decoder.take(0, p, PROBABILITY_BITS);
    else decoder.take(p, (1 << PROBABILITY_BITS) - p, PROBABILITY_BITS);
    adapt(model, index, bit);
    return bit;
  }
  return {
    encode: (encoder, value) => {
      const folded = value < 0 ? -2 * value - 1 : 2 * value;
      const length = bitLength(folded);
      let node = 1;
      for (let i = LENGTH_BITS - 1; i >= 0; i--) {
        const bit = (length >> i) & 1;
        encodeBit(encoder, lengths, node, bit);
        node = 2 * node + bit;
      }
      let rest = length - 1;
      let path = 1;
      while (rest > 0 && path < 1 << MODELLED_BITS) {
        rest--;
        const bit = (folded >>> rest) & 1;
        encodeBit(encoder, mantissas, (length << MODELLED_BITS) | path, bit);
        path = 2 * path + bit;
      }
      for (; rest > 0; rest -= Math.min(rest, 12)) {
        const count = Math.min(rest, 12);
        encoder.encodeBits(folded >>> (rest - count), count);
      }
    },
    decode: (decoder) => {
      let node = 1;
      for (let i = 0; i < LENGTH_BITS; i++) node = 2 * node + decodeBit(decoder, lengths, node);
      // Only lengths up to 25 are ever written; damage may read more, and must not overflow.
      const length = Math.min(25, node - (1 << LENGTH_BITS));
      if (length === 0) return 0;
      let folded = 1;
      let rest = length - 1;
      let path = 1;
      while (rest > 0 && path < 1 << MODELLED_BITS) {
        rest--;
        const bit = decodeBit(decoder, mantissas, (length << MODELLED_BITS) | path);
        path = 2 * path + bit;
        folded = 2 * folded + bit;
      }
      for (; rest > 0; rest -= Math.min(rest, 12)) {
        const count = Math.min(rest, 12);
        folded = folded * (1 << count) + decoder.decodeBits(count);
      }
      return (folded & 1) === 1 ? -((folded + 1) / 2) : folded / 2;
    },
  };
}

import { createRangeDecoder, createRangeEncoder, type RangeEncoder } from "./range-coder";

/**
 * Binary decisions with adaptive probabilities, written once for both directions: an encoder codes the bit
 * that it is given and returns it, a decoder ignores what it is given and returns the bit that was coded.
 */
export interface BitCoder {
  /** One decision in a context, whose probability moves towards it. */
  bit(contexts: BitContexts, index: number, bit: number): number;
  /** The low `count` bits of a value, each as likely 0 as 1; count 0 to 12. */
  bits(value: number, count: number): number;
}

/**
 * Probabilities that a bit is 0, in 1/65536, each as two estimates: one forgets in about 16 decisions, one in
 * about 128. The mean of the two is used (as in H.266, 9.3.4.3.2).
 */
export interface BitContexts {
  /** Of each context the quick estimate in the upper half of the number and the slow one in the lower. */
  readonly estimates: Uint32Array;
}

const QUICK_SHIFT = 4;
const SLOW_SHIFT = 7;
const PRECISION_BITS = 15;
const TOTAL = 1 << PRECISION_BITS;
const HALF = 32768;
const BOTH = 0x10001;
/** The least that either outcome is given of the total. */
const LEAST_SHARE = 32;

/** Contexts that begin at even odds, or at the given probabilities of 0 in 1/65536. */
export function createBitContexts(count: number, start?: Uint16Array): BitContexts {
  const estimates = new Uint32Array(count).fill(HALF * BOTH);
  if (start !== undefined) for (let index = 0; index < count; index++) estimates[index] = (start[index] ?? HALF) * BOTH;
  return { estimates };
}

/** A copy that moves by itself. */
export function copyBitContexts({ estimates }: BitContexts): BitContexts {
  return { estimates: estimates.slice() };
}

/** The slow estimates of all contexts, in 1/65536: what a recipe learns where to begin from. */
export function slowEstimates({ estimates }: BitContexts): Uint16Array {
  return Uint16Array.from(estimates, (both) => both & 0xffff);
}

/** The interval of a 0. */
function zeroShare(both: number): number {
  const share = ((both >>> 16) + (both & 0xffff)) >> 2;
  return share < LEAST_SHARE ? LEAST_SHARE : share > TOTAL - LEAST_SHARE ? TOTAL - LEAST_SHARE : share;
}

/** The estimates after a decision. */
function adapted(both: number, bit: number): number {
  const quick = both >>> 16;
  const slow = both & 0xffff;
  if (bit === 0) return ((quick + ((65535 - quick) >> QUICK_SHIFT)) << 16) | (slow + ((65535 - slow) >> SLOW_SHIFT));
  return ((quick - (quick >> QUICK_SHIFT)) << 16) | (slow - (slow >> SLOW_SHIFT));
}

/** A coder that writes. */
export interface BitEncoder extends BitCoder {
  /** Ends the stream and returns its bytes. */
  finish(): Uint8Array<ArrayBuffer>;
  /** What it writes with. */
  readonly encoder: RangeEncoder;
}

class RangeBitEncoder implements BitEncoder {
  readonly encoder = createRangeEncoder();

  bit({ estimates }: BitContexts, index: number, bit: number): number {
    const both = estimates[index] ?? 0;
    const share = zeroShare(both);
    if (bit === 0) this.encoder.encode(0, share, PRECISION_BITS);
    else this.encoder.encode(share, TOTAL - share, PRECISION_BITS);
    estimates[index] = adapted(both, bit);
    return bit;
  }

  bits(value: number, count: number): number {
    this.encoder.encodeBits(value, count);
    return value & ((1 << count) - 1);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.encoder.finish();
  }
}

/** Starts to write. */
export function createBitEncoder(): BitEncoder {
  return new RangeBitEncoder();
}

class RangeBitDecoder implements BitCoder {
  private readonly decoder;

  constructor(bytes: Uint8Array) {
    this.decoder = createRangeDecoder(bytes);
  }

  bit({ estimates }: BitContexts, index: number): number {
    const both = estimates[index] ?? 0;
    const share = zeroShare(both);
    const bit = this.decoder.isAtLeast(share, PRECISION_BITS) ? 1 : 0;
    if (bit === 0) this.decoder.take(0, share, PRECISION_BITS);
    else this.decoder.take(share, TOTAL - share, PRECISION_BITS);
    estimates[index] = adapted(both, bit);
    return bit;
  }

  bits(_value: number, count: number): number {
    return this.decoder.decodeBits(count);
  }
}

/** Starts to read. Wrong bytes give wrong bits, never an exception; beyond the end it reads zeros. */
export function createBitDecoder(bytes: Uint8Array): BitCoder {
  return new RangeBitDecoder(bytes);
}

const LENGTHS = 24;
/** How many contexts one kind of number takes: zero, sign, lengths, the bit below the leading one. */
export const NUMBER_CONTEXTS = 2 + 2 * LENGTHS;
/** The largest magnitude of a number that {@link codeNumber} takes. */
export const MAX_NUMBER = (1 << LENGTHS) - 1;

/**
 * Codes a whole number of magnitude at most MAX_NUMBER: whether it is 0, its sign, the length of its magnitude
 * bit by bit, the bit below the leading one, the rest as it is.
 *
 * @param base the first of its NUMBER_CONTEXTS contexts.
 */
export function codeNumber(coder: BitCoder, contexts: BitContexts, base: number, value: number): number {
  if (coder.bit(contexts, base, value === 0 ? 0 : 1) === 0) return 0;
  const negative = coder.bit(contexts, base + 1, value < 0 ? 1 : 0);
  const magnitude = Math.abs(value);
  const wanted = 32 - Math.clz32(magnitude);
  let length = 1;
  while (length < LENGTHS && coder.bit(contexts, base + 1 + length, wanted > length ? 1 : 0) === 1) length++;
  let decoded = 1;
  let rest = length - 1;
  if (rest > 0) {
    rest--;
    decoded = 2 + coder.bit(contexts, base + 1 + LENGTHS + length, (magnitude >>> rest) & 1);
  }
  while (rest > 0) {
    const count = Math.min(rest, 12);
    rest -= count;
    decoded = decoded * (1 << count) + coder.bits(magnitude >>> rest, count);
  }
  return negative === 1 ? -decoded : decoded;
}

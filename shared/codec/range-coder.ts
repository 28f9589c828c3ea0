/**
 * An integer range coder (G. N. N. Martin, 1979) with carry propagation: 32-bit range, whole numbers
 * below 2^53 throughout, so that every engine writes and reads the same bytes.
 */

const TWO_POW_32 = 4294967296;
const RENORMALISE_BELOW = 1 << 24;
/** The most bits of precision that a symbol's frequencies may have. */
export const MAX_PRECISION_BITS = 16;

/** Turns symbols, given as intervals of a frequency total, into bytes. */
export interface RangeEncoder {
  /**
   * Codes the interval [start, start + frequency) of a total of 2^precisionBits.
   *
   * @param frequency at least 1; start + frequency at most 2^precisionBits.
   * @param precisionBits 1 to 16.
   */
  encode(start: number, frequency: number, precisionBits: number): void;
  /** Codes the low `count` bits of a value as they are; count 0 to 16. */
  encodeBits(value: number, count: number): void;
  /** Ends the stream and returns its bytes, without trailing zeros (the decoder reads zeros beyond the end). */
  finish(): Uint8Array<ArrayBuffer>;
}

/** Starts an encoder. */
export function createRangeEncoder(): RangeEncoder {
  let bytes = new Uint8Array(4096);
  let length = 0;
  let low = 0;
  let range = 0xffffffff;
  // A byte is held back until it is known whether a carry reaches it, and so are the 255s behind it. The
  // first byte held is a zero in front of the stream, which no carry reaches; it is cut off at the end.
  let held = 0;
  let fullBytes = 0;

  function put(byte: number): void {
    if (length === bytes.length) {
      const grown = new Uint8Array(bytes.length * 2);
      grown.set(bytes);
      bytes = grown;
    }
    bytes[length++] = byte & 255;
  }
  function shiftLow(): void {
    if (low < 0xff000000 || low >= TWO_POW_32) {
      const carry = low >= TWO_POW_32 ? 1 : 0;
      put(held + carry);
      for (; fullBytes > 0; fullBytes--) put(255 + carry);
      held = Math.floor(low / RENORMALISE_BELOW) & 255;
    } else {
      fullBytes++;
    }
    low = (low % RENORMALISE_BELOW) * 256;
  }
  function encode(start: number, frequency: number, precisionBits: number): void {
    const unit = range >>> precisionBits;
    low += unit * start;
    range = unit * frequency;
    while (range < RENORMALISE_BELOW) {
      range *= 256;
      shiftLow();
    }
  }
  return {
    encode,
    encodeBits: (value, count) => {
      if (count > 0) encode(value & ((1 << count) - 1), 1, count);
    },
    finish: () => {
      // Any number in [low, low + range) decodes the same: take the one that ends in most zeros.
      low = Math.ceil(low / RENORMALISE_BELOW) * RENORMALISE_BELOW;
      for (let i = 0; i < 5; i++) shiftLow();
      let end = length;
      while (end > 1 && bytes[end - 1] === 0) end--;
      return bytes.slice(1, end);
    },
  };
}

/** Reads symbols back. Wrong bytes give wrong symbols, never an exception and never an endless read. */
export interface RangeDecoder {
  /** Where in the total of 2^precisionBits the next symbol's interval lies, 0 to 2^precisionBits - 1. */
  peek(precisionBits: number): number;
  /** Takes the interval that `peek` fell into; the same numbers as the encoder's `encode`. */
  take(start: number, frequency: number, precisionBits: number): void;
  /** Reads `count` bits written by `encodeBits`; count 0 to 16. */
  decodeBits(count: number): number;
}

/** Starts a decoder over bytes. */
export function createRangeDecoder(bytes: Uint8Array): RangeDecoder {
  let at = 0;
  let code = 0;
  let range = 0xffffffff;
  function nextByte(): number {
    const byte = at < bytes.length ? (bytes[at] ?? 0) : 0;
    at++;
    return byte;
  }
  for (let i = 0; i < 4; i++) code = code * 256 + nextByte();

  function peek(precisionBits: number): number {
    const slot = Math.floor(code / (range >>> precisionBits));
    const last = (1 << precisionBits) - 1;
    return slot > last ? last : slot;
  }
  function take(start: number, frequency: number, precisionBits: number): void {
    const unit = range >>> precisionBits;
    code -= unit * start;
    range = unit * frequency;
    while (range < RENORMALISE_BELOW) {
      // Damaged bytes can leave code at or above range; the remainder keeps it a 32-bit number.
      code = (code * 256 + nextByte()) % TWO_POW_32;
      range *= 256;
    }
  }
  return {
    peek,
    take,
    decodeBits: (count) => {
      if (count === 0) return 0;
      const value = peek(count);
      take(value, 1, count);
      return value;
    },
  };
}

/**
 * An integer range coder (G. N. N. Martin, 1979) with carry propagation and a 32-bit range. Its state lies in
 * typed arrays of 32-bit numbers, where every engine computes the same and none has to allocate.
 */

const RENORMALISE_BELOW = 1 << 24;
/** From here on a carry may still come: the byte is held back. */
const FULL_BYTE = 0xff000000;
const LARGEST = 0xffffffff;
/** The most bits of precision that a symbol's frequencies may have. */
export const MAX_PRECISION_BITS = 16;

// Places in the state of an encoder.
const LOW = 0;
const RANGE = 1;
const CARRY = 2;
// A byte is held back until it is known whether a carry reaches it, and so are the 255s behind it. The first
// byte held is a zero in front of the stream, which no carry reaches; it is cut off at the end.
const HELD = 3;
const FULL_BYTES = 4;

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
  /** Low, range, carry, byte held and full bytes behind it: what a coder that goes on elsewhere takes and leaves. */
  readonly state: Uint32Array;
  /** Takes up bytes that were coded elsewhere. */
  append(coded: Uint8Array): void;
}

class ByteRangeEncoder implements RangeEncoder {
  readonly state = Uint32Array.of(0, LARGEST, 0, 0, 0);
  private bytes = new Uint8Array(4096);
  private length = 0;

  encode(start: number, frequency: number, precisionBits: number): void {
    const { state } = this;
    const unit = (state[RANGE] ?? 0) >>> precisionBits;
    const before = state[LOW] ?? 0;
    const low = (before + Math.imul(unit, start)) >>> 0;
    if (low < before) state[CARRY] = 1;
    state[LOW] = low;
    let range = Math.imul(unit, frequency) >>> 0;
    while (range < RENORMALISE_BELOW) {
      range = (range << 8) >>> 0;
      this.shiftLow();
    }
    state[RANGE] = range;
  }

  encodeBits(value: number, count: number): void {
    if (count > 0) this.encode(value & ((1 << count) - 1), 1, count);
  }

  finish(): Uint8Array<ArrayBuffer> {
    const { state } = this;
    // Any number in [low, low + range) decodes the same: take the one that ends in most zeros.
    const low = state[LOW] ?? 0;
    if (low % RENORMALISE_BELOW !== 0) {
      if (low >= FULL_BYTE) state[CARRY] = 1;
      state[LOW] = ((low >>> 24) + 1) << 24;
    }
    for (let i = 0; i < 5; i++) this.shiftLow();
    let end = this.length;
    while (end > 1 && this.bytes[end - 1] === 0) end--;
    return this.bytes.slice(1, end);
  }

  private shiftLow(): void {
    const { state } = this;
    const low = state[LOW] ?? 0;
    const carry = state[CARRY] ?? 0;
    if (low < FULL_BYTE || carry === 1) {
      this.put((state[HELD] ?? 0) + carry);
      for (let left = state[FULL_BYTES] ?? 0; left > 0; left--) this.put(255 + carry);
      state[FULL_BYTES] = 0;
      state[HELD] = low >>> 24;
      state[CARRY] = 0;
    } else {
      state[FULL_BYTES] = (state[FULL_BYTES] ?? 0) + 1;
    }
    state[LOW] = low << 8;
  }

  append(coded: Uint8Array): void {
    this.makeRoom(coded.length);
    this.bytes.set(coded, this.length);
    this.length += coded.length;
  }

  private put(byte: number): void {
    this.makeRoom(1);
    this.bytes[this.length++] = byte;
  }

  private makeRoom(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(2 * this.bytes.length + count);
    grown.set(this.bytes);
    this.bytes = grown;
  }
}

/** Starts an encoder. */
export function createRangeEncoder(): RangeEncoder {
  return new ByteRangeEncoder();
}

/** Reads symbols back. Wrong bytes give wrong symbols, never an exception and never an endless read. */
export interface RangeDecoder {
  /** Where in the total of 2^precisionBits the next symbol's interval lies, 0 to 2^precisionBits - 1. */
  peek(precisionBits: number): number;
  /** Whether the next symbol's interval lies at `share` of a total of 2^precisionBits or above; 1 to 2^precisionBits - 1. */
  isAtLeast(share: number, precisionBits: number): boolean;
  /** Takes the interval that `peek` fell into; the same numbers as the encoder's `encode`. */
  take(start: number, frequency: number, precisionBits: number): void;
  /** Reads `count` bits written by `encodeBits`; count 0 to 16. */
  decodeBits(count: number): number;
}

class ByteRangeDecoder implements RangeDecoder {
  private readonly state = Uint32Array.of(0, LARGEST);
  private at = 4;

  constructor(private readonly bytes: Uint8Array) {
    for (let i = 0; i < 4; i++) this.state[LOW] = ((this.state[LOW] ?? 0) << 8) | (i < bytes.length ? (bytes[i] ?? 0) : 0);
  }

  peek(precisionBits: number): number {
    const slot = Math.floor((this.state[LOW] ?? 0) / ((this.state[RANGE] ?? 0) >>> precisionBits));
    const last = (1 << precisionBits) - 1;
    return slot > last ? last : slot;
  }

  isAtLeast(share: number, precisionBits: number): boolean {
    return (this.state[LOW] ?? 0) >= Math.imul((this.state[RANGE] ?? 0) >>> precisionBits, share) >>> 0;
  }

  take(start: number, frequency: number, precisionBits: number): void {
    const { state, bytes } = this;
    const unit = (state[RANGE] ?? 0) >>> precisionBits;
    // Damaged bytes can leave the code at or above the range; it stays a 32-bit number.
    let code = ((state[LOW] ?? 0) - Math.imul(unit, start)) >>> 0;
    let range = Math.imul(unit, frequency) >>> 0;
    while (range < RENORMALISE_BELOW) {
      code = ((code << 8) | (this.at < bytes.length ? (bytes[this.at] ?? 0) : 0)) >>> 0;
      this.at++;
      range = (range << 8) >>> 0;
    }
    state[LOW] = code;
    state[RANGE] = range;
  }

  decodeBits(count: number): number {
    if (count === 0) return 0;
    const value = this.peek(count);
    this.take(value, 1, count);
    return value;
  }
}

/** Starts a decoder over bytes. */
export function createRangeDecoder(bytes: Uint8Array): RangeDecoder {
  return new ByteRangeDecoder(bytes);
}

// The range coder and its adaptive bits: shared/codec/range-coder.ts and bit-coder.ts say what they do.
const RENORMALISE_BELOW: u32 = 1 << 24;
const FULL_BYTE: u32 = 0xff000000;
const PRECISION_BITS: u32 = 15;
const TOTAL: u32 = 1 << PRECISION_BITS;
const LEAST_SHARE: u32 = 32;
const QUICK_SHIFT: u32 = 4;
const SLOW_SHIFT: u32 = 7;

/** Five numbers, as the coder in TypeScript keeps them: low, range, carry, byte held, full bytes behind it. */
export const coderState: usize = memory.data(20);

let low: u32 = 0;
let range: u32 = 0;
let out: usize = 0;
let contexts: usize = 0;

/** Takes up the state; bytes go to `to`, estimates are at `estimates`. */
export function resume(to: usize, estimates: usize): void {
  low = load<u32>(coderState);
  range = load<u32>(coderState, 4);
  out = to;
  contexts = estimates;
}

/** Leaves the state, and returns where the next byte would go. */
export function suspend(): usize {
  store<u32>(coderState, low);
  store<u32>(coderState, range, 4);
  return out;
}

function shiftLow(): void {
  const carry = load<u32>(coderState, 8);
  if (low < FULL_BYTE || carry == 1) {
    store<u8>(out++, <u8>(load<u32>(coderState, 12) + carry));
    for (let left = load<u32>(coderState, 16); left > 0; left--) store<u8>(out++, <u8>(255 + carry));
    store<u32>(coderState, 0, 16);
    store<u32>(coderState, low >>> 24, 12);
    store<u32>(coderState, 0, 8);
  } else {
    store<u32>(coderState, load<u32>(coderState, 16) + 1, 16);
  }
  low <<= 8;
}

// @ts-ignore: decorator
@inline
function put(start: u32, frequency: u32, bits: u32): void {
  const unit = range >>> bits;
  const next = low + unit * start;
  if (next < low) store<u32>(coderState, 1, 8);
  low = next;
  range = unit * frequency;
  while (range < RENORMALISE_BELOW) {
    range <<= 8;
    shiftLow();
  }
}

/** One decision in a context, whose probability moves towards it. */
export function putBit(index: i32, bit: bool): void {
  const at = contexts + 4 * index;
  const both = load<u32>(at);
  const quick = both >>> 16;
  const slow = both & 0xffff;
  const share = max<u32>(LEAST_SHARE, min<u32>(TOTAL - LEAST_SHARE, (quick + slow) >>> 2));
  if (bit) {
    put(share, TOTAL - share, PRECISION_BITS);
    store<u32>(at, ((quick - (quick >>> QUICK_SHIFT)) << 16) | (slow - (slow >>> SLOW_SHIFT)));
  } else {
    put(0, share, PRECISION_BITS);
    store<u32>(at, ((quick + ((65535 - quick) >>> QUICK_SHIFT)) << 16) | (slow + ((65535 - slow) >>> SLOW_SHIFT)));
  }
}

/** The low `count` bits of a value as they are; 1 to 12. */
export function putBits(value: u32, count: u32): void {
  put(value & ((1 << count) - 1), 1, count);
}

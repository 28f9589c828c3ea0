import { MODULE_BASE64 } from "./module";

/**
 * The codec's inner loops in WebAssembly, with four to sixteen numbers at a time (`kernels/`). They compute in whole
 * numbers, and in floating point only what IEEE 754 fixes, so that every machine gets the same.
 *
 * All pictures share one memory: whoever uses it takes places, fills them, computes and copies the result out
 * without waiting for anything in between.
 */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly coderState: { readonly value: number };
  scratchBytes(width: number, height: number): number;
  searchVectors(current: number, reference: number, width: number, height: number, guess: number, vectors: number, scratch: number): void;
  moveBlocks(reference: number, width: number, height: number, vectors: number, out: number): void;
  quantiseLatents(latents: number, count: number, step: number, symbols: number): void;
  dequantiseLatents(symbols: number, count: number, step: number, latents: number): void;
  beginLatents(
    latents: number,
    predictionBits: number,
    columns: number,
    rows: number,
    weights: number,
    bounds: number,
    contexts: number,
    symbols: number,
    values: number,
    magnitudes: number,
    sums: number,
    moved: number,
    magnitudesBefore: number,
    sumsBefore: number,
  ): void;
  encodeRow(row: number, to: number): number;
}

/** The part of WebAssembly's interface that is used; the layer's own libraries have none of it. */
interface Host {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: unknown };
  };
}

const PAGE = 65536;
/** The kernels' own constants lie below. */
const FIRST_PLACE = PAGE;
/** Behind every place: what is read beyond the end of a line. */
const SLACK = 64;
/** A memory that a large picture has made larger than this is not kept: memory of this kind never shrinks. */
const MOST_KEPT_BYTES = 32 << 20;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function bytesOfBase64(text: string): Uint8Array {
  const digits = text.replace(/=+$/, "");
  const bytes = new Uint8Array((digits.length * 3) >> 2);
  let held = 0;
  for (let i = 0, at = 0; i < digits.length; i++) {
    held = (held << 6) | ALPHABET.indexOf(digits.charAt(i));
    if ((i & 3) > 0) bytes[at++] = held >>> (6 - 2 * (i & 3));
  }
  return bytes;
}

let compiled: object | null = null;
let kept: Kernels | null = null;

function instance(): Kernels {
  if (kept !== null) return kept;
  const { WebAssembly } = globalThis as unknown as Host;
  compiled ??= new WebAssembly.Module(bytesOfBase64(MODULE_BASE64));
  kept = new WebAssembly.Instance(compiled).exports as Kernels;
  return kept;
}

/**
 * Gives a computation the kernels and a place in their memory for each of its parts.
 *
 * @param sizes bytes of each part.
 * @param compute gets the places in the same order, multiples of 16. They hold whatever was there before.
 */
export function withKernels<R>(sizes: readonly number[], compute: (kernels: Kernels, places: readonly number[]) => R): R {
  const kernels = instance();
  const places: number[] = [];
  let end = FIRST_PLACE;
  for (const size of sizes) {
    places.push(end);
    end = (end + size + SLACK + 15) & -16;
  }
  const missing = end - kernels.memory.buffer.byteLength;
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / PAGE));
  try {
    return compute(kernels, places);
  } finally {
    if (kernels.memory.buffer.byteLength > MOST_KEPT_BYTES) kept = null;
  }
}

import { METRICS } from "../fleet/sample";
import { packColumns, unpackColumns } from "./column";

/** What is kept of a sample, but for its node and its origin. Times are Unix ms; NaN is what the node did not report. */
export const SAMPLE_COLUMNS = [
  "atMs",
  ...METRICS,
  "sentAtMs",
  "sequence",
  "compressionLevel",
  "bytesIn",
  "bytesOut",
] as const;

/** One of {@link SAMPLE_COLUMNS}. `atMs` is this machine's clock at arrival. */
export type SampleColumn = (typeof SAMPLE_COLUMNS)[number];

/** Samples by column, in the order in which they arrived. */
export interface SampleColumns {
  readonly length: number;
  /** What each sample came from, by number: version, dialect, vertical. */
  readonly origin: Float64Array;
  readonly columns: Readonly<Record<SampleColumn, Float64Array>>;
}

const RATIO = SAMPLE_COLUMNS.indexOf("compressionRatio");
const NOTHING = new Float64Array(0);

/** Columns of so many samples, to be filled. */
export function emptyColumns(length: number): SampleColumns {
  const columns = Object.fromEntries(SAMPLE_COLUMNS.map((name) => [name, new Float64Array(length)]));
  return { length, origin: new Float64Array(length), columns: columns as Record<SampleColumn, Float64Array> };
}

/** A node that counts its own bytes reports their quotient as its ratio: that need not be kept twice. */
function isQuotient({ columns, length }: SampleColumns): boolean {
  const { compressionRatio, bytesIn, bytesOut } = columns;
  for (let index = 0; index < length; index += 1) {
    if (!Object.is((bytesIn[index] ?? 0) / (bytesOut[index] ?? 0), compressionRatio[index])) return false;
  }
  return length > 0;
}

/** Packs samples of one node. */
export function packSamples(samples: SampleColumns): Uint8Array {
  const derived = isQuotient(samples);
  const columns = SAMPLE_COLUMNS.map((name, index) => (derived && index === RATIO ? new Float64Array(samples.length).fill(Number.NaN) : samples.columns[name]));
  const packed = packColumns([samples.origin, ...columns]);
  const bytes = new Uint8Array(packed.length + 1);
  bytes[0] = derived ? 1 : 0;
  bytes.set(packed, 1);
  return bytes;
}

/** Unpacks samples. @throws RangeError where the bytes are not what {@link packSamples} gave. */
export function unpackSamples(bytes: Uint8Array): SampleColumns {
  const [origin = NOTHING, ...read] = unpackColumns(bytes.subarray(1));
  const columns = Object.fromEntries(SAMPLE_COLUMNS.map((name, index) => [name, read[index] ?? NOTHING])) as Record<SampleColumn, Float64Array>;
  if (bytes[0] === 1) {
    const { bytesIn, bytesOut } = columns;
    columns.compressionRatio = bytesIn.map((value, index) => value / (bytesOut[index] ?? 0));
  }
  return { length: origin.length, origin, columns };
}

/** The samples with `fromMs` <= time <= `toMs`, in their order. */
export function samplesBetween(samples: SampleColumns, fromMs: number, toMs: number): SampleColumns {
  const { atMs } = samples.columns;
  const kept: number[] = [];
  for (let index = 0; index < samples.length; index += 1) {
    const timeMs = atMs[index] ?? Number.NaN;
    if (timeMs >= fromMs && timeMs <= toMs) kept.push(index);
  }
  return kept.length === samples.length ? samples : picked(samples, kept);
}

function picked(samples: SampleColumns, indices: readonly number[]): SampleColumns {
  const chosen = emptyColumns(indices.length);
  for (const [row, index] of indices.entries()) {
    chosen.origin[row] = samples.origin[index] ?? 0;
    for (const name of SAMPLE_COLUMNS) chosen.columns[name][row] = samples.columns[name][index] ?? Number.NaN;
  }
  return chosen;
}

/** Samples one after the other. */
export function joinSamples(parts: readonly SampleColumns[]): SampleColumns {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const joined = emptyColumns(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const { origin, columns, length } of parts) {
    joined.origin.set(origin, at);
    for (const name of SAMPLE_COLUMNS) joined.columns[name].set(columns[name], at);
    at += length;
  }
  return joined;
}

/** Samples in the order of their times; those of the same time keep their order. The clock may have been set back. */
export function inTimeOrder(samples: SampleColumns): SampleColumns {
  const { atMs } = samples.columns;
  let isOrdered = true;
  for (let index = 1; index < samples.length && isOrdered; index += 1) isOrdered = (atMs[index] ?? 0) >= (atMs[index - 1] ?? 0);
  if (isOrdered) return samples;
  const indices = Array.from({ length: samples.length }, (_, index) => index);
  return picked(samples, indices.sort((one, other) => (atMs[one] ?? 0) - (atMs[other] ?? 0)));
}

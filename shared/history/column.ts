/**
 * One column of numbers as bytes that a general compressor can do something with, and back, to the bit. NaN stays NaN
 * (which NaN is not kept); minus zero stays minus zero.
 *
 * Each column takes the narrowest form that loses nothing: nothing at all where every value is missing, one number
 * where all are the same, whole numbers of a decimal or binary scale (the values themselves or their differences, less
 * the smallest), 32-bit floats, else the doubles. Bytes of the same weight stand together, so that exponents and high
 * digits, which hardly change, are runs. The idea of the scale is that of ALP (A. Afroozeh et al., SIGMOD 2024), that
 * of the planes Blosc's shuffle filter.
 */

const KINDS = { missing: 0, constant: 1, whole: 2, single: 3, double: 4 } as const;
/** Set in the kind where some values are missing: a bit for each value follows. */
const HAS_MASK = 0x80;
/** Scales that are tried in this order: steps of 1, 0.1, ... and of 2^-12 ms, the last digit of a Unix time in a double. */
const SCALES = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 4_096] as const;
/** Up to here a double holds every whole number. */
const GREATEST_WHOLE = 2 ** 53;
const LOW = 2 ** 32;

/** Whole numbers and how they were scaled; null where no scale gives every value back. */
interface Scaled {
  readonly scale: number;
  readonly values: Float64Array;
}

/** Bytes that grow. */
class ByteWriter {
  private bytes = new Uint8Array(1_024);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  byte(value: number): void {
    const at = this.take(1);
    this.view.setUint8(at, value);
  }

  word(value: number): void {
    const at = this.take(4);
    this.view.setUint32(at, value, true);
  }

  double(value: number): void {
    const at = this.take(8);
    this.view.setFloat64(at, value, true);
  }

  /** Room for bytes that the caller fills before anything else is written. */
  room(size: number): Uint8Array {
    const at = this.take(size);
    return this.bytes.subarray(at, at + size).fill(0);
  }

  done(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private take(size: number): number {
    const at = this.length;
    this.length += size;
    if (this.length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.length, 2 * this.bytes.length));
      grown.set(this.bytes);
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    return at;
  }
}

/** Reads what {@link ByteWriter} wrote. Throws a RangeError beyond the end: the bytes are not what was written. */
class ByteReader {
  private readonly view: DataView;
  at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  byte(): number {
    return this.view.getUint8(this.take(1));
  }

  word(): number {
    return this.view.getUint32(this.take(4), true);
  }

  double(): number {
    return this.view.getFloat64(this.take(8), true);
  }

  room(size: number): Uint8Array {
    const at = this.take(size);
    return this.bytes.subarray(at, at + size);
  }

  private take(size: number): number {
    const at = this.at;
    this.at += size;
    if (this.at > this.bytes.length) throw new RangeError(`a column ends after ${this.bytes.length} bytes`);
    return at;
  }
}

function scaledBy(values: Float64Array, scale: number): Float64Array | null {
  const whole = new Float64Array(values.length);
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    const rounded = Math.round(value * scale);
    if (!(Math.abs(rounded) < GREATEST_WHOLE) || rounded / scale !== value || Object.is(value, -0)) return null;
    whole[index] = rounded;
  }
  return whole;
}

function scaled(values: Float64Array): Scaled | null {
  for (const scale of SCALES) {
    const whole = scaledBy(values, scale);
    if (whole !== null) return { scale, values: whole };
  }
  return null;
}

function differences(values: Float64Array): Float64Array {
  const found = new Float64Array(Math.max(0, values.length - 1));
  for (let index = 0; index < found.length; index += 1) found[index] = (values[index + 1] ?? 0) - (values[index] ?? 0);
  return found;
}

/** The smallest of some whole numbers, and how many bytes each of them needs above it; Infinity where that is not exact. */
function boundsOf(values: Float64Array): { readonly least: number; readonly width: number } {
  let least = values[0] ?? 0;
  let greatest = least;
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  if (least <= -GREATEST_WHOLE || greatest >= GREATEST_WHOLE || greatest - least >= GREATEST_WHOLE) return { least, width: Infinity };
  let width = 0;
  for (let room = 1; room <= greatest - least; room *= 256) width += 1;
  return { least, width };
}

function writePlanes(target: Uint8Array, values: Float64Array, least: number, width: number): void {
  const count = values.length;
  for (let index = 0; index < count; index += 1) {
    const above = (values[index] ?? 0) - least;
    const high = Math.floor(above / LOW);
    const low = above - high * LOW;
    for (let plane = 0; plane < width; plane += 1) {
      target[plane * count + index] = plane < 4 ? (low >>> (8 * plane)) & 255 : (high >>> (8 * (plane - 4))) & 255;
    }
  }
}

function readPlanes(source: Uint8Array, count: number, least: number, width: number): Float64Array {
  const values = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    let above = 0;
    for (let plane = width - 1; plane >= 0; plane -= 1) above = above * 256 + (source[plane * count + index] ?? 0);
    values[index] = least + above;
  }
  return values;
}

/** The bytes of numbers of a fixed size, those of the same weight together. */
function shuffle(target: Uint8Array, source: Uint8Array, size: number): void {
  const count = source.length / size;
  for (let index = 0; index < count; index += 1) {
    for (let plane = 0; plane < size; plane += 1) target[plane * count + index] = source[index * size + plane] ?? 0;
  }
}

function unshuffle(source: Uint8Array, size: number): Uint8Array {
  const count = source.length / size;
  const target = new Uint8Array(source.length);
  for (let index = 0; index < count; index += 1) {
    for (let plane = 0; plane < size; plane += 1) target[index * size + plane] = source[plane * count + index] ?? 0;
  }
  return target;
}

/** Little-endian bytes whatever this machine's own order is. */
function bytesOf(values: Float64Array, size: 4 | 8): Uint8Array {
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < values.length; index += 1) {
    if (size === 8) view.setFloat64(8 * index, values[index] ?? 0, true);
    else view.setFloat32(4 * index, values[index] ?? 0, true);
  }
  return bytes;
}

function writeWhole(writer: ByteWriter, { scale, values }: Scaled): void {
  const steps = differences(values);
  const plain = boundsOf(values);
  const stepped = boundsOf(steps);
  const isStepped = stepped.width < plain.width;
  const chosen = isStepped ? { ...stepped, values: steps } : { ...plain, values };
  writer.byte(KINDS.whole);
  writer.word(scale);
  writer.byte(isStepped ? 1 : 0);
  writer.byte(chosen.width);
  writer.double(chosen.least);
  if (isStepped) writer.double(values[0] ?? 0);
  writePlanes(writer.room(chosen.width * chosen.values.length), chosen.values, chosen.least, chosen.width);
}

function writeForm(writer: ByteWriter, values: Float64Array): void {
  const first = values[0] ?? 0;
  if (values.every((value) => Object.is(value, first))) {
    writer.byte(KINDS.constant);
    writer.double(first);
    return;
  }
  const isSingle = values.every((value) => Object.is(Math.fround(value), value));
  const whole = scaled(values);
  const wholeWidth = whole === null ? Infinity : Math.min(boundsOf(whole.values).width, boundsOf(differences(whole.values)).width);
  if (whole !== null && wholeWidth < (isSingle ? 4 : 8)) {
    writeWhole(writer, whole);
    return;
  }
  const size = isSingle ? 4 : 8;
  writer.byte(isSingle ? KINDS.single : KINDS.double);
  shuffle(writer.room(size * values.length), bytesOf(values, size), size);
}

function writeColumn(writer: ByteWriter, values: Float64Array): void {
  const present = values.filter((value) => !Number.isNaN(value));
  if (present.length === 0) {
    writer.byte(KINDS.missing);
    return;
  }
  if (present.length < values.length) {
    writer.byte(HAS_MASK);
    writer.word(present.length);
    const mask = writer.room(Math.ceil(values.length / 8));
    for (let index = 0; index < values.length; index += 1) {
      if (!Number.isNaN(values[index])) mask[index >> 3] = (mask[index >> 3] ?? 0) | (1 << (index & 7));
    }
  }
  writeForm(writer, present);
}

function readForm(reader: ByteReader, kind: number, count: number): Float64Array {
  switch (kind) {
    case KINDS.constant:
      return new Float64Array(count).fill(reader.double());
    case KINDS.whole:
      return readWhole(reader, count);
    case KINDS.single:
    case KINDS.double: {
      const size = kind === KINDS.single ? 4 : 8;
      const bytes = unshuffle(reader.room(size * count), size);
      const view = new DataView(bytes.buffer);
      const values = new Float64Array(count);
      for (let index = 0; index < count; index += 1) values[index] = size === 4 ? view.getFloat32(4 * index, true) : view.getFloat64(8 * index, true);
      return values;
    }
    default:
      throw new RangeError(`there is no column of kind ${kind}`);
  }
}

function readWhole(reader: ByteReader, count: number): Float64Array {
  const scale = reader.word();
  const isStepped = reader.byte() === 1;
  const width = reader.byte();
  const least = reader.double();
  const start = isStepped ? reader.double() : 0;
  const stored = isStepped ? count - 1 : count;
  const read = readPlanes(reader.room(width * stored), stored, least, width);
  if (!isStepped) return read.map((value) => value / scale);
  const values = new Float64Array(count);
  let value = start;
  for (let index = 0; index < count; index += 1) {
    if (index > 0) value += read[index - 1] ?? 0;
    values[index] = value / scale;
  }
  return values;
}

function readColumn(reader: ByteReader, count: number): Float64Array {
  const head = reader.byte();
  if (head === KINDS.missing) return new Float64Array(count).fill(Number.NaN);
  if (head !== HAS_MASK) return readForm(reader, head, count);
  const present = reader.word();
  const mask = reader.room(Math.ceil(count / 8));
  const values = readForm(reader, reader.byte(), present);
  const spread = new Float64Array(count).fill(Number.NaN);
  let next = 0;
  for (let index = 0; index < count; index += 1) {
    if (((mask[index >> 3] ?? 0) & (1 << (index & 7))) !== 0) spread[index] = values[next++] ?? Number.NaN;
  }
  return spread;
}

/** Packs columns of one length, in their order. Column n can be read without those before it. */
export function packColumns(columns: readonly Float64Array[]): Uint8Array {
  const writer = new ByteWriter();
  writer.word(columns[0]?.length ?? 0);
  writer.byte(columns.length);
  for (const column of columns) {
    const packed = new ByteWriter();
    writeColumn(packed, column);
    const bytes = packed.done();
    writer.word(bytes.length);
    writer.room(bytes.length).set(bytes);
  }
  return writer.done();
}

/**
 * Unpacks columns.
 * @param wanted indices of those that are wanted, in ascending order; absent: all.
 * @throws RangeError where the bytes are not what {@link packColumns} gave.
 */
export function unpackColumns(bytes: Uint8Array, wanted?: readonly number[]): readonly Float64Array[] {
  const reader = new ByteReader(bytes);
  const count = reader.word();
  const columns: Float64Array[] = [];
  const stored = reader.byte();
  for (let index = 0; index < stored; index += 1) {
    const packed = reader.room(reader.word());
    if (wanted === undefined || wanted.includes(index)) columns.push(readColumn(new ByteReader(packed), count));
  }
  return columns;
}

import { requireCapacity } from "./ring";

/** Rows of one allocation: at 2 Hz two minutes, so that a node seen briefly costs little. */
const ROWS_PER_CHUNK = 256;

/** Rows copied out of a {@link SeriesRing}, oldest first; every column is as long as `atMs`. */
export interface SeriesSlice<Column extends string> {
  /** Unix ms of each row. */
  readonly atMs: Float64Array<ArrayBuffer>;
  /** The values by column; NaN is a gap. */
  readonly columns: Readonly<Record<Column, Float64Array<ArrayBuffer>>>;
}

/**
 * The newest `capacity` rows of a time series with a fixed set of columns, in the order in which they
 * came; a new row pushes the oldest out. A value that is NaN is a gap and stays one.
 *
 * Memory grows in chunks of 256 rows of 8 (1 + columns) bytes each, up to the capacity, and is
 * then used again. Rows keep the order of arrival whatever their times say: give times of a clock that
 * does not jump (a wall time taken once plus the monotonic clock), else a slice is not ascending.
 */
export class SeriesRing<Column extends string> {
  readonly columns: readonly Column[];
  readonly capacity: number;
  /** Each chunk holds its rows column by column: first the times, then every column in order. */
  readonly #chunks: Float64Array<ArrayBuffer>[] = [];
  #length = 0;
  /** Slot of the next row, 0 to `capacity - 1`. */
  #head = 0;

  /**
   * @param columns the names of the columns, all different; their order is that of `push`.
   * @param capacity how many rows are kept, at least 1.
   * @throws RangeError for a repeated name or a capacity that is no positive whole number: both are bugs.
   */
  constructor(columns: readonly Column[], capacity: number) {
    if (new Set(columns).size !== columns.length) throw new RangeError(`columns repeat: ${columns.join(", ")}`);
    this.columns = [...columns];
    this.capacity = requireCapacity(capacity);
  }

  /** How many rows are kept now, 0 to `capacity`. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of the values now allocated. */
  get allocatedBytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  }

  /**
   * Appends a row; when the ring is full the oldest one goes.
   * @param atMs Unix ms, finite.
   * @param values one for each column, in their order; NaN is a gap.
   * @throws RangeError for a time that is not finite or another number of values: both are bugs.
   */
  push(atMs: number, values: readonly number[]): void {
    if (!Number.isFinite(atMs)) throw new RangeError(`a row needs a time, got ${atMs}`);
    if (values.length !== this.columns.length) {
      throw new RangeError(`${this.columns.length} columns, but ${values.length} values`);
    }
    const chunk = this.#chunkOf(this.#head);
    const row = this.#head % ROWS_PER_CHUNK;
    chunk[row] = atMs;
    for (const [column, value] of values.entries()) chunk[(column + 1) * ROWS_PER_CHUNK + row] = value;
    this.#head = (this.#head + 1) % this.capacity;
    if (this.#length < this.capacity) this.#length += 1;
  }

  /** The rows with `fromMs` <= time <= `toMs`, oldest first; none gives empty arrays. */
  slice(fromMs: number, toMs: number): SeriesSlice<Column> {
    const slots = new Int32Array(this.#length);
    let taken = 0;
    for (let index = 0; index < this.#length; index += 1) {
      const slot = this.#slotOf(index);
      const atMs = this.#read(slot, 0);
      if (atMs >= fromMs && atMs <= toMs) slots[taken++] = slot;
    }
    return this.#copy(slots.subarray(0, taken));
  }

  /** The newest `count` rows, or all where there are fewer, oldest first. */
  last(count: number): SeriesSlice<Column> {
    const taken = Math.max(0, Math.min(Math.floor(count), this.#length));
    const slots = new Int32Array(taken);
    for (let index = 0; index < taken; index += 1) slots[index] = this.#slotOf(this.#length - taken + index);
    return this.#copy(slots);
  }

  /** Forgets everything and gives the memory back. */
  clear(): void {
    this.#chunks.length = 0;
    this.#length = 0;
    this.#head = 0;
  }

  #slotOf(index: number): number {
    return (this.#head - this.#length + index + this.capacity) % this.capacity;
  }

  /** The chunk of a slot, allocated at its first use. Slots are first used in order, so the list has no holes. */
  #chunkOf(slot: number): Float64Array<ArrayBuffer> {
    const index = Math.floor(slot / ROWS_PER_CHUNK);
    const present = this.#chunks[index];
    if (present !== undefined) return present;
    const fresh = new Float64Array(ROWS_PER_CHUNK * (this.columns.length + 1));
    this.#chunks[index] = fresh;
    return fresh;
  }

  /** Field 0 is the time, field n the n-th column. */
  #read(slot: number, field: number): number {
    return this.#chunkOf(slot)[field * ROWS_PER_CHUNK + (slot % ROWS_PER_CHUNK)] ?? Number.NaN;
  }

  #copy(slots: Int32Array): SeriesSlice<Column> {
    // Loops, not Float64Array.from with a function: a chart copies 30 000 numbers in every tick.
    const field = (index: number): Float64Array<ArrayBuffer> => {
      const copied = new Float64Array(slots.length);
      for (let row = 0; row < slots.length; row += 1) copied[row] = this.#read(slots[row] ?? 0, index);
      return copied;
    };
    const columns = Object.fromEntries(this.columns.map((name, index) => [name, field(index + 1)]));
    return { atMs: field(0), columns: columns as SeriesSlice<Column>["columns"] };
  }
}

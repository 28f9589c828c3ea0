/** A positive whole number of entries, or a bug. */
export function requireCapacity(capacity: number): number {
  if (!Number.isInteger(capacity) || capacity < 1) {
    throw new RangeError(`a ring needs a capacity of at least 1, got ${capacity}`);
  }
  return capacity;
}

/**
 * The newest `capacity` numbers of a stream, in the order in which they came; a new one pushes the
 * oldest out. NaN is a value like any other: where it stands for a gap it stays a gap.
 *
 * The memory (8 bytes a number) is taken at once: for short windows of known length.
 */
export class RingBuffer {
  readonly capacity: number;
  readonly #values: Float64Array<ArrayBuffer>;
  #length = 0;
  /** Where the next number goes. */
  #head = 0;

  /** @param capacity how many numbers are kept, at least 1; anything else throws a RangeError. */
  constructor(capacity: number) {
    this.capacity = requireCapacity(capacity);
    this.#values = new Float64Array(capacity);
  }

  /** How many numbers are kept now, 0 to `capacity`. */
  get length(): number {
    return this.#length;
  }

  /** Appends a number; when the ring is full the oldest one goes. */
  push(value: number): void {
    this.#values[this.#head] = value;
    this.#head = (this.#head + 1) % this.capacity;
    if (this.#length < this.capacity) this.#length += 1;
  }

  /** The number at `index`, 0 being the oldest; undefined outside 0 to `length - 1`. */
  at(index: number): number | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= this.#length) return undefined;
    return this.#values[(this.#head - this.#length + index + this.capacity) % this.capacity];
  }

  /** A copy of all numbers, oldest first. */
  toArray(): Float64Array<ArrayBuffer> {
    const copy = new Float64Array(this.#length);
    const start = (this.#head - this.#length + this.capacity) % this.capacity;
    const untilEnd = Math.min(this.#length, this.capacity - start);
    copy.set(this.#values.subarray(start, start + untilEnd));
    copy.set(this.#values.subarray(0, this.#length - untilEnd), untilEnd);
    return copy;
  }

  /** Forgets everything. */
  clear(): void {
    this.#length = 0;
    this.#head = 0;
  }
}

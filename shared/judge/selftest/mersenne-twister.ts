/**
 * The stream of Python's `random.Random(seed)`: MT19937 seeded by an array (M. Matsumoto and T. Nishimura, 1998),
 * for published examples that were drawn with it. Everything else uses shared/random.ts.
 *
 * @param seed 0 to 2^32 - 1.
 * @returns uniform numbers in [0, 1) with 53 bits.
 */
export function pythonRandom(seed: number): () => number {
  const size = 624;
  const state = new Uint32Array(size);
  const at = (index: number): number => state[index] ?? 0;
  const scramble = (index: number, factor: number): number => Math.imul(at(index - 1) ^ (at(index - 1) >>> 30), factor);
  state[0] = 19650218;
  for (let index = 1; index < size; index += 1) state[index] = scramble(index, 1812433253) + index;
  let place = 1;
  const advance = (): void => {
    place += 1;
    if (place < size) return;
    state[0] = at(size - 1);
    place = 1;
  };
  for (let step = 0; step < size; step += 1) {
    state[place] = (at(place) ^ scramble(place, 1664525)) + seed;
    advance();
  }
  for (let step = 0; step < size - 1; step += 1) {
    state[place] = (at(place) ^ scramble(place, 1566083941)) - place;
    advance();
  }
  state[0] = 0x80000000;
  let next = size;
  const refill = (): void => {
    for (let index = 0; index < size; index += 1) {
      const mixed = (at(index) & 0x80000000) | (at((index + 1) % size) & 0x7fffffff);
      state[index] = at((index + 397) % size) ^ (mixed >>> 1) ^ ((mixed & 1) === 0 ? 0 : 0x9908b0df);
    }
    next = 0;
  };
  const nextUint32 = (): number => {
    if (next >= size) refill();
    let y = at(next);
    next += 1;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
  return () => {
    const high = nextUint32() >>> 5;
    const low = nextUint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  };
}

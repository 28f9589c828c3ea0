import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EMPTY_SEQUENCE, missedBasis, noteSequence, type SequenceWatch } from "./missed-frames";

const U32 = 2 ** 32;

function hear(sequences: readonly number[], watch: SequenceWatch = EMPTY_SEQUENCE): SequenceWatch {
  return sequences.reduce(noteSequence, watch);
}

/** Whole numbers from `from` on, `count` of them, modulo u32. */
function run(from: number, count: number, step = 1): number[] {
  return Array.from({ length: count }, (_, index) => (from + index * step) % U32);
}

describe("missed frames", () => {
  it("are none in an unbroken row, and nothing is said before 20 steps", () => {
    expect(missedBasis(EMPTY_SEQUENCE)).toBe("none");
    expect(missedBasis(hear(run(0, 20)))).toBe("collecting");
    const watch = hear(run(0, 21));
    expect(missedBasis(watch)).toBe("counted");
    expect(watch).toMatchObject({ expected: 20, missed: 0 });
  });

  it("are what is missing between consecutive samples, also within the first steps", () => {
    const watch = hear([...run(0, 10), ...run(13, 30), ...run(50, 5)]);
    expect(watch).toMatchObject({ expected: 54, missed: 3 + 7, restarts: 0 });
  });

  it("are not made up where the number wraps", () => {
    expect(hear(run(U32 - 30, 60))).toMatchObject({ expected: 59, missed: 0, restarts: 0 });
  });

  it("are not counted across a restart, where the number falls back", () => {
    const watch = hear([...run(5_000, 40), ...run(0, 40)]);
    expect(watch).toMatchObject({ expected: 78, missed: 0, restarts: 1 });
    expect(hear([...run(5_000, 40), ...run(3, 40)])).toMatchObject({ missed: 0, restarts: 1 });
  });

  it("are not counted across a step that no one could have missed", () => {
    expect(hear([...run(0, 40), ...run(1_000_000, 40)])).toMatchObject({ missed: 0, restarts: 1 });
  });

  it("come back off the count when they arrive late, and a repeated one changes nothing", () => {
    const watch = hear([...run(0, 30), 31, 30, 32, 32, 33]);
    expect(watch).toMatchObject({ last: 33, missed: 0, expected: 33, restarts: 0 });
  });

  it.each([2, 3, 10])("are not counted for a node that reports every %d. frame", (step) => {
    const watch = hear(run(0, 200, step));
    expect(missedBasis(watch)).toBe("stepping");
    expect(watch.missed).toBe(0);
  });

  it("are not counted for a node whose steps alternate", () => {
    const sequences = Array.from({ length: 200 }, (_, index) => Math.floor(index * 1.5));
    expect(missedBasis(hear(sequences))).toBe("stepping");
  });

  it("go on being counted where a proven node loses many", () => {
    const kept = run(21, 400).filter((sequence) => sequence % 5 < 2);
    const watch = hear([...run(0, 21), ...kept, 421]);
    expect(missedBasis(watch)).toBe("counted");
    expect(watch.missed).toBe(watch.expected - (20 + kept.length + 1));
  });

  it("are taken back where a proven node begins to step", () => {
    const watch = hear([...run(0, 100), ...run(101, 40, 2)]);
    expect(missedBasis(watch)).toBe("stepping");
    expect(watch.missed).toBeLessThan(3);
  });

  it("are as many as were left out, wherever the row begins and however few are lost", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: U32 - 1 }), fc.uniqueArray(fc.integer({ min: 25, max: 998 }), { maxLength: 300 }), (from, lost) => {
        const gone = new Set(lost);
        const kept = run(from, 1_000).filter((_, index) => !gone.has(index));
        expect(hear(kept)).toMatchObject({ missed: gone.size, expected: 999, restarts: 0 });
      }),
      { numRuns: 50 },
    );
  });

  it("whatever comes: counts stay whole, from 0, and never more than was sent", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer({ min: 0, max: U32 - 1 }), fc.integer({ min: 0, max: 60 })), { maxLength: 200 }), (sequences) => {
        const { missed, expected } = hear([...run(0, 25), ...sequences]);
        expect(missed).toBeGreaterThanOrEqual(0);
        expect(missed).toBeLessThanOrEqual(expected);
      }),
    );
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { bettingInterval, emptyBets, placeBet } from "./betting";
import { addBlock, emptyTally, estimateEffect, type BlockKind } from "./effect";
import { addSample, emptySums, type SampleSums } from "./noise";

const CURVE = { start: 2.6, first: 9 };

function sumsOf(values: readonly number[]): SampleSums {
  const sums = emptySums();
  let before = Number.NaN;
  for (const value of values) {
    addSample(sums, value, before);
    before = value;
  }
  return sums;
}

test("the betting interval of the opposite values is the opposite interval, to the last bit", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }), (values) => {
      const [bets, mirrored] = [emptyBets(), emptyBets()];
      for (const value of values) {
        placeBet(bets, value, 0.05);
        placeBet(mirrored, -value, 0.05);
      }
      const { low, high } = bettingInterval(bets);
      expect(bettingInterval(mirrored)).toEqual({ low: 0 - high, high: 0 - low });
    }),
    { numRuns: 50 },
  );
});

test("exchanged arms give the opposite effect with the same error, to the last bit", () => {
  const block = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 8, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(fc.tuple(block, block), { minLength: 4, maxLength: 12 }), (blocks) => {
      const [tally, exchanged] = [emptyTally(), emptyTally()];
      for (const [index, [first, second]] of blocks.entries()) {
        const kind: BlockKind = index % 2 === 0 ? 0 : 1;
        addBlock(tally, kind, sumsOf(first), sumsOf(second));
        addBlock(exchanged, kind === 0 ? 1 : 0, sumsOf(first), sumsOf(second));
      }
      const [one, other] = [estimateEffect(tally, true, CURVE), estimateEffect(exchanged, true, CURVE)];
      expect(other?.effect).toBe(0 - (one?.effect ?? Number.NaN));
      expect(other?.standardError).toBe(one?.standardError);
    }),
    { numRuns: 50 },
  );
});

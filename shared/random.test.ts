import { describe, expect, it } from "vitest";
import { exactLn, mixSeed, seededRandom } from "./random";

describe("a seeded random stream", () => {
  it("gives the same numbers for the same seed and others for another seed", () => {
    const draw = (seed: number): readonly number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 32 }, () => random.nextUint32());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(0)).not.toEqual(draw(1));
  });

  it("is uniform in [0, 1): mean 1/2 and variance 1/12", () => {
    const random = seededRandom(1);
    const count = 100_000;
    let sum = 0;
    let squares = 0;
    let outside = 0;
    for (let i = 0; i < count; i++) {
      const value = random.next();
      if (!(value >= 0 && value < 1)) outside++;
      sum += value;
      squares += value * value;
    }
    const mean = sum / count;
    expect(outside).toBe(0);
    expect(mean).toBeCloseTo(0.5, 2);
    expect(squares / count - mean * mean).toBeCloseTo(1 / 12, 2);
  });

  it("draws normal numbers with the moments and the tail of the normal distribution", () => {
    const random = seededRandom(2);
    const count = 200_000;
    let sum = 0;
    let squares = 0;
    let fourth = 0;
    let beyondThree = 0;
    for (let i = 0; i < count; i++) {
      const value = random.normal();
      sum += value;
      squares += value * value;
      fourth += value ** 4;
      if (Math.abs(value) > 3) beyondThree++;
    }
    expect(sum / count).toBeCloseTo(0, 2);
    expect(squares / count).toBeCloseTo(1, 1);
    expect(fourth / count).toBeCloseTo(3, 0);
    // P(|Z| > 3) is 0.0027; four standard errors of the estimate are 0.00046.
    expect(Math.abs(beyondThree / count - 0.0027)).toBeLessThan(0.0005);
  });

  it("draws integers below the end, all of them, evenly", () => {
    const random = seededRandom(3);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 50_000; i++) {
      const value = random.nextInt(5);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it("forks streams that depend on the seed and the label, not on what was drawn before", () => {
    const fresh = seededRandom(9).fork(4);
    const used = seededRandom(9);
    used.next();
    used.normal();
    expect(used.fork(4).nextUint32()).toBe(fresh.nextUint32());
    expect(seededRandom(9).fork(5).nextUint32()).not.toBe(seededRandom(9).fork(4).nextUint32());
    expect(mixSeed(1, 2)).not.toBe(mixSeed(2, 1));
  });

  it("takes logarithms as exact as the engine's own", () => {
    for (const value of [1, 0.999, 0.75, 0.5, 0.1, 1e-3, 1e-9, 1e-300]) {
      expect(Math.abs(exactLn(value) - Math.log(value))).toBeLessThan(1e-13 * Math.max(1, Math.abs(Math.log(value))));
    }
  });
});

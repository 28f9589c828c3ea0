import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RingBuffer } from "./ring";

const anyNumber = fc.oneof(fc.double(), fc.constant(Number.NaN));

describe("RingBuffer", () => {
  it("behaves like an array that drops its oldest entries", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(anyNumber, { maxLength: 200 }), (capacity, pushed) => {
        const ring = new RingBuffer(capacity);
        const model: number[] = [];
        for (const value of pushed) {
          ring.push(value);
          model.push(value);
          if (model.length > capacity) model.shift();
          expect(ring.length).toBe(model.length);
        }
        expect([...ring.toArray()]).toEqual(model);
        expect(model.map((_, index) => ring.at(index))).toEqual(model);
      }),
    );
  });

  it("keeps a gap a gap", () => {
    const ring = new RingBuffer(3);
    for (const value of [1, Number.NaN, 3, Number.NaN]) ring.push(value);
    expect([...ring.toArray()]).toEqual([Number.NaN, 3, Number.NaN]);
  });

  it("has nothing outside its length", () => {
    const ring = new RingBuffer(3);
    ring.push(7);
    expect([ring.at(-1), ring.at(1), ring.at(0.5)]).toEqual([undefined, undefined, undefined]);
  });

  it("is empty after it was cleared, and usable", () => {
    const ring = new RingBuffer(2);
    for (const value of [1, 2, 3]) ring.push(value);
    ring.clear();
    expect([...ring.toArray()]).toEqual([]);
    ring.push(4);
    expect([...ring.toArray()]).toEqual([4]);
  });

  it("hands out copies that later numbers do not change", () => {
    const ring = new RingBuffer(1);
    ring.push(1);
    const copy = ring.toArray();
    ring.push(2);
    expect([...copy]).toEqual([1]);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses a capacity of %s", (capacity) => {
    expect(() => new RingBuffer(capacity)).toThrow(RangeError);
  });
});

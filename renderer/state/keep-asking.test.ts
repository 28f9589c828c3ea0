import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepAsking } from "./keep-asking";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A question whose answers come when the test says so. */
function question() {
  const open: ((answer: number) => void)[] = [];
  return {
    ask: () => new Promise<number>((resolve) => void open.push(resolve)),
    asked: () => open.length,
    answer: async (value: number) => {
      open.at(-1)?.(value);
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

describe("a question that is kept asking", () => {
  it("is asked at once, and again so long after each answer, one at a time", async () => {
    const { ask, asked, answer } = question();
    const taken: number[] = [];
    const stop = keepAsking(ask, (value) => taken.push(value), { everyMs: 2_000 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked(), "the first one is not answered").toBe(1);
    await answer(7);
    await vi.advanceTimersByTimeAsync(1_999);
    expect([asked(), taken]).toEqual([1, [7]]);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked()).toBe(2);
    stop();
  });

  it("is asked once where it has no pace, and later where it is to wait", async () => {
    const { ask, asked, answer } = question();
    keepAsking(ask, () => undefined, { everyMs: null, firstMs: 300 });
    expect(asked()).toBe(0);
    await vi.advanceTimersByTimeAsync(300);
    await answer(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked()).toBe(1);
  });

  it("passes over the answer that is on its way once it is disposed of, and asks no more", async () => {
    const { ask, asked, answer } = question();
    const taken: number[] = [];
    keepAsking(ask, (value) => taken.push(value), { everyMs: 2_000 })();
    await answer(7);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([asked(), taken]).toEqual([1, []]);
  });
});

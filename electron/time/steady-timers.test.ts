import { describe, expect, test } from "vitest";
import { steadyTimers } from "./steady-timers";

describe("steady timers", () => {
  function machine() {
    const state = { wallMs: 1_000_000, monotonicMs: 50 };
    const jumps: number[] = [];
    const timers = steadyTimers(
      { wallMs: () => state.wallMs, monotonicMs: () => state.monotonicMs, after: () => () => undefined },
      (byMs) => jumps.push(byMs),
    );
    const pass = (ms: number): void => {
      state.wallMs += ms;
      state.monotonicMs += ms;
    };
    return { state, timers, jumps, pass };
  }

  test("follow the machine while nothing happens", () => {
    const { timers, jumps, pass } = machine();
    pass(2_500);
    expect(timers.wallMs()).toBe(1_002_500);
    expect(jumps).toEqual([]);
  });

  test("go on in order when the machine's clock is set back, and tell it once", () => {
    const { state, timers, jumps, pass } = machine();
    state.wallMs -= 3_600_000;
    expect(timers.wallMs()).toBe(1_000_000);
    pass(10);
    expect(timers.wallMs()).toBe(1_000_010);
    expect(jumps).toEqual([-3_600_000]);
  });

  test("follow when it is set forward or the machine slept", () => {
    const { state, timers, jumps } = machine();
    state.wallMs += 90_000;
    expect(timers.wallMs()).toBe(1_090_000);
    expect(timers.wallMs()).toBe(1_090_000);
    expect(jumps).toEqual([90_000]);
  });
});

import { describe, expect, it } from "vitest";
import { fasterTimers } from "./faster-timers";
import { virtualTimers } from "./virtual-timers";

describe("faster timers", () => {
  it("let ten seconds pass while one does, on both clocks", () => {
    const machine = virtualTimers(1_000);
    const timers = fasterTimers(machine, 10);
    machine.advance(1_000);
    expect(timers.wallMs()).toBe(11_000);
    expect(timers.monotonicMs()).toBe(10_000);
  });

  it("call back after a tenth of the delay, and not at all once disposed", () => {
    const machine = virtualTimers();
    const timers = fasterTimers(machine, 10);
    const at: number[] = [];
    timers.after(500, () => at.push(timers.monotonicMs()));
    timers.after(500, () => at.push(Number.NaN))();
    machine.advance(49);
    expect(at).toEqual([]);
    machine.advance(1);
    expect(at).toEqual([500]);
  });
});

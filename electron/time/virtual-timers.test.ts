import { describe, expect, it } from "vitest";
import { virtualTimers } from "./virtual-timers";

describe("virtual timers", () => {
  it("run callbacks in order of due time, then of registration, each at its own due time", () => {
    const timers = virtualTimers(1000);
    const ran: [string, number][] = [];
    timers.after(20, () => ran.push(["late", timers.monotonicMs()]));
    timers.after(10, () => ran.push(["first of two", timers.monotonicMs()]));
    timers.after(10, () => ran.push(["second of two", timers.monotonicMs()]));
    timers.after(21, () => ran.push(["too late", timers.monotonicMs()]));

    timers.advance(20);

    expect(ran).toEqual([
      ["first of two", 10],
      ["second of two", 10],
      ["late", 20],
    ]);
    expect(timers.wallMs()).toBe(1020);
    expect(timers.pendingCount()).toBe(1);
  });

  it("run what a callback registers within the same stretch", () => {
    const timers = virtualTimers();
    const at: number[] = [];
    timers.after(5, () => timers.after(5, () => at.push(timers.monotonicMs())));
    timers.advance(10);
    expect(at).toEqual([10]);
  });

  it("do not run what was disposed", () => {
    const timers = virtualTimers();
    let ran = false;
    const dispose = timers.after(5, () => {
      ran = true;
    });
    dispose();
    dispose();
    timers.advance(10);
    expect(ran).toBe(false);
    expect(timers.pendingCount()).toBe(0);
  });

  it("run late after a sleep, with the time of waking", () => {
    const timers = virtualTimers();
    const at: number[] = [];
    timers.after(5, () => at.push(timers.monotonicMs()));
    timers.sleep(1000);
    expect(at).toEqual([]);
    timers.advance(0);
    expect(at).toEqual([1000]);
  });

  it("let promises settle between callbacks when asked to", async () => {
    const timers = virtualTimers();
    const at: number[] = [];
    timers.after(5, () => {
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => timers.after(5, () => at.push(timers.monotonicMs())));
    });
    await timers.advanceSettled(10);
    expect(at).toEqual([10]);
  });

  it("move the wall clock without moving durations", () => {
    const timers = virtualTimers(1000);
    timers.jumpWall(-500);
    expect(timers.wallMs()).toBe(500);
    expect(timers.monotonicMs()).toBe(0);
  });
});

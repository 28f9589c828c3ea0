import { describe, expect, test } from "vitest";
import { virtualTimers } from "../time/virtual-timers";
import { startMetronome, type Beat } from "./metronome";

describe("the metronome", () => {
  test("beats every 500 ms without drift and measures its period", () => {
    const timers = virtualTimers();
    const beats: Beat[] = [];
    const stop = startMetronome(timers, 500, (beat) => beats.push(beat));
    timers.advance(15_000);
    stop();
    expect(beats).toHaveLength(30);
    expect(beats[0]).toEqual({ index: 0, periodMs: null, periodP95Ms: null });
    expect(beats.at(-1)).toEqual({ index: 29, periodMs: 500, periodP95Ms: 500 });
    expect(timers.pendingCount()).toBe(0);
  });

  test("does not make up for beats that were slept through", () => {
    const timers = virtualTimers();
    const periods: (number | null)[] = [];
    const stop = startMetronome(timers, 500, (beat) => periods.push(beat.periodMs));
    timers.advance(1_000);
    timers.sleep(3_700);
    timers.advance(1_300);
    stop();
    expect(periods).toEqual([null, 500, 3_700, 300, 500, 500]);
  });
});

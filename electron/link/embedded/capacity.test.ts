import { describe, expect, it } from "vitest";
import { virtualTimers } from "../../time/virtual-timers";
import { createCapacityGovernor, type NodeDemand } from "./capacity";

const demand = (rateHz: number, encodeRepeats = 1): NodeDemand => ({ rateHz, encodeRepeats });

function setUp() {
  const timers = virtualTimers();
  const governor = createCapacityGovernor(timers);
  /** A second with `count` encodes of `eachMs`, one after another. */
  function second(count: number, eachMs: number): void {
    for (let index = 0; index < count; index += 1) {
      const end = governor.beginRoundTrip();
      timers.advance(eachMs);
      end({ encodeMs: 5, repeats: 1 });
    }
    timers.advance(Math.max(0, 1_000 - count * eachMs));
  }
  /** Lets the seconds pass in which a new inference process warms up. */
  function settle(demands: readonly NodeDemand[]): void {
    for (let index = 0; index < 3; index += 1) governor.review(demands);
  }
  return { timers, governor, second, settle };
}

describe("the capacity governor", () => {
  it("keeps the full rate while the machine has room", () => {
    const { governor, second, settle } = setUp();
    const demands = [demand(10), demand(2)];
    settle(demands);
    for (let index = 0; index < 20; index += 1) {
      second(12, 20);
      governor.review(demands);
    }
    expect(governor.shares(demands)).toEqual({ factor: 1, factors: [1, 1] });
    expect(governor.notice()).toBeNull();
  });

  it("lowers every rate by one factor after 3 saturated seconds, to 85 % of what it measured", () => {
    const { governor, second, settle } = setUp();
    const demands = [...Array<NodeDemand>(8).fill(demand(10)), demand(2)];
    settle(demands);
    for (let index = 0; index < 2; index += 1) {
      second(50, 20);
      governor.review(demands);
    }
    expect(governor.shares(demands).factor).toBe(1);
    second(50, 20);
    governor.review(demands);
    expect(governor.shares(demands).factor).toBeCloseTo(42.5 / 82, 9);
    expect(new Set(governor.shares(demands).factors).size).toBe(1);
    expect(governor.notice()?.message).toBe(
      "This machine compresses about 43 frames/s; 9 nodes ask for 82. Every node runs at 52 % of its rate.",
    );
  });

  it("learns nothing from the seconds in which a new inference process warms up", () => {
    const { governor, second, settle } = setUp();
    const demands = [demand(10)];
    settle(demands);
    governor.inferenceCameUp();
    for (let index = 0; index < 3; index += 1) {
      second(2, 500);
      governor.review(demands);
    }
    for (let index = 0; index < 10; index += 1) {
      second(10, 20);
      governor.review(demands);
    }
    expect(governor.shares(demands).factor).toBe(1);
    expect(governor.notice()).toBeNull();
  });

  it("returns to the full rate after 5 seconds with room, and keeps its word until then", () => {
    const { governor, second, settle } = setUp();
    const demands = Array<NodeDemand>(8).fill(demand(10));
    settle(demands);
    for (let index = 0; index < 3; index += 1) {
      second(50, 20);
      governor.review(demands);
    }
    const said = governor.notice();
    expect(said?.message).toContain("53 %");
    for (let index = 0; index < 5; index += 1) {
      expect(governor.notice()).toEqual(said);
      second(42, 5);
      governor.review(demands);
    }
    expect(governor.shares(demands).factor).toBe(1);
    expect(governor.notice()).toBeNull();
  });

  it("counts the time in which several requests overlap once", () => {
    const { timers, governor, settle } = setUp();
    const demands = [demand(10)];
    settle(demands);
    for (let index = 0; index < 10; index += 1) {
      const ends = [governor.beginRoundTrip(), governor.beginRoundTrip()];
      timers.advance(500);
      for (const end of ends) end({ encodeMs: 5, repeats: 1 });
      timers.advance(500);
      governor.review(demands);
    }
    // Two encodes in 500 ms: 4 a second, half of the time unused.
    expect(governor.shares(demands).factor).toBe(1);
  });

  it("lowers rates when rendering, not compressing, is what fills the time", () => {
    const { governor, second, settle } = setUp();
    const demands = [demand(100)];
    settle(demands);
    for (let index = 0; index < 5; index += 1) {
      for (let frame = 0; frame < 60; frame += 1) governor.rendered(10);
      second(60, 5);
      governor.review(demands);
    }
    expect(governor.shares(demands).factor).toBeCloseTo(0.4, 9);
  });

  it("does not take a slowed node's repeated encodes for the machine's own speed", () => {
    const { timers, governor, settle } = setUp();
    const demands = [demand(10, 10), demand(30)];
    settle(demands);
    for (let index = 0; index < 10; index += 1) {
      for (let frame = 0; frame < 15; frame += 1) {
        const repeats = frame < 2 ? 10 : 1;
        const end = governor.beginRoundTrip();
        timers.advance(15 + repeats * 5);
        end({ encodeMs: repeats * 5, repeats });
      }
      timers.advance(1_000 - 15 * 20 - 2 * 45);
      governor.review(demands);
    }
    // 20 ms a frame: 42.5 frames fit, 40 are asked for.
    expect(governor.shares(demands).factor).toBe(1);
    // (0.85 - 0.6) s over 20 + 9 x 5 ms: 3.8 Hz.
    expect(governor.shares(demands).factors[0]).toBeGreaterThan(0.3);
    expect(governor.shares(demands).factors[0]).toBeLessThanOrEqual(0.385);
  });

  it("learns nothing from a second in which requests failed", () => {
    const { governor, second, settle } = setUp();
    const demands = [demand(100)];
    settle(demands);
    for (let index = 0; index < 10; index += 1) {
      governor.beginRoundTrip()(null);
      second(10, 100);
      governor.review(demands);
    }
    expect(governor.shares(demands).factor).toBe(1);
  });

  it("gives a slowed node only what the others leave, and never nothing", () => {
    const { governor, second, settle } = setUp();
    const demands = [demand(10, 20), demand(10), demand(10)];
    settle(demands);
    second(30, 20);
    governor.review(demands);
    const { factor, factors } = governor.shares(demands);
    expect(factor).toBe(1);
    expect(factors.slice(1)).toEqual([1, 1]);
    // 0.85 - 0.4 of a second is left; one frame of it takes 20 + 19 x 5 ms: 3.9 Hz, rounded down by less than 1.25.
    expect(factors[0]).toBeLessThanOrEqual(0.392);
    expect(factors[0]).toBeGreaterThan(0.313);
    const crowded = [demand(10, 20), ...Array<NodeDemand>(50).fill(demand(10))];
    expect(governor.shares(crowded).factors[0]).toBeGreaterThan(0);
  });
});

import { describe, expect, it } from "vitest";
import { ALLOCATION_LASTS_MS, createLevelChoice } from "./level-choice";

const PERIOD_MS = 100;
/** Bytes of a frame at each of five levels. */
const SIZES = [8000, 5200, 3400, 2200, 1400] as const;

/** Runs frames under an allocation, renewed with every frame; gives the level of each. */
function runFrames(kbps: number | null, frames: number, initial = 0.5): number[] {
  const choice = createLevelChoice(initial);
  const levels: number[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const atMs = frame * PERIOD_MS;
    if (kbps !== null) choice.allocate(kbps, atMs);
    levels.push(choice.compressionLevel());
    choice.sent(SIZES[Math.round(4 * choice.compressionLevel())] ?? 0, PERIOD_MS, atMs);
  }
  return levels;
}

describe("the choice of a level", () => {
  it("stays where it was set as long as no coordinator speaks", () => {
    expect(new Set(runFrames(null, 50))).toEqual(new Set([0.5]));
  });

  it("settles at the finest level whose frames fit the share of the uplink", () => {
    // 10 frames a second: 3400 bytes a frame are 272 kbit/s.
    expect(runFrames(300, 60).at(-1)).toBe(0.5);
    expect(runFrames(200, 60).at(-1)).toBe(0.75);
    expect(runFrames(120, 60).at(-1)).toBe(1);
    expect(runFrames(2_000, 60).at(-1)).toBe(0);
  });

  it("does not hunt: once settled it stays", () => {
    for (const kbps of [120, 200, 300, 450, 700]) expect(new Set(runFrames(kbps, 400).slice(100)).size).toBe(1);
  });

  it("goes no further than the coarsest level when even that does not fit", () => {
    expect(runFrames(10, 60).at(-1)).toBe(1);
  });

  it("goes back to its own level when the coordinator falls silent", () => {
    const choice = createLevelChoice(0.5);
    choice.allocate(100, 0);
    for (let frame = 0; frame < 10; frame++) choice.sent(3000, PERIOD_MS, frame * PERIOD_MS);
    expect(choice.compressionLevel()).toBeGreaterThan(0.5);
    choice.sent(3000, PERIOD_MS, ALLOCATION_LASTS_MS + 1);
    expect(choice.compressionLevel()).toBe(0.5);
  });
});

/**
 * Chooses a model's level by the bandwidth that the node was allocated: the finest one whose frames fit, found by
 * what its frames really take.
 */
export interface LevelChoice {
  /** 0 to 1; higher is more aggressive. What the next frame is encoded with. */
  compressionLevel(): number;
  /** A coordinator gave the node a share of the uplink. */
  allocate(kbps: number, atMs: number): void;
  /** A frame was put out. @param periodMs from one frame to the next. */
  sent(bytes: number, periodMs: number, atMs: number): void;
}

/** Five levels lie this far apart. */
const STEP = 0.25;
/** A frame of the next finer level takes about this much more. */
const FINER_COSTS = 1.6;
/** The share of the bandwidth that is planned with. */
const HEADROOM = 0.95;
/** So many frames must agree before a coarser and before a finer level is taken. */
const FRAMES_BEFORE_COARSER = 3;
const FRAMES_BEFORE_FINER = 10;
/** The share of the last frame in the mean. */
const FOLLOW = 0.25;
/** An allocation is renewed at 2 Hz; without word for so long the node goes back to its own level. */
export const ALLOCATION_LASTS_MS = 10_000;

/** @param initial the level without an allocation, 0 to 1. */
export function createLevelChoice(initial: number): LevelChoice {
  let level = initial;
  let allocation: { readonly kbps: number; readonly atMs: number } | null = null;
  let meanBytes = 0;
  let frames = 0;

  function take(next: number): void {
    level = Math.max(0, Math.min(1, next));
    frames = 0;
  }
  return {
    compressionLevel: () => level,
    allocate(kbps, atMs) {
      allocation = { kbps, atMs };
    },
    sent(bytes, periodMs, atMs) {
      if (allocation === null) return;
      if (atMs - allocation.atMs > ALLOCATION_LASTS_MS) {
        allocation = null;
        take(initial);
        return;
      }
      meanBytes = frames === 0 ? bytes : meanBytes + FOLLOW * (bytes - meanBytes);
      frames += 1;
      const budgetBytes = (HEADROOM * allocation.kbps * periodMs) / 8;
      if (meanBytes > budgetBytes && frames >= FRAMES_BEFORE_COARSER && level < 1) take(level + STEP);
      else if (FINER_COSTS * meanBytes < budgetBytes && frames >= FRAMES_BEFORE_FINER && level > 0) take(level - STEP);
    },
  };
}

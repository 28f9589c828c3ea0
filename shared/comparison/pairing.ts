import type { LevelPoint } from "../contract/comparison";
import { msSsimDb } from "./rate-distortion";

/** At what the two pictures of a frame are put side by side. */
export type PairingMode = "quality" | "bytes" | "level";

function nearest(points: readonly LevelPoint[], distanceOf: (point: LevelPoint) => number): LevelPoint | undefined {
  return points.reduce<LevelPoint | undefined>(
    (best, point) => (best === undefined || distanceOf(point) < distanceOf(best) ? point : best),
    undefined,
  );
}

/**
 * The level of one version that stands beside a level of the other on a frame: the one whose quality (in dB of
 * MS-SSIM) or whose bytes (by their ratio) come nearest, or the one with the same number, or the nearest.
 *
 * @returns undefined where there is no point.
 */
export function pairedPoint(mode: PairingMode, point: LevelPoint, others: readonly LevelPoint[]): LevelPoint | undefined {
  switch (mode) {
    case "quality":
      return nearest(others, (other) => Math.abs(msSsimDb(other.msSsim) - msSsimDb(point.msSsim)));
    case "bytes":
      return nearest(others, (other) => Math.abs(Math.log(other.cameraBytes / point.cameraBytes)));
    case "level":
      return nearest(others, (other) => Math.abs(other.level - point.level));
  }
}

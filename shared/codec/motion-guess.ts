import type { Six } from "./inertial-coder";
import { NO_RETURN, SLOPE_UNITS, type Scan } from "./lidar-coder";
import { MAX_VECTOR, MOTION_BLOCK, stillField, VECTOR_UNITS } from "./motion";
import type { MotionModel } from "./stream-model";

/**
 * What the motion of the node, as it was decoded, lets expect of its other sensors. All in whole numbers: the
 * vectors that come of it are part of how symbols are coded, and must be the same on every machine.
 */
export interface NodeMotion {
  /** mm/s ahead. */
  readonly ahead: number;
  /** mm/s to the left. */
  readonly left: number;
  /** mrad/s to the left. */
  readonly turn: number;
  /** Since the frame before, ms. */
  readonly intervalMs: number;
}

/** The motion that a command, or, for a node without motors, its turning rate tells; in whole steps. */
export function nodeMotion(command: Six | null, readings: Six, intervalMs: number): NodeMotion {
  if (command === null) return { ahead: 0, left: 0, turn: readings[5] ?? 0, intervalMs };
  return { ahead: command[0] ?? 0, left: command[1] ?? 0, turn: command[5] ?? 0, intervalMs };
}

const FAR_MM = 12_000;
const COLUMN_BITS = 16;

/** The depth in mm of what stands at each block's column, after the lidar; far where it tells nothing. */
function columnDepths(scan: Scan | null, model: MotionModel, points: Float32Array | null, width: number, blockColumns: number): Int32Array {
  const depths = new Int32Array(blockColumns).fill(FAR_MM);
  if (scan === null || points === null) return depths;
  const distance = new Int32Array(blockColumns).fill(0x7fffffff);
  for (let i = 0; i < scan.ranges.length; i++) {
    if ((scan.ranges[i] ?? NO_RETURN) === NO_RETURN || Math.abs(scan.slopes[i] ?? 0) > SLOPE_UNITS / 4) continue;
    const ahead = Math.round(1000 * (points[3 * i] ?? 0));
    const left = Math.round(1000 * (points[3 * i + 1] ?? 0));
    if (ahead < 200) continue;
    const place = width / 2 + Math.floor((model.bearing * left * width) / ahead / (1 << COLUMN_BITS));
    for (let column = 0; column < blockColumns; column++) {
      const away = Math.abs(place - (column * MOTION_BLOCK + MOTION_BLOCK / 2));
      // The nearer of two rings is the wall's: the other one meets floor or ceiling.
      const isCloser = away < (distance[column] ?? 0) - 2;
      if (isCloser || (away <= (distance[column] ?? 0) + 2 && ahead < (depths[column] ?? 0))) {
        distance[column] = away;
        depths[column] = ahead;
      }
    }
  }
  return depths;
}

/**
 * The vectors that a node's motion lets expect: what turning moves, and what comes nearer at the depth that the
 * lidar gives; floor and ceiling are as deep as a plane is there.
 *
 * @returns dx, dy of each block, laid out as in a field.
 */
export function guessVectors(model: MotionModel, motion: NodeMotion, scan: Scan | null, points: Float32Array | null, width: number, height: number): Int16Array {
  const { blockColumns, blockRows, vectors } = stillField(width, height);
  const depths = columnDepths(scan, model, points, width, blockColumns);
  // mrad times 1000 and mm times 1000.
  const turned = motion.turn * motion.intervalMs;
  const advanced = motion.ahead * motion.intervalMs;
  for (let row = 0; row < blockRows; row++) {
    const y = row * MOTION_BLOCK + MOTION_BLOCK / 2 - height / 2;
    const plane = Math.floor((model.plane * width) / Math.max(1, Math.abs(y)));
    for (let column = 0; column < blockColumns; column++) {
      const x = column * MOTION_BLOCK + MOTION_BLOCK / 2 - width / 2;
      const depth = Math.max(200, Math.min(depths[column] ?? FAR_MM, plane));
      const yaw = (turned * (model.yawShift * width + (model.yawBend * x * x) / width)) / 1_073_741_824_000;
      const rise = (turned * model.yawBend * x * y) / width / 1_073_741_824_000;
      const spread = (advanced * model.spread) / depth / 65_536_000;
      const at = 2 * (row * blockColumns + column);
      vectors[at] = Math.max(-MAX_VECTOR, Math.min(MAX_VECTOR, Math.round(VECTOR_UNITS * (yaw + x * spread))));
      vectors[at + 1] = Math.max(-MAX_VECTOR, Math.min(MAX_VECTOR, Math.round(VECTOR_UNITS * (rise + y * spread))));
    }
  }
  return vectors;
}

/** How much louder than before the motors are expected, from the commands of two frames; 1 where there are none. */
export function expectedGain(model: MotionModel, command: Six | null, before: Six | null): number {
  if (command === null || before === null) return 1;
  const [rest, slope, limit] = model.loudness;
  const loudness = (each: Six): number => {
    const ahead = each[0] ?? 0;
    const left = each[1] ?? 0;
    return rest + slope * Math.min(limit, Math.sqrt(ahead * ahead + left * left));
  };
  const was = loudness(before);
  return was <= 0 ? 1 : loudness(command) / was;
}

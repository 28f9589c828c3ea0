import { METRES_PER_UNIT, type World } from "./world";

/** How the node moves at an instant, in metres and seconds, in its own axes: ahead, left, up. */
export interface Motion {
  readonly velocity: readonly [ahead: number, left: number, up: number];
  readonly acceleration: readonly [ahead: number, left: number, up: number];
  /** Radians a second about the vertical axis, positive to the left. */
  readonly yawRate: number;
}

/** Half the span of the central differences, in seconds. */
const SPAN_S = 0.02;

/** Velocity, acceleration and turning rate by central differences of the pose. */
export function motionAt(world: World, timeS: number): Motion {
  const before = world.poseAt(timeS - SPAN_S);
  const here = world.poseAt(timeS);
  const after = world.poseAt(timeS + SPAN_S);
  const inOwnAxes = (x: number, y: number, z: number): readonly [number, number, number] => [
    (x * here.directionX + y * here.directionY) * METRES_PER_UNIT,
    (y * here.directionX - x * here.directionY) * METRES_PER_UNIT,
    z * METRES_PER_UNIT,
  ];
  const span = 2 * SPAN_S;
  const square = SPAN_S * SPAN_S;
  const turn = before.directionX * after.directionY - before.directionY * after.directionX;
  return {
    velocity: inOwnAxes((after.x - before.x) / span, (after.y - before.y) / span, (after.height - before.height) / span),
    acceleration: inOwnAxes(
      (after.x - 2 * here.x + before.x) / square,
      (after.y - 2 * here.y + before.y) / square,
      (after.height - 2 * here.height + before.height) / square,
    ),
    // For so small a turn the cross product of the two directions is the angle.
    yawRate: turn / span,
  };
}

import { LIGHT_SAMPLES, MAP_SIDE, type World } from "./world";

/** Where a ray meets a wall. */
export interface RayHit {
  /** Distance in multiples of the ray's direction vector; for a unit vector, in units. Above 0. */
  readonly distance: number;
  /** The cell's wall kind, 1 and up. */
  readonly kind: number;
  /** Position across the wall's face, 0..1. */
  readonly across: number;
  /** True if the face looks along the x axis. */
  readonly facesX: boolean;
  /** Index into the world's light map in front of the wall. */
  readonly lightIndex: number;
}

/** Below this a direction component counts as this, so that no division gives an infinity. */
const SMALLEST = 1e-9;
const LIGHT_SIDE = MAP_SIDE * LIGHT_SAMPLES;

function lightIndexAt(x: number, y: number): number {
  const column = Math.max(0, Math.min(LIGHT_SIDE - 1, Math.floor(x * LIGHT_SAMPLES)));
  const row = Math.max(0, Math.min(LIGHT_SIDE - 1, Math.floor(y * LIGHT_SAMPLES)));
  return row * LIGHT_SIDE + column;
}

/**
 * Walks the grid from a free cell to the first wall (digital differential analyser, J. Amanatides and
 * A. Woo, 1987). The border of the map is all wall, so the walk ends.
 */
export function castRay(world: World, fromX: number, fromY: number, rayX: number, rayY: number): RayHit {
  let cellX = Math.floor(fromX);
  let cellY = Math.floor(fromY);
  const stepX = rayX < 0 ? -1 : 1;
  const stepY = rayY < 0 ? -1 : 1;
  const deltaX = 1 / Math.max(SMALLEST, Math.abs(rayX));
  const deltaY = 1 / Math.max(SMALLEST, Math.abs(rayY));
  let nextX = (stepX < 0 ? fromX - cellX : cellX + 1 - fromX) * deltaX;
  let nextY = (stepY < 0 ? fromY - cellY : cellY + 1 - fromY) * deltaY;
  let facesX = true;
  let distance = 0;
  let kind = 0;
  while (kind === 0) {
    if (nextX < nextY) {
      distance = nextX;
      nextX += deltaX;
      cellX += stepX;
      facesX = true;
    } else {
      distance = nextY;
      nextY += deltaY;
      cellY += stepY;
      facesX = false;
    }
    kind = world.cells[cellY * MAP_SIDE + cellX] ?? 1;
  }
  const hitX = fromX + distance * rayX;
  const hitY = fromY + distance * rayY;
  const along = facesX ? hitY : hitX;
  return {
    distance: Math.max(0.02, distance),
    kind,
    across: along - Math.floor(along),
    facesX,
    lightIndex: lightIndexAt(hitX - 0.05 * stepX, hitY - 0.05 * stepY),
  };
}

import { mixSeed, seededRandom } from "../../../shared/random";
import { paintTexture, type Surface, type Texture } from "./textures";
import { cosine, sine, TURN } from "../../../shared/trigonometry";

/** Cells along one side of the square map; a cell is one unit, about 1.5 m. */
export const MAP_SIDE = 24;
/** Metres of one map unit. */
export const METRES_PER_UNIT = 1.5;
/** Height of walls and ceiling above the floor, in units. */
export const WALL_HEIGHT = 1.3;
/** Samples of the light map along one unit. */
export const LIGHT_SAMPLES = 8;

/** Where the camera is and looks: units, with a unit direction vector in the plane; height above the floor. */
export interface Pose {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly directionX: number;
  readonly directionY: number;
  /** Pixels by which the horizon lies below the middle, as a fraction of the picture height. */
  readonly pitch: number;
}

/** A seeded hall: walls on a grid, lamps, textures, and the motion of the node in it. */
export interface World {
  /** MAP_SIDE x MAP_SIDE cells, row by row: 0 is free, k is a wall of texture `walls[k - 1]`. */
  readonly cells: Uint8Array;
  readonly walls: readonly Texture[];
  readonly floor: Texture;
  readonly ceiling: Texture;
  /** Light of lamps, 0..255, (MAP_SIDE * LIGHT_SAMPLES) squared, row by row. */
  readonly light: Uint8Array;
  /** Where the node is at a time in seconds. */
  poseAt(timeS: number): Pose;
  /** Overall brightness at a time in seconds, about 0.6 to 1: clouds over skylights, flicker of lamps. */
  brightnessAt(timeS: number): number;
}

/** How the node moves: a drone flies a closed path, an iot gateway stands and pans. */
export type Motion = "flying" | "standing";

const CENTRE = MAP_SIDE / 2;
const CLEARANCE = 0.9;

interface Path {
  readonly radius: number;
  readonly second: number;
  readonly third: number;
  readonly phase2: number;
  readonly phase3: number;
}

function pathPoint(path: Path, angle: number): readonly [x: number, y: number] {
  const radius = path.radius + path.second * sine(2 * angle + path.phase2) + path.third * sine(3 * angle + path.phase3);
  return [CENTRE + radius * cosine(angle), CENTRE + radius * sine(angle)];
}

function buildCells(seed: number, path: Path, wallKinds: number): Uint8Array {
  const random = seededRandom(mixSeed(seed, 1));
  const cells = new Uint8Array(MAP_SIDE * MAP_SIDE);
  for (let y = 0; y < MAP_SIDE; y++) {
    for (let x = 0; x < MAP_SIDE; x++) {
      const isBorder = x === 0 || y === 0 || x === MAP_SIDE - 1 || y === MAP_SIDE - 1;
      const isBlock = random.next() < 0.5;
      const kind = 1 + random.nextInt(wallKinds);
      cells[y * MAP_SIDE + x] = isBorder || isBlock ? kind : 0;
    }
  }
  const steps = 256;
  for (let step = 0; step < steps; step++) {
    const [px, py] = pathPoint(path, (step / steps) * TURN);
    for (let y = Math.floor(py - CLEARANCE); y <= Math.floor(py + CLEARANCE); y++) {
      for (let x = Math.floor(px - CLEARANCE); x <= Math.floor(px + CLEARANCE); x++) {
        if (x > 0 && y > 0 && x < MAP_SIDE - 1 && y < MAP_SIDE - 1) cells[y * MAP_SIDE + x] = 0;
      }
    }
  }
  return cells;
}

function buildLight(seed: number): Uint8Array {
  const random = seededRandom(mixSeed(seed, 2));
  const side = MAP_SIDE * LIGHT_SAMPLES;
  const light = new Uint8Array(side * side);
  const lamps = Array.from({ length: 40 }, () => ({
    x: random.next() * MAP_SIDE,
    y: random.next() * MAP_SIDE,
    power: 50 + 90 * random.next(),
  }));
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const x = (column + 0.5) / LIGHT_SAMPLES;
      const y = (row + 0.5) / LIGHT_SAMPLES;
      let sum = 120;
      for (const lamp of lamps) {
        const squared = (lamp.x - x) * (lamp.x - x) + (lamp.y - y) * (lamp.y - y);
        if (squared < 16) sum += lamp.power / (1 + 1.5 * squared);
      }
      light[row * side + column] = Math.min(255, Math.round(sum));
    }
  }
  return light;
}

/** Builds the hall of a seed. The same seed builds the same hall and the same motion. */
export function buildWorld(seed: number, motion: Motion): World {
  const random = seededRandom(mixSeed(seed, 3));
  const surfaces: readonly Surface[] = ["shelves", "bricks", "crates", "stripes", "signs", "panels", "shelves"];
  const walls = surfaces.map((surface, index) => paintTexture(surface, mixSeed(seed, 100 + index)));
  const path: Path = {
    radius: 6.4 + 0.8 * random.next(),
    second: 1.6 * random.next(),
    third: 1.1 * random.next(),
    phase2: TURN * random.next(),
    phase3: TURN * random.next(),
  };
  const start = TURN * random.next();
  const speed = (random.next() < 0.5 ? -1 : 1) * (0.1 + 0.06 * random.next());
  const sway = { amplitude: 0.25 + 0.3 * random.next(), rate: 0.5 + 0.5 * random.next(), phase: TURN * random.next() };
  const bob = { rate: 0.8 + 0.7 * random.next(), phase: TURN * random.next() };
  const sky = { rate: 0.05 + 0.1 * random.next(), phase: TURN * random.next() };
  const gaze = TURN * random.next();

  function standingPose(timeS: number): Pose {
    const [x, y] = pathPoint(path, start);
    const yaw = gaze + 0.9 * sine(0.12 * timeS + sway.phase) + 0.004 * sine(7 * timeS);
    return {
      x,
      y,
      height: 0.78,
      directionX: cosine(yaw),
      directionY: sine(yaw),
      pitch: 0.03 + 0.002 * sine(9 * timeS + bob.phase),
    };
  }
  function flyingPose(timeS: number): Pose {
    const angle = start + speed * timeS;
    const [x, y] = pathPoint(path, angle);
    const [aheadX, aheadY] = pathPoint(path, angle + 0.01 * Math.sign(speed));
    const length = Math.sqrt((aheadX - x) * (aheadX - x) + (aheadY - y) * (aheadY - y));
    const alongX = (aheadX - x) / length;
    const alongY = (aheadY - y) / length;
    const yaw = sway.amplitude * sine(sway.rate * timeS + sway.phase);
    return {
      x,
      y,
      height: 0.62 + 0.16 * sine(bob.rate * 0.4 * timeS + bob.phase) + 0.01 * sine(5.1 * timeS),
      directionX: alongX * cosine(yaw) - alongY * sine(yaw),
      directionY: alongX * sine(yaw) + alongY * cosine(yaw),
      pitch: 0.04 * sine(bob.rate * timeS) + 0.006 * sine(6.3 * timeS + bob.phase),
    };
  }
  return {
    cells: buildCells(seed, path, walls.length),
    walls,
    floor: paintTexture("concrete", mixSeed(seed, 200)),
    ceiling: paintTexture("panels", mixSeed(seed, 201)),
    light: buildLight(seed),
    poseAt: motion === "flying" ? flyingPose : standingPose,
    brightnessAt: (timeS) => 0.82 + 0.15 * sine(sky.rate * TURN * timeS + sky.phase) + 0.02 * sine(11 * timeS),
  };
}

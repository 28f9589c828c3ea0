import type { Random } from "../../../shared/random";
import type { Motion } from "./motion";
import { castRay } from "./rays";
import { cosine, sine, TURN } from "../../../shared/trigonometry";
import { METRES_PER_UNIT, WALL_HEIGHT, type Pose, type World } from "./world";

const LIDAR_RINGS = 2;
const LIDAR_NOISE_M = 0.01;
const GRAVITY = 9.80665;
const ACCELERATION_NOISE = 0.05;
const TURNING_NOISE = 0.004;
/** Entries of one period of the hum's table; a power of two. */
const WAVE_ENTRIES = 1024;
const AUDIO_NOISE = 60;

/**
 * A scanning lidar with two rings around the node: each point is where its ray meets wall, floor or ceiling.
 *
 * @returns points x 3 values, metres in the node's axes.
 */
export function scanLidar(world: World, pose: Pose, points: number, random: Random): Float32Array<ArrayBuffer> {
  const result = new Float32Array(points * 3);
  const perRing = points / LIDAR_RINGS;
  for (let point = 0; point < points; point++) {
    const slope = point < perRing ? -0.12 : 0.1;
    const angle = ((point % perRing) / perRing) * TURN;
    const ahead = cosine(angle);
    const left = sine(angle);
    const rayX = pose.directionX * ahead - pose.directionY * left;
    const rayY = pose.directionY * ahead + pose.directionX * left;
    const toWall = castRay(world, pose.x, pose.y, rayX, rayY).distance;
    const toPlane = slope < 0 ? pose.height / -slope : (WALL_HEIGHT - pose.height) / slope;
    const range = Math.min(toWall, toPlane) * METRES_PER_UNIT + LIDAR_NOISE_M * random.normal();
    result[3 * point] = range * ahead;
    result[3 * point + 1] = range * left;
    result[3 * point + 2] = range * slope;
  }
  return result;
}

/** An inertial unit: acceleration with gravity, turning rates, sensor noise. */
export function readInertial(motion: Motion, random: Random): Float32Array<ArrayBuffer> {
  return Float32Array.of(
    motion.acceleration[0] + ACCELERATION_NOISE * random.normal(),
    motion.acceleration[1] + ACCELERATION_NOISE * random.normal(),
    motion.acceleration[2] + GRAVITY + ACCELERATION_NOISE * random.normal(),
    TURNING_NOISE * random.normal(),
    TURNING_NOISE * random.normal(),
    motion.yawRate + TURNING_NOISE * random.normal(),
  );
}

/** The motor command that holds the node on its path, in steps of 1 mm/s and 1 mrad/s. */
export function commandMotors(motion: Motion): Float32Array<ArrayBuffer> {
  const command = [...motion.velocity, 0, 0, motion.yawRate];
  return Float32Array.from(command, (value) => Math.round(value * 1000) / 1000);
}

let sharedWave: Int16Array | null = null;

/** One period of the hum: a fundamental and the overtones of blades and bearings. */
function humWave(): Int16Array {
  sharedWave ??= Int16Array.from({ length: WAVE_ENTRIES }, (_, index) => {
    const angle = (index / WAVE_ENTRIES) * TURN;
    return Math.round(2200 * sine(angle) + 900 * sine(2 * angle + 1) + 500 * sine(4 * angle + 2) + 150 * sine(9 * angle));
  });
  return sharedWave;
}

/**
 * A microphone by the motors: the hum follows speed, with broadband noise over it.
 *
 * @param startSample number of the first sample since the node's start, which keeps the hum's phase.
 */
export function listen(
  motion: Motion,
  startSample: number,
  samples: number,
  sampleRateHz: number,
  hasMotors: boolean,
  random: Random,
): Int16Array<ArrayBuffer> {
  const wave = humWave();
  const speed = Math.sqrt(motion.velocity[0] * motion.velocity[0] + motion.velocity[1] * motion.velocity[1]);
  const humHz = hasMotors ? 110 : 50;
  const loudness = hasMotors ? 0.8 + 0.2 * Math.min(1, speed) : 0.25;
  const result = new Int16Array(samples);
  const step = (humHz / sampleRateHz) * WAVE_ENTRIES;
  let seedOfNoise = random.nextUint32();
  for (let index = 0; index < samples; index++) {
    const at = Math.floor((startSample + index) * step) & (WAVE_ENTRIES - 1);
    // The sum of four bytes of a linear congruential step is close enough to normal for a hiss.
    seedOfNoise = (Math.imul(seedOfNoise, 1664525) + 1013904223) | 0;
    const mixed = seedOfNoise ^ (seedOfNoise >>> 15);
    const bytes = (mixed & 255) + ((mixed >>> 8) & 255) + ((mixed >>> 16) & 255) + (mixed >>> 24) - 510;
    const hiss = (bytes / 148) * AUDIO_NOISE;
    result[index] = Math.round((wave[at] ?? 0) * loudness + hiss);
  }
  return result;
}

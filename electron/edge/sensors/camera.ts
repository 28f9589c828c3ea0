import { seededRandom } from "../../../shared/random";
import { TEXTURE_LEVELS, TEXTURE_SIZE } from "./textures";
import { castRay } from "./rays";
import { LIGHT_SAMPLES, MAP_SIDE, WALL_HEIGHT, type Pose, type World } from "./world";

/** Renders camera frames of a world; buffers are kept between frames, so the result is copied out. */
export interface Camera {
  /**
   * Renders one frame.
   *
   * @param brightness factor on all light, 0..1.
   * @param noiseSigma standard deviation of the sensor noise, in grey levels, 0..60.
   * @param noiseSeed seed of this frame's noise.
   * @returns width x height x 3 bytes, RGB, row by row; a fresh array.
   */
  render(world: World, pose: Pose, brightness: number, noiseSigma: number, noiseSeed: number): Uint8Array<ArrayBuffer>;
}

const FIELD_OF_VIEW_TANGENT = 0.7;
const NOISE_ENTRIES = 1 << 16;
/** Entries of the noise table have this standard deviation; beyond 5 sigma they are clipped. */
const NOISE_UNIT = 24;
const LIGHT_SIDE = MAP_SIDE * LIGHT_SAMPLES;

let sharedNoise: Int8Array | null = null;

/** Normal numbers drawn once: a frame reads them from random offsets, which costs a load per value. */
function noiseTable(): Int8Array {
  if (sharedNoise === null) {
    const random = seededRandom(0x6e6f6973);
    sharedNoise = Int8Array.from({ length: NOISE_ENTRIES }, () => Math.max(-120, Math.min(120, Math.round(random.normal() * NOISE_UNIT))));
  }
  return sharedNoise;
}

/** The level whose texels are at most about one pixel wide, so that far surfaces do not sparkle. */
function levelFor(texelsPerPixel: number): number {
  let level = 0;
  let rest = texelsPerPixel;
  while (rest > 1.3 && level < TEXTURE_LEVELS - 1) {
    rest /= 2;
    level++;
  }
  return level;
}

/** Multiplies the three channels of 0x00BBGGRR by light / 256, light 0..256. */
function litTexel(texel: number, light: number): number {
  const redBlue = (Math.imul(texel & 0xff00ff, light) >>> 8) & 0xff00ff;
  const green = (Math.imul(texel & 0x00ff00, light) >>> 8) & 0x00ff00;
  return redBlue | green;
}

/**
 * A camera of the given size: one ray a column for the walls, one line a row for floor and ceiling,
 * one pass over the pixels in row order. About 1.5 ms for 320x240.
 */
export function createCamera(width: number, height: number): Camera {
  const wallTop = new Int32Array(width);
  const wallBottom = new Int32Array(width);
  const wallV = new Float64Array(width);
  const wallVStep = new Float64Array(width);
  const wallU = new Int32Array(width);
  const wallShift = new Int32Array(width);
  const wallLight = new Int32Array(width);
  const wallTexels: Uint32Array[] = new Array<Uint32Array>(width).fill(new Uint32Array(0));
  const line = new Uint32Array(width);
  const focal = width / 2 / FIELD_OF_VIEW_TANGENT;

  function prepareColumns(world: World, pose: Pose, horizon: number, gain: number): void {
    for (let x = 0; x < width; x++) {
      const side = ((x + 0.5) / width - 0.5) * 2 * FIELD_OF_VIEW_TANGENT;
      const rayX = pose.directionX - pose.directionY * side;
      const rayY = pose.directionY + pose.directionX * side;
      const hit = castRay(world, pose.x, pose.y, rayX, rayY);
      const scale = focal / hit.distance;
      const top = horizon - (WALL_HEIGHT - pose.height) * scale;
      const bottom = horizon + pose.height * scale;
      const level = levelFor(TEXTURE_SIZE / scale);
      const size = TEXTURE_SIZE >> level;
      const first = Math.max(0, Math.ceil(top));
      wallTop[x] = first;
      wallBottom[x] = Math.min(height, Math.ceil(bottom));
      wallVStep[x] = size / scale;
      // The texture stands on the floor, so that shelves do not hang in the air.
      wallV[x] = (first - bottom) * (size / scale) + 64 * size;
      wallU[x] = Math.min(size - 1, Math.floor(hit.across * size));
      wallShift[x] = 7 - level;
      const lightAt = world.light[hit.lightIndex] ?? 0;
      const facing = hit.facesX ? 1 : 0.8;
      wallLight[x] = Math.min(256, Math.floor((lightAt * facing * gain) / (1 + 0.018 * hit.distance * hit.distance)));
      wallTexels[x] = world.walls[hit.kind - 1]?.levels[level] ?? new Uint32Array(0);
    }
  }

  /** Draws the part of one row that walls leave free: floor below the horizon, ceiling above. */
  function drawPlane(world: World, pose: Pose, y: number, horizon: number, gain: number): void {
    const below = y + 0.5 - horizon;
    const isFloor = below > 0;
    const drop = isFloor ? pose.height : WALL_HEIGHT - pose.height;
    const distance = (drop * focal) / Math.max(0.5, Math.abs(below));
    const level = levelFor((distance / focal) * TEXTURE_SIZE * (1 + 0.6 * (distance / drop / 4)));
    const size = TEXTURE_SIZE >> level;
    const shift = 7 - level;
    const mask = size - 1;
    const texels = (isFloor ? world.floor : world.ceiling).levels[level] ?? new Uint32Array(0);
    const step = (2 * FIELD_OF_VIEW_TANGENT * distance) / width;
    const stepX = -pose.directionY * step;
    const stepY = pose.directionX * step;
    let worldX = pose.x + distance * (pose.directionX + pose.directionY * FIELD_OF_VIEW_TANGENT) + stepX / 2;
    let worldY = pose.y + distance * (pose.directionY - pose.directionX * FIELD_OF_VIEW_TANGENT) + stepY / 2;
    const fade = (gain * (isFloor ? 1 : 0.72)) / (1 + 0.018 * distance * distance);
    const light = world.light;
    for (let x = 0; x < width; x++) {
      if (isFloor ? y >= (wallBottom[x] ?? 0) : y < (wallTop[x] ?? 0)) {
        const column = Math.max(0, Math.min(LIGHT_SIDE - 1, (worldX * LIGHT_SAMPLES) | 0));
        const row = Math.max(0, Math.min(LIGHT_SIDE - 1, (worldY * LIGHT_SAMPLES) | 0));
        const lit = Math.min(256, ((light[row * LIGHT_SIDE + column] ?? 0) * fade) | 0);
        const u = ((worldX + 64) * size) & mask;
        const v = ((worldY + 64) * size) & mask;
        line[x] = litTexel(texels[(v << shift) | u] ?? 0, lit);
      }
      worldX += stepX;
      worldY += stepY;
    }
  }

  function drawWalls(y: number): void {
    for (let x = 0; x < width; x++) {
      const top = wallTop[x] ?? 0;
      if (y < top || y >= (wallBottom[x] ?? 0)) continue;
      const shift = wallShift[x] ?? 0;
      const v = ((wallV[x] ?? 0) + (y - top) * (wallVStep[x] ?? 0)) & ((1 << shift) - 1);
      const texel = wallTexels[x]?.[(v << shift) | (wallU[x] ?? 0)] ?? 0;
      line[x] = litTexel(texel, wallLight[x] ?? 0);
    }
  }

  return {
    render: (world, pose, brightness, noiseSigma, noiseSeed) => {
      const pixels = new Uint8ClampedArray(width * height * 3);
      const horizon = height * (0.5 + pose.pitch);
      const gain = brightness * 2;
      const noise = noiseTable();
      const random = seededRandom(noiseSeed);
      const noiseScale = Math.round((noiseSigma * 1024) / NOISE_UNIT);
      prepareColumns(world, pose, horizon, gain);
      let at = 0;
      for (let y = 0; y < height; y++) {
        drawPlane(world, pose, y, horizon, gain);
        drawWalls(y);
        // The mean of two neighbours is the blur of the lens; it comes before the noise of the sensor.
        const start = random.nextInt(NOISE_ENTRIES - width * 3);
        let before = line[0] ?? 0;
        for (let x = 0; x < width; x++) {
          const here = line[x] ?? 0;
          const texel = (here & before) + (((here ^ before) & 0xfefefe) >>> 1);
          before = here;
          const n = start + 3 * x;
          pixels[at] = (texel & 255) + ((Math.imul(noise[n] ?? 0, noiseScale) + 512) >> 10);
          pixels[at + 1] = ((texel >>> 8) & 255) + ((Math.imul(noise[n + 1] ?? 0, noiseScale) + 512) >> 10);
          pixels[at + 2] = (texel >>> 16) + ((Math.imul(noise[n + 2] ?? 0, noiseScale) + 512) >> 10);
          at += 3;
        }
      }
      return new Uint8Array(pixels.buffer);
    },
  };
}

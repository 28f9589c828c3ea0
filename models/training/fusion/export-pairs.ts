/**
 * Writes training pairs: a frame (320x240x3 bytes) and, behind it, the frame before moved to it by the
 * product's own motion search, from the product's own scene renderer. Usage: export-pairs OUT FIRST_SEED
 * SEED_COUNT PAIRS_PER_SEED
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { compensate } from "../../../shared/codec/motion";
import { estimateMotion } from "../../../shared/codec/motion-search";
import { createCamera } from "../../../electron/edge/sensors/camera";
import { buildWorld } from "../../../electron/edge/sensors/world";
import { seededRandom } from "../../../shared/random";

const WIDTH = 320;
const HEIGHT = 240;

const [out = "", firstSeed = "", seedCount = "", pairsPerSeed = ""] = process.argv.slice(2);
const camera = createCamera(WIDTH, HEIGHT);
const file = openSync(out, "w");
for (let index = 0; index < Number(seedCount); index++) {
  const seed = Number(firstSeed) + index;
  const random = seededRandom(seed).fork(78);
  const isFlying = index % 3 !== 2;
  const world = buildWorld(seed, isFlying ? "flying" : "standing");
  for (let pair = 0; pair < Number(pairsPerSeed); pair++) {
    const timeS = 1 + random.next() * 120;
    const beforeS = timeS - (isFlying ? 0.1 : 0.5);
    // Most frames carry the noise of a healthy sensor; some are noisier, so that noise is no surprise.
    const noiseSigma = random.next() < 0.85 ? 1 + 2 * random.next() : 12 * random.next();
    const render = (atS: number): { width: number; height: number; rgb: Uint8Array } => ({
      width: WIDTH,
      height: HEIGHT,
      rgb: camera.render(world, world.poseAt(atS), world.brightnessAt(atS), noiseSigma, random.nextUint32()),
    });
    const before = render(beforeS);
    const now = render(timeS);
    writeSync(file, now.rgb);
    writeSync(file, compensate(before, estimateMotion(now, before, null)).rgb);
  }
}
closeSync(file);

/**
 * Writes training frames: raw RGB bytes, frame after frame, 320x240x3 each, from the product's own
 * scene renderer. Usage: export-frames OUT FIRST_SEED SEED_COUNT FRAMES_PER_SEED
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { createCamera } from "../../electron/edge/sensors/camera";
import { buildWorld } from "../../electron/edge/sensors/world";
import { seededRandom } from "../../shared/random";

const WIDTH = 320;
const HEIGHT = 240;

const [out = "", firstSeed = "", seedCount = "", framesPerSeed = ""] = process.argv.slice(2);
const camera = createCamera(WIDTH, HEIGHT);
const file = openSync(out, "w");
for (let index = 0; index < Number(seedCount); index++) {
  const seed = Number(firstSeed) + index;
  const random = seededRandom(seed).fork(77);
  const world = buildWorld(seed, index % 3 === 2 ? "standing" : "flying");
  for (let frame = 0; frame < Number(framesPerSeed); frame++) {
    const timeS = random.next() * 120;
    // Most frames carry the noise of a healthy sensor; some are noisier, so that noise is no surprise.
    const noiseSigma = random.next() < 0.85 ? 1 + 2 * random.next() : 12 * random.next();
    const pixels = camera.render(world, world.poseAt(timeS), world.brightnessAt(timeS), noiseSigma, random.nextUint32());
    writeSync(file, pixels);
  }
}
closeSync(file);

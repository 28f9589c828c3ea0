import { withKernels } from "./kernels/kernels";
import { stillField, type MotionField } from "./motion";
import type { CameraImage } from "./sensor-frame";

/**
 * Looks for the motion of every block: from what its neighbours, the caller's guess and the whole picture
 * suggest, over whole pixels by halving steps and then between them (`kernels/search.ts`).
 *
 * @param reference of the size of the current picture.
 * @param guess vectors expected, laid out as in a field; what the motion of the node and its lidar say.
 */
export function estimateMotion(current: CameraImage, reference: CameraImage, guess: Int16Array | null): MotionField {
  const { width, height } = current;
  const field = stillField(width, height);
  const { vectors } = field;
  return withKernels([vectors.byteLength, vectors.byteLength, current.rgb.length, reference.rgb.length, scratchBytes(width, height)], (kernels, places) => {
    const [found = 0, guessed = 0, now = 0, before = 0, scratch = 0] = places;
    const bytes = new Uint8Array(kernels.memory.buffer);
    const places16 = new Int16Array(kernels.memory.buffer);
    bytes.set(current.rgb, now);
    bytes.set(reference.rgb, before);
    if (guess !== null) places16.set(guess, guessed >> 1);
    kernels.searchVectors(now, before, width, height, guess === null ? 0 : guessed, found, scratch);
    vectors.set(places16.subarray(found >> 1, (found >> 1) + vectors.length));
    return field;
  });
}

function scratchBytes(width: number, height: number): number {
  return withKernels([], (kernels) => kernels.scratchBytes(width, height));
}

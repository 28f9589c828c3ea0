import { mixSeed, seededRandom } from "../../../shared/random";
import type { SensorFrame, Vertical } from "../../../shared/codec/sensor-frame";
import { createCamera, type Camera } from "./camera";
import { motionAt } from "./motion";
import { SENSOR_PROFILES } from "./profile";
import { commandMotors, listen, readInertial, scanLidar } from "./small-sensors";
import { buildWorld } from "./world";

/** Standard deviation of a healthy camera's noise, in grey levels. */
export const HEALTHY_CAMERA_NOISE_SIGMA = 2;
/** The most noise that the fault console can ask for. */
export const MAX_CAMERA_NOISE_SIGMA = 60;

/** What a rig is made from. */
export interface SensorRigOptions {
  /** Fixes the hall, the motion and all noise. */
  readonly seed: number;
  readonly vertical: Vertical;
  /** Another size of the camera's picture than the profile's, in pixels; for measurements. */
  readonly camera?: { readonly width: number; readonly height: number };
}

/** The sensors of one node. */
export interface SensorRig {
  /** Rate of the profile, frames a second. */
  readonly rateHz: number;
  /**
   * Senses frame `frameIndex` (0 and up), at `frameIndex / rateHz` seconds of the node's own time. The
   * same seed, index and camera noise give the same bytes, in any order of calls.
   */
  sample(frameIndex: number): SensorFrame;
  /** Sets the camera's noise from the next frame on; grey levels, clipped to 0..60. Not finite throws. */
  setCameraNoise(sigma: number): void;
}

const cameras = new Map<string, Camera>();

/** One camera's buffers serve every rig of its size, because frames are rendered one at a time. */
function cameraOf(width: number, height: number): Camera {
  const key = `${String(width)}x${String(height)}`;
  const existing = cameras.get(key);
  if (existing !== undefined) return existing;
  const camera = createCamera(width, height);
  cameras.set(key, camera);
  return camera;
}

/** Builds the sensors of one node in a hall of its own. About 30 ms, most of it for painting textures. */
export function createSensorRig(options: SensorRigOptions): SensorRig {
  const { seed, vertical } = options;
  const profile = SENSOR_PROFILES[vertical];
  const world = buildWorld(seed, vertical === "drone" ? "flying" : "standing");
  const { width, height } = options.camera ?? { width: profile.cameraWidth, height: profile.cameraHeight };
  const camera = cameraOf(width, height);
  let cameraNoiseSigma = HEALTHY_CAMERA_NOISE_SIGMA;
  return {
    rateHz: profile.rateHz,
    sample: (frameIndex) => {
      const timeS = frameIndex / profile.rateHz;
      const random = seededRandom(mixSeed(seed, 1_000_000 + frameIndex));
      const pose = world.poseAt(timeS);
      const motion = motionAt(world, timeS);
      const noiseSeed = random.nextUint32();
      return {
        frameIndex,
        vertical,
        camera: {
          width,
          height,
          rgb: camera.render(world, pose, world.brightnessAt(timeS), cameraNoiseSigma, noiseSeed),
        },
        lidar: scanLidar(world, pose, profile.lidarPoints, random),
        imu: readInertial(motion, random),
        audio: listen(
          motion,
          frameIndex * profile.audioSamples,
          profile.audioSamples,
          profile.audioSamples * profile.rateHz,
          profile.hasMotors,
          random,
        ),
        twist: profile.hasMotors ? commandMotors(motion) : null,
      };
    },
    setCameraNoise: (sigma) => {
      if (!Number.isFinite(sigma)) throw new Error("camera noise is not a number");
      cameraNoiseSigma = Math.max(0, Math.min(MAX_CAMERA_NOISE_SIGMA, sigma));
    },
  };
}

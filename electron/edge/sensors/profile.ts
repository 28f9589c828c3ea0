import type { Vertical } from "../../../shared/codec/sensor-frame";

/** The sensors of a kind of node and how often they speak. */
export interface SensorProfile {
  /** Frames a second. */
  readonly rateHz: number;
  readonly cameraWidth: number;
  readonly cameraHeight: number;
  readonly lidarPoints: number;
  readonly audioSamples: number;
  /** Whether the node has motors, and so a motor command. */
  readonly hasMotors: boolean;
}

/** Drone 10 Hz, iot 2 Hz; the counts of points and samples are those of the original system's profiles. */
export const SENSOR_PROFILES: Readonly<Record<Vertical, SensorProfile>> = {
  drone: { rateHz: 10, cameraWidth: 320, cameraHeight: 240, lidarPoints: 64, audioSamples: 4096, hasMotors: true },
  iot: { rateHz: 2, cameraWidth: 320, cameraHeight: 240, lidarPoints: 32, audioSamples: 1024, hasMotors: false },
};

/** Which kind of node sensed the frame; it fixes the sensors and their rates. */
export type Vertical = "drone" | "iot";

/** What a node senses at one instant. All parts come from the same motion. */
export interface SensorFrame {
  /** Number of the frame since the node's start, 0 and up. */
  readonly frameIndex: number;
  readonly vertical: Vertical;
  readonly camera: CameraImage;
  /** Points in the sensor's own axes, x (ahead), y (left), z (up) in metres, one after another. */
  readonly lidar: Float32Array;
  /** Linear acceleration x, y, z in m/s^2 (gravity included), then angular rate x, y, z in rad/s. */
  readonly imu: Float32Array;
  /** Mono sound, 16 bit; a drone's blocks follow at 40 960 Hz, an iot node's at 2 048 Hz. */
  readonly audio: Int16Array;
  /** Motor command (Twist): linear x, y, z in m/s, angular x, y, z in rad/s; null for a node without motors. */
  readonly twist: Float32Array | null;
}

/** A colour picture. */
export interface CameraImage {
  /** Pixels, 1 to 4096. */
  readonly width: number;
  /** Pixels, 1 to 4096. */
  readonly height: number;
  /** width x height x 3 bytes, red, green, blue, row by row from the top left. */
  readonly rgb: Uint8Array;
}

/** The modalities that a frame can carry, in the order of the bitstream. */
export const MODALITIES = ["camera", "lidar", "imu", "audio", "twist"] as const;

/** One of {@link MODALITIES}. */
export type Modality = (typeof MODALITIES)[number];

/** Bytes of each modality; absent is 0. */
export type ModalityBytes = Readonly<Record<Modality, number>>;

/**
 * The bytes that a frame takes before coding, as the sensors deliver them: 1 byte a colour value, 4 a
 * float, 2 a sound sample. The compression ratio counts these.
 */
export function frameBytes(frame: SensorFrame): ModalityBytes {
  return {
    camera: frame.camera.rgb.byteLength,
    lidar: frame.lidar.byteLength,
    imu: frame.imu.byteLength,
    audio: frame.audio.byteLength,
    twist: frame.twist?.byteLength ?? 0,
  };
}

/** The sum over all modalities. */
export function totalBytes(bytes: ModalityBytes): number {
  return bytes.camera + bytes.lidar + bytes.imu + bytes.audio + bytes.twist;
}

import type { ContainerContent } from "../../../shared/codec/container";
import type { CameraImage, Modality, ModalityBytes } from "../../../shared/codec/sensor-frame";

/** A frame as bytes, and what making them took. */
export interface CompressedFrame {
  /** The whole container: what the compression ratio counts. */
  readonly bytes: Uint8Array;
  /** Bytes of the sensors' values before coding. */
  readonly bytesIn: number;
  readonly modalityBytesIn: ModalityBytes;
  /** Bytes of each modality's section; the container's head and checksum belong to none. */
  readonly modalityBytesOut: ModalityBytes;
  /** Wall time of the encode in ms: analysis, quantiser, all entropy coding, container. */
  readonly encodeMs: number;
}

/** What a container gives back. A modality that was not in it is null. */
export interface DecodedFrame {
  readonly content: ContainerContent;
  readonly version: string;
  readonly level: number;
  readonly frameIndex: number;
  readonly camera: CameraImage;
  readonly lidar: Float32Array | null;
  readonly imu: Float32Array | null;
  readonly audio: Int16Array | null;
  readonly twist: Float32Array | null;
}

/** Time in ms from any fixed start; injected so that tests need no real clock. */
export type MonotonicMs = () => number;

/** How long each section of a container is; 0 for one that is not there. */
export function sectionBytes(sections: ReadonlyMap<Modality, Uint8Array>): ModalityBytes {
  const of = (modality: Modality): number => sections.get(modality)?.length ?? 0;
  return { camera: of("camera"), lidar: of("lidar"), imu: of("imu"), audio: of("audio"), twist: of("twist") };
}

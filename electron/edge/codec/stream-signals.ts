import { codeAudio } from "../../../shared/codec/audio-coder";
import { createBitContexts, createBitDecoder, createBitEncoder, codeNumber, NUMBER_CONTEXTS, type BitCoder } from "../../../shared/codec/bit-coder";
import {
  codeCommand,
  codeReadings,
  commandOf,
  expectedReadings,
  readingsOf,
  RESTING,
  wholeCommand,
  wholeReadings,
  type Six,
} from "../../../shared/codec/inertial-coder";
import { codeScan, MAX_POINTS, pointsOf, scanOf } from "../../../shared/codec/lidar-coder";
import { expectedGain, nodeMotion, type NodeMotion } from "../../../shared/codec/motion-guess";
import type { Modality, SensorFrame } from "../../../shared/codec/sensor-frame";
import type { StreamModel } from "../../../shared/codec/stream-model";
import type { StreamFeatures } from "./stream-features";
import { copySignalContexts, type SignalState } from "./stream-state";

/** The most samples of sound in a frame. */
const MAX_SAMPLES = 65535;

/** Signals as they are decoded, the state they leave, and the motion that the camera is conditioned on. */
export interface CodedSignals {
  readonly lidar: Float32Array;
  readonly imu: Float32Array;
  readonly audio: Int16Array;
  readonly twist: Float32Array | null;
  readonly motion: NodeMotion;
  readonly state: SignalState;
}

/** Opens the coder of a modality's section and is told when it is done. */
export interface SectionCoders {
  open(modality: Modality): BitCoder;
  close(modality: Modality): void;
}

/** Section coders that write into a map. */
export function sectionEncoders(sections: Map<Modality, Uint8Array>): SectionCoders {
  let encoder = createBitEncoder();
  return {
    open: () => {
      encoder = createBitEncoder();
      return encoder;
    },
    close: (modality) => {
      sections.set(modality, encoder.finish());
    },
  };
}

/** Section coders that read from a map; a section that is not there reads as zeros. */
export function sectionDecoders(sections: ReadonlyMap<Modality, Uint8Array>): SectionCoders {
  return { open: (modality) => createBitDecoder(sections.get(modality) ?? new Uint8Array(0)), close: () => undefined };
}

/** A count is nearly always what it was. */
function codeCount(coder: BitCoder, count: number, before: number, most: number): number {
  const contexts = createBitContexts(NUMBER_CONTEXTS);
  return Math.max(0, Math.min(most, before + codeNumber(coder, contexts, 0, count - before)));
}

/**
 * Codes everything but the camera: first the motion, then what it explains. One path for both directions, so
 * that they cannot part.
 *
 * @param frame what to encode; null when decoding.
 * @param hasMotors whether there is a command.
 * @param before what the frame before left; for a key frame what is learned.
 * @param intervalMs since the frame before.
 */
export function codeSignals(
  coders: SectionCoders,
  model: StreamModel,
  frame: Pick<SensorFrame, "lidar" | "imu" | "audio" | "twist"> | null,
  hasMotors: boolean,
  before: SignalState,
  intervalMs: number,
  levelIndex: number,
  features: StreamFeatures,
): CodedSignals {
  const contexts = copySignalContexts(before.contexts);
  let command: Six | null = null;
  if (hasMotors) {
    const coder = coders.open("twist");
    command = codeCommand(coder, contexts.command, frame?.twist == null ? null : wholeCommand(frame.twist), before.commands);
    coders.close("twist");
  }
  const commandBefore = before.commands?.[0] ?? null;
  const expected = command === null || !features.fusion ? RESTING : expectedReadings(command, commandBefore, intervalMs);
  const imuCoder = coders.open("imu");
  const read = codeReadings(imuCoder, contexts.readings, frame === null ? null : wholeReadings(frame.imu, levelIndex), expected, before.leftover, levelIndex);
  coders.close("imu");
  const motion = nodeMotion(command, read.readings, intervalMs);

  const lidarCoder = coders.open("lidar");
  const points = codeCount(lidarCoder, frame === null ? 0 : Math.floor(frame.lidar.length / 3), before.scan?.ranges.length ?? 64, MAX_POINTS);
  const displacement = {
    aheadMm: (motion.ahead * intervalMs) / 1000,
    leftMm: (motion.left * intervalMs) / 1000,
    turnMrad: (motion.turn * intervalMs) / 1000,
  };
  const wantedScan = frame === null ? null : scanOf(frame.lidar);
  const scan = codeScan(lidarCoder, contexts.lidar, wantedScan, points, before.scan, features.fusion && command !== null ? displacement : null, levelIndex);
  coders.close("lidar");

  const audioCoder = coders.open("audio");
  const samples = codeCount(audioCoder, frame?.audio.length ?? 0, before.audio?.length ?? 4096, MAX_SAMPLES);
  const gain = features.fusion ? expectedGain(model.motion, command, commandBefore) : 1;
  const audio = codeAudio(audioCoder, contexts.audio, frame?.audio ?? null, samples, before.audio, gain, levelIndex);
  coders.close("audio");

  return {
    lidar: pointsOf(scan),
    imu: readingsOf(read.readings),
    audio: audio.samples,
    twist: command === null ? null : commandOf(command),
    motion,
    state: {
      contexts,
      commands: command === null ? null : [command, commandBefore ?? command],
      leftover: read.leftover,
      scan,
      audio: audio.reference,
    },
  };
}

import type { AudioReference } from "../../../shared/codec/audio-coder";
import { copyBitContexts, createBitContexts, type BitContexts } from "../../../shared/codec/bit-coder";
import { NO_LEFTOVER, type Leftover, type Six } from "../../../shared/codec/inertial-coder";
import type { Scan } from "../../../shared/codec/lidar-coder";
import type { CameraImage, Vertical } from "../../../shared/codec/sensor-frame";
import { latentStart, type SymbolMagnitudes } from "../../../shared/codec/stream-latents";
import { SIGNAL_CONTEXTS, type SignalStart, type StreamLevel, type StreamModel } from "../../../shared/codec/stream-model";

/** Adaptive probabilities of everything but the latents, by what they are for. */
export type SignalContexts = Readonly<Record<SignalStart, BitContexts>>;

/** What is known of the sensors beside the camera. */
export interface SignalState {
  readonly contexts: SignalContexts;
  /** The last command and the one before it; null without motors or at the start. */
  readonly commands: readonly [Six, Six] | null;
  readonly leftover: Leftover;
  readonly scan: Scan | null;
  readonly audio: AudioReference | null;
}

/**
 * What a frame leaves for the one after. It is made anew by every frame and never changed, so that an encode
 * can be repeated and a frame that is lost changes nothing. Encoder and decoder make the same one.
 */
export interface StreamReference {
  readonly version: string;
  /** Names the container; what leans on it carries the same number. */
  readonly checksum: number;
  readonly vertical: Vertical;
  readonly frameIndex: number;
  /** Frames since the last key frame, itself 0. */
  readonly sinceKey: number;
  /** The picture as it was decoded, extended to whole patches, and its own size. */
  readonly picture: CameraImage;
  readonly width: number;
  readonly height: number;
  readonly levelIndex: number;
  readonly magnitudes: SymbolMagnitudes;
  /** Probabilities of the latents of predicted frames; null behind a key frame, where they begin anew. */
  readonly latents: BitContexts | null;
  readonly signals: SignalState;
}

/** What a key frame begins from. */
export function freshSignals(model: StreamModel): SignalState {
  const of = (name: SignalStart): BitContexts => createBitContexts(SIGNAL_CONTEXTS[name], model.starts[name]);
  return {
    contexts: { vectors: of("vectors"), command: of("command"), readings: of("readings"), lidar: of("lidar"), audio: of("audio") },
    commands: null,
    leftover: NO_LEFTOVER,
    scan: null,
    audio: null,
  };
}

/** A copy of the probabilities that moves by itself. */
export function copySignalContexts(contexts: SignalContexts): SignalContexts {
  return {
    vectors: copyBitContexts(contexts.vectors),
    command: copyBitContexts(contexts.command),
    readings: copyBitContexts(contexts.readings),
    lidar: copyBitContexts(contexts.lidar),
    audio: copyBitContexts(contexts.audio),
  };
}

/**
 * The probabilities that the latents of a frame begin with: those that the frame before ended with if it was
 * predicted at the same level, else the learned ones.
 */
export function latentContextsFor(model: StreamModel, level: StreamLevel, levelIndex: number, reference: StreamReference | null): BitContexts {
  if (reference?.latents !== null && reference?.latents !== undefined && reference.levelIndex === levelIndex) {
    return copyBitContexts(reference.latents);
  }
  const start = latentStart(model, level);
  return createBitContexts(start.length, start);
}

import type { BeforeContext } from "../../../shared/codec/stream-latents";
import type { MotionField } from "../../../shared/codec/motion";

/** What a frame's picture was coded as; the training recipe counts it. */
export interface CodedSymbols {
  /** Latents x rows x columns, channel by channel. */
  readonly symbols: Int32Array;
  /** Null for a key frame. */
  readonly before: BeforeContext | null;
  readonly field: MotionField | null;
}

/**
 * What a stream's coder makes use of. A product always runs with all of it; the ablation switches parts off, in
 * encoder and decoder alike.
 */
export interface StreamFeatures {
  /** Frames are predicted from the one before; without it every frame stands alone. */
  readonly temporal: boolean;
  /** Sensors are conditioned on the motion and on each other; without it each knows only itself. */
  readonly fusion: boolean;
  /** Sees what is coded, and changes nothing. */
  readonly observe?: (coded: CodedSymbols) => void;
}

/** All of it. */
export const ALL_FEATURES: StreamFeatures = { temporal: true, fusion: true };

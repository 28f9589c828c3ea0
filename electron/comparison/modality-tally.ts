import { MODALITIES, type Modality } from "../../shared/codec/sensor-frame";
import type { ModalityTotals } from "../../shared/contract/comparison";
import type { DecodedFrame } from "../edge/codec/frame-codec";
import type { ComparedInput } from "./frame-sets";
import { cameraBytesOf, pictureOf, signalOf, type EncodedInput } from "./streams";

/** Adds up bytes and errors of every modality, by level. */
export interface ModalityTally {
  add(level: number, input: ComparedInput, encoded: EncodedInput, decoded: DecodedFrame): void;
  /** By level, then in the order of the bitstream; only what some frame carried. */
  totals(): readonly ModalityTotals[];
}

interface SignalError {
  readonly values: number;
  readonly squaredError: number;
  readonly squaredSignal: number;
}

/** A value that is no number, such as a ray without return, has no error; what did not come back is all error. */
function errorOf(before: ArrayLike<number>, after: ArrayLike<number> | null): SignalError {
  let values = 0;
  let squaredError = 0;
  let squaredSignal = 0;
  for (let i = 0; i < before.length; i++) {
    const value = before[i] ?? 0;
    if (!Number.isFinite(value)) continue;
    values += 1;
    squaredError += (value - (after?.[i] ?? 0)) ** 2;
    squaredSignal += value ** 2;
  }
  return { values, squaredError, squaredSignal };
}

function signalsOf(modality: Modality, input: ComparedInput, decoded: DecodedFrame): readonly [ArrayLike<number>, ArrayLike<number> | null] | null {
  if (modality === "camera") return [pictureOf(input).rgb, decoded.camera.rgb];
  const before = signalOf(input, modality);
  return before === null ? null : [before, decoded[modality]];
}

/** An empty tally. */
export function createModalityTally(): ModalityTally {
  const byKey = new Map<string, ModalityTotals>();
  return {
    add(level, input, encoded, decoded) {
      for (const modality of MODALITIES) {
        const signals = signalsOf(modality, input, decoded);
        if (signals === null) continue;
        const [before, after] = signals;
        const error = errorOf(before, after);
        const key = `${String(level)} ${modality}`;
        const sum = byKey.get(key);
        byKey.set(key, {
          level,
          modality,
          frames: (sum?.frames ?? 0) + 1,
          fewestValues: Math.min(sum?.fewestValues ?? before.length, before.length),
          mostValues: Math.max(sum?.mostValues ?? 0, before.length),
          values: (sum?.values ?? 0) + error.values,
          bytesIn: (sum?.bytesIn ?? 0) + bytesInOf(before),
          bytesOut: (sum?.bytesOut ?? 0) + (modality === "camera" ? cameraBytesOf(encoded) : encoded.sectionBytes[modality]),
          squaredError: (sum?.squaredError ?? 0) + error.squaredError,
          squaredSignal: (sum?.squaredSignal ?? 0) + error.squaredSignal,
        });
      }
    },
    totals: () => [...byKey.values()].sort((a, b) => a.level - b.level || MODALITIES.indexOf(a.modality) - MODALITIES.indexOf(b.modality)),
  };
}

/** As the sensors deliver them: 1 byte a colour value, 4 a float, 2 a sound sample. */
function bytesInOf(values: ArrayLike<number>): number {
  return ArrayBuffer.isView(values) ? values.byteLength : 0;
}

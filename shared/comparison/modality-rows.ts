import { MODALITIES, type Modality } from "../codec/sensor-frame";
import type { ComparedFrame, Comparison, ModalityTotals, Side } from "../contract/comparison";
import { fixed } from "../fleet/words";

/** One modality of both versions, each at its level. */
export interface ModalityRow {
  readonly modality: Modality;
  /** "Camera", "Motor". */
  readonly name: string;
  /** What it is made of: "320 × 240", "64 points". */
  readonly detail: string;
  readonly a: ModalityCell;
  readonly b: ModalityCell;
  /** Bytes of `b` against those of `a`, percent. */
  readonly bytesPercent: number;
}

/** A version's part of a row. */
export interface ModalityCell {
  /** Bytes in over bytes out. */
  readonly ratio: number;
  /** Mean bytes of a frame that carries it. */
  readonly bytes: number;
  /** Quality in the unit of the modality: MS-SSIM, or what was lost. */
  readonly quality: string;
}

const NAMES: Readonly<Record<Modality, string>> = { camera: "Camera", lidar: "Lidar", imu: "IMU", audio: "Audio", twist: "Motor" };

/** An error below this share of the signal is the rounding of 32-bit numbers. */
const EXACT_SHARE = 1e-6;

function rootMean(sum: number, count: number): number {
  return count === 0 ? 0 : Math.sqrt(sum / count);
}

function meanMsSsim(frames: readonly ComparedFrame[], side: Side, level: number): number {
  const points = frames.flatMap((frame) => frame[side]).filter((point) => point.level === level);
  return points.reduce((sum, point) => sum + point.msSsim, 0) / points.length;
}

/** What a modality lost, as its engineers say it: rms in cm, share of the signal, signal to noise, rms in mm/s. */
function qualityText(totals: ModalityTotals, msSsim: number): string {
  const { modality, squaredError, squaredSignal, values } = totals;
  if (modality === "camera") return fixed(msSsim, 3);
  if (squaredError <= squaredSignal * EXACT_SHARE ** 2) return "exact";
  switch (modality) {
    case "lidar":
      return `${fixed(100 * rootMean(squaredError, values), 2)} cm rms`;
    case "imu":
      return `${fixed(100 * Math.sqrt(squaredError / squaredSignal), 2)} % rms`;
    case "audio":
      return `${fixed(10 * Math.log10(squaredSignal / squaredError), 1)} dB SNR`;
    case "twist":
      return `${fixed(1000 * rootMean(squaredError, values), 2)} mm/s rms`;
  }
}

function detailOf({ modality, fewestValues, mostValues }: ModalityTotals, frames: readonly ComparedFrame[]): string {
  if (modality === "camera") {
    const sizes = new Set(frames.map(({ width, height }) => `${width} × ${height}`));
    const [only] = sizes;
    return sizes.size === 1 && only !== undefined ? only : `${sizes.size} sizes`;
  }
  const perUnit = modality === "lidar" ? 3 : 1;
  const unit = modality === "lidar" ? "points" : modality === "audio" ? "samples" : "axes";
  const [fewest, most] = [fewestValues / perUnit, mostValues / perUnit];
  return fewest === most ? `${fixed(most, 0)} ${unit}` : `${fixed(fewest, 0)} to ${fixed(most, 0)} ${unit}`;
}

/** The modalities that both versions carry, in the order of the bitstream, each version at its level. */
export function modalityRows(comparison: Comparison, levels: Readonly<Record<Side, number>>): readonly ModalityRow[] {
  const totalsOf = (side: Side, modality: Modality): ModalityTotals | undefined =>
    comparison[side].modalities.find((totals) => totals.level === levels[side] && totals.modality === modality);
  const cellOf = (side: Side, totals: ModalityTotals): ModalityCell => ({
    ratio: totals.bytesIn / totals.bytesOut,
    bytes: totals.bytesOut / totals.frames,
    quality: qualityText(totals, meanMsSsim(comparison.frames, side, levels[side])),
  });
  return MODALITIES.flatMap((modality) => {
    const a = totalsOf("a", modality);
    const b = totalsOf("b", modality);
    if (a === undefined || b === undefined) return [];
    return [
      {
        modality,
        name: NAMES[modality],
        detail: detailOf(a, comparison.frames),
        a: cellOf("a", a),
        b: cellOf("b", b),
        bytesPercent: (b.bytesOut / a.bytesOut - 1) * 100,
      },
    ];
  });
}

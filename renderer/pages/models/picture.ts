/** How much a difference is amplified. */
export const DIFFERENCE_GAIN = 4;
/** What no difference is drawn as. */
const NO_DIFFERENCE = 128;

/** Pixels as a canvas takes them. */
export type Rgba = Uint8ClampedArray<ArrayBuffer>;

/** Adds the opaque fourth byte to each pixel. */
export function opaque(rgb: Uint8Array): Rgba {
  const pixels = rgb.length / 3;
  const rgba = new Uint8ClampedArray(pixels * 4);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    rgba[to] = rgb[from] ?? 0;
    rgba[to + 1] = rgb[from + 1] ?? 0;
    rgba[to + 2] = rgb[from + 2] ?? 0;
    rgba[to + 3] = 255;
  }
  return rgba;
}

/** What a reconstruction has too much (brighter than grey) or too little (darker) of each colour, amplified. */
export function differenceOf(original: Uint8Array, reconstruction: Uint8Array): Rgba {
  const rgba = new Uint8ClampedArray((original.length / 3) * 4);
  for (let from = 0, to = 0; from < original.length; from += 3, to += 4) {
    for (let channel = 0; channel < 3; channel++) {
      rgba[to + channel] = NO_DIFFERENCE + DIFFERENCE_GAIN * ((reconstruction[from + channel] ?? 0) - (original[from + channel] ?? 0));
    }
    rgba[to + 3] = 255;
  }
  return rgba;
}

import { describe, expect, it } from "vitest";
import { msSsim, psnrDb } from "./ms-ssim";
import type { CameraImage } from "./sensor-frame";

type Damage = "none" | "noise" | "blur" | "dull";

/** Pictures that any language can draw alike, in integers. */
function picture(width: number, height: number, damage: Damage): CameraImage {
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colours = [(x * 7 + y * 3) % 256, (Math.floor((x * x) / 5) + y * 11) % 256, ((x ^ y) * 5) % 256];
      const noise = damage === "noise" ? ((x * 7919 + y * 104729) % 41) - 20 : 0;
      colours.forEach((colour, channel) => {
        const value = damage === "dull" ? Math.floor(colour / 2) + 40 : colour + noise;
        rgb[3 * (y * width + x) + channel] = Math.max(0, Math.min(255, value));
      });
    }
  }
  const image = { width, height, rgb };
  return damage === "blur" ? blurred(image) : image;
}

function blurred({ width, height, rgb }: CameraImage): CameraImage {
  const result = new Uint8Array(rgb.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let dy = -1; dy <= 1; dy++) {
          for (let dx = -1; dx <= 1; dx++) {
            const row = Math.max(0, Math.min(height - 1, y + dy));
            const column = Math.max(0, Math.min(width - 1, x + dx));
            sum += rgb[3 * (row * width + column) + channel] ?? 0;
          }
        }
        result[3 * (y * width + x) + channel] = Math.floor(sum / 9);
      }
    }
  }
  return { width, height, rgb: result };
}

describe("MS-SSIM", () => {
  // Computed with numpy by the formulas of the paper: full 11x11 windows, no separation, 64-bit floats.
  const reference: readonly (readonly [number, number, Damage, number])[] = [
    [320, 240, "noise", 0.993781],
    [320, 240, "blur", 0.878886],
    [320, 240, "dull", 0.817484],
    [200, 177, "noise", 0.994295],
    [200, 177, "blur", 0.926372],
    [200, 177, "dull", 0.816274],
    [61, 45, "noise", 0.986602],
    [61, 45, "blur", 0.965778],
    [61, 45, "dull", 0.803751],
  ];

  it.each(reference)("agrees with an independent computation: %ix%i, %s, %f", (width, height, damage, expected) => {
    expect(msSsim(picture(width, height, "none"), picture(width, height, damage))).toBeCloseTo(expected, 4);
  });

  it("is 1 for equal pictures and the same whichever comes first", () => {
    const clean = picture(64, 48, "none");
    const noisy = picture(64, 48, "noise");
    expect(msSsim(clean, picture(64, 48, "none"))).toBeCloseTo(1, 6);
    expect(msSsim(clean, noisy)).toBeCloseTo(msSsim(noisy, clean), 9);
  });

  it("compares pictures smaller than its window", () => {
    expect(msSsim(picture(3, 2, "none"), picture(3, 2, "none"))).toBeCloseTo(1, 6);
    expect(msSsim(picture(3, 2, "none"), picture(3, 2, "dull"))).toBeLessThan(1);
  });

  it("refuses to compare pictures of different sizes", () => {
    expect(() => msSsim(picture(20, 20, "none"), picture(20, 21, "none"))).toThrow("sizes");
  });
});

describe("PSNR", () => {
  it("agrees with an independent computation and is infinite for equal pictures", () => {
    const clean = picture(320, 240, "none");
    expect(psnrDb(clean, picture(320, 240, "noise"))).toBeCloseTo(26.856983, 5);
    expect(psnrDb(clean, clean)).toBe(Number.POSITIVE_INFINITY);
  });
});

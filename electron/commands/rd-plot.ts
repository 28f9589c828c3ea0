import type { RatePoint } from "./measure";

/** A curve of a plot: mean bytes a picture against quality in dB. */
export interface PlotCurve {
  readonly name: string;
  readonly points: readonly RatePoint[];
}

const WIDTH = 720;
const HEIGHT = 440;
const LEFT = 64;
const BOTTOM = 52;
const TOP = 20;
const RIGHT = 150;
/** Told apart also without colour: by the dash pattern and the name at the curve's end. */
const STROKES = ["#1f6feb", "#b35900", "#2da44e", "#8250df", "#cf222e", "#57606a"] as const;
const DASHES = ["none", "6 3", "2 3", "10 3 2 3", "none", "6 3"] as const;

function ticks(low: number, high: number, step: number): readonly number[] {
  return Array.from({ length: Math.floor(high / step) - Math.ceil(low / step) + 1 }, (_, i) => (Math.ceil(low / step) + i) * step);
}

/** Rate-distortion curves as an SVG picture: bytes on a scale of logarithms, quality in dB. */
export function rateDistortionSvg(title: string, curves: readonly PlotCurve[]): string {
  const all = curves.flatMap(({ points }) => points);
  const rates = all.map(({ rate }) => Math.log2(rate));
  const qualities = all.map(({ quality }) => quality);
  const [lowRate, highRate] = [Math.floor(Math.min(...rates)), Math.ceil(Math.max(...rates))];
  const [lowQuality, highQuality] = [Math.floor(Math.min(...qualities)), Math.ceil(Math.max(...qualities))];
  const x = (rate: number): number => LEFT + ((Math.log2(rate) - lowRate) / (highRate - lowRate)) * (WIDTH - LEFT - RIGHT);
  const y = (quality: number): number => HEIGHT - BOTTOM - ((quality - lowQuality) / (highQuality - lowQuality)) * (HEIGHT - BOTTOM - TOP);
  const text = (at: readonly [number, number], content: string, anchor: string): string =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" text-anchor="${anchor}">${content}</text>`;
  const grid = [
    ...ticks(lowRate, highRate, 1).map((power) => {
      const at = x(2 ** power).toFixed(1);
      return `<path d="M${at} ${String(TOP)}V${String(HEIGHT - BOTTOM)}" stroke="#d0d7de"/>${text([Number(at), HEIGHT - BOTTOM + 18], String(2 ** power), "middle")}`;
    }),
    ...ticks(lowQuality, highQuality, 2).map((quality) => {
      const at = y(quality).toFixed(1);
      return `<path d="M${String(LEFT)} ${at}H${String(WIDTH - RIGHT)}" stroke="#d0d7de"/>${text([LEFT - 8, Number(at) + 4], String(quality), "end")}`;
    }),
  ];
  const lines = curves.map(({ name, points }, i) => {
    const sorted = [...points].sort((a, b) => a.rate - b.rate);
    const path = sorted.map(({ rate, quality }, k) => `${k === 0 ? "M" : "L"}${x(rate).toFixed(1)} ${y(quality).toFixed(1)}`).join("");
    const last = sorted.at(-1);
    const end = last === undefined ? "" : text([x(last.rate) + 6, y(last.quality) + 4], name, "start");
    return `<path d="${path}" fill="none" stroke="${STROKES[i % STROKES.length] ?? ""}" stroke-width="2" stroke-dasharray="${DASHES[i % DASHES.length] ?? ""}"/>${end}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(HEIGHT)}" font-family="sans-serif" font-size="12" fill="#24292f"><rect width="100%" height="100%" fill="#fff"/>${text([LEFT, 14], title, "start")}${grid.join("")}${lines.join("")}${text([(LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10], "bytes a picture", "middle")}${text([8, 30], "MS-SSIM, dB", "start")}</svg>\n`;
}

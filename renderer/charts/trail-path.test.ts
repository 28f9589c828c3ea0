import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trailPaths, type TrailInput } from "./trail-path";

const GAP = Number.NaN;

function draw(values: readonly number[], more: Partial<TrailInput> = {}): ReturnType<typeof trailPaths> {
  return trailPaths({
    values: Float32Array.from(values),
    limit: 5,
    limitSide: "min",
    scale: { min: 0, max: 10 },
    width: 103,
    height: 24,
    ...more,
  });
}

function pointsOf(path: string): readonly { readonly x: number; readonly y: number }[] {
  return [...path.matchAll(/[ML](-?\d+) (-?\d+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
}

describe("trailPaths", () => {
  it("draws one point for each sample, left to right, inside the picture", () => {
    const value = fc.oneof({ weight: 5, arbitrary: fc.double({ min: -5, max: 15, noNaN: true }) }, { weight: 1, arbitrary: fc.constant(GAP) });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 100 }), (values) => {
        const points = pointsOf(draw(values).line);
        expect(points).toHaveLength(values.filter((each) => !Number.isNaN(each)).length);
        for (const [index, point] of points.entries()) {
          expect(point.x).toBeGreaterThan(points[index - 1]?.x ?? -1);
          expect(point.x).toBeLessThanOrEqual(1_030);
          expect(point.y).toBeGreaterThanOrEqual(0);
          expect(point.y).toBeLessThanOrEqual(240);
        }
      }),
    );
  });

  it("never writes a number that is none", () => {
    const anything = fc.oneof(fc.double(), fc.constantFrom(GAP, Infinity, -Infinity));
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 100 }), anything, (values, limit) => {
        const { line, offending, hatch } = draw(values, { limit });
        expect(line + offending + hatch).not.toMatch(/NaN|Infinity/);
      }),
    );
  });

  it("breaks the line at a gap and hatches it", () => {
    const { line, hatch } = draw([7, 7, GAP, GAP, GAP, GAP, GAP, GAP, GAP, GAP, 7, 7]);
    expect(line.match(/M/g)).toHaveLength(2);
    expect(hatch).not.toBe("");
  });

  it("hatches from the last sample of a silent node to now and marks that sample", () => {
    const { hatch, last, line } = draw([7, 7, ...Array.from({ length: 20 }, () => GAP)]);
    expect(last).toEqual(pointsOf(line).at(-1));
    expect(Math.max(...pointsOf(hatch).map((point) => point.x))).toBeGreaterThan((last?.x ?? Infinity) + 100);
  });

  it("puts the newest sample of a short trail at the right", () => {
    expect(draw([7]).last?.x).toBe(990);
    expect(draw(Array.from({ length: 100 }, () => 7)).last?.x).toBe(990);
  });

  it("colours from where the value went beyond its limit, over short returns", () => {
    const { offending } = draw([7, 7, 7, 4, 4, 6, 4, 4]);
    expect(pointsOf(offending)).toHaveLength(5);
    expect(draw([4, 4, 7, 7, 7, 7, 7, 7, 7]).offending).toBe("");
  });

  it("colours from the onset of the change that the verdict is about", () => {
    expect(pointsOf(draw([9, 9, 8, 7, 6], { onsetTicks: 2 }).offending)).toHaveLength(3);
    expect(pointsOf(draw([9, 9, 8], { onsetTicks: 500 }).offending)).toHaveLength(3);
    expect(draw([9, 9, 8], { onsetTicks: null }).offending).toBe("");
  });

  it("takes a value exactly at its limit as within", () => {
    expect(draw([5, 5, 5]).offending).toBe("");
    expect(draw([50, 50], { limit: 50, limitSide: "max", scale: { min: 0, max: 60 } }).offending).toBe("");
  });

  it("draws nothing where there is nothing", () => {
    expect(draw([])).toMatchObject({ line: "", offending: "", hatch: "", last: null });
    expect(draw([GAP, GAP])).toMatchObject({ line: "", offending: "", hatch: "", last: null });
  });

  it("leaves out a limit that is off the scale", () => {
    expect(draw([1], { limit: 12 }).limitY).toBeNull();
    expect(draw([1], { limit: null }).limitY).toBeNull();
  });
});

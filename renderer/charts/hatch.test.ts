import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hatchPath } from "./hatch";

function pointsOf(path: string): readonly { readonly x: number; readonly y: number }[] {
  return [...path.matchAll(/[ML](-?\d+) (-?\d+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
}

describe("hatchPath", () => {
  it("stays inside its rectangle", () => {
    const side = fc.integer({ min: 0, max: 300 });
    fc.assert(
      fc.property(side, side, side, side, (x0, y0, width, height) => {
        for (const { x, y } of pointsOf(hatchPath(x0, y0, x0 + width, y0 + height))) {
          expect(x >= x0 && x <= x0 + width && y >= y0 && y <= y0 + height).toBe(true);
        }
      }),
    );
  });
});

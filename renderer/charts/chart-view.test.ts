import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isZoomed, moved, spanOf, viewOf, zoomed } from "./chart-view";

describe("a chart's view", () => {
  const bounds = { rangeMs: 600_000, newestMs: 10_000_000 };
  const at = fc.integer({ min: 9_400_000, max: 10_000_000 });
  const view = fc.tuple(at, at).map(([one, other]) => viewOf({ fromMs: Math.min(one, other), toMs: Math.max(one, other) }, bounds));

  it("never leaves the range, whatever is done to it", () => {
    fc.assert(
      fc.property(view, fc.double({ min: 0.1, max: 10, noNaN: true }), fc.option(at), fc.double({ min: -3, max: 3, noNaN: true }), (start, factor, around, share) => {
        for (const next of [start, zoomed(start, factor, around, bounds), moved(start, share, bounds)]) {
          const { fromMs, toMs } = spanOf(next, bounds.newestMs);
          expect(next.spanMs).toBeGreaterThanOrEqual(5_000);
          expect(fromMs).toBeGreaterThanOrEqual(9_400_000 - 1);
          expect(toMs).toBeLessThanOrEqual(10_000_000);
        }
      }),
    );
  });

  it("goes on following the newest sample when it is zoomed without pointing", () => {
    const next = zoomed({ spanMs: 600_000, endMs: null }, 0.5, null, bounds);
    expect(next).toEqual({ spanMs: 300_000, endMs: null });
    expect(isZoomed(next, bounds.rangeMs)).toBe(true);
  });

  it("keeps the time under the pointer in its place", () => {
    const next = zoomed({ spanMs: 600_000, endMs: null }, 0.5, 9_700_000, bounds);
    expect(spanOf(next, bounds.newestMs)).toEqual({ fromMs: 9_550_000, toMs: 9_850_000 });
  });

  it("follows again once the whole range is shown", () => {
    expect(zoomed({ spanMs: 300_000, endMs: 9_800_000 }, 2, null, bounds)).toEqual({ spanMs: 600_000, endMs: null });
  });
});

import { describe, expect, it } from "vitest";
import { rangeAround } from "../../state/selected-range";
import { askedSpan, changeCharts, fixedSpan, isOfHistory, neighbourRange, openedCharts, shownView } from "./charts-state";

const NEWEST_MS = 1_000_000_000;

describe("the charts of a node", () => {
  it("open on the range of the window with the cursor on a moment, and never show what is not there yet", () => {
    const around = (atMs: number) => openedCharts({ span: rangeAround(atMs, NEWEST_MS), newestMs: NEWEST_MS, atMs });
    expect(around(NEWEST_MS - 300_000)).toMatchObject({ view: { spanMs: 120_000, endMs: NEWEST_MS - 240_000 }, cursorMs: NEWEST_MS - 300_000 });
    expect(fixedSpan(around(NEWEST_MS - 10_000))).toEqual({ fromMs: NEWEST_MS - 120_000, toMs: NEWEST_MS });
  });

  it("show all of a range that ends now or is older than any that is offered, and stay on it", () => {
    for (const span of [{ fromMs: NEWEST_MS - 3_000_000, toMs: NEWEST_MS }, { fromMs: NEWEST_MS - 90_000_000, toMs: NEWEST_MS - 88_000_000 }]) {
      expect(fixedSpan(openedCharts({ span, newestMs: NEWEST_MS, atMs: null }))).toEqual(span);
    }
  });

  it("open on the newest minute and follow it", () => {
    expect(askedSpan(openedCharts())).toEqual({ rangeMs: 60_000, toMs: null });
    expect(fixedSpan(openedCharts())).toBeNull();
  });

  it("freeze where they were paused and follow again", () => {
    const paused = changeCharts(openedCharts(), { type: "pause", newestMs: NEWEST_MS, values: null });
    expect(askedSpan(paused).toMs).toBe(NEWEST_MS);
    expect(shownView(paused).endMs).toBe(NEWEST_MS);
    expect(askedSpan(changeCharts(paused, { type: "resume" })).toMs).toBeNull();
  });

  it("zoom within what was frozen, not within what came later", () => {
    const paused = changeCharts(openedCharts(), { type: "pause", newestMs: NEWEST_MS, values: null });
    const later = NEWEST_MS + 20_000;
    const span = { fromMs: NEWEST_MS - 30_000, toMs: later };
    const zoomedIn = changeCharts(paused, { type: "select", span, newestMs: later });
    expect(fixedSpan(zoomedIn)?.toMs).toBe(NEWEST_MS);
  });

  it("forget the zoom with another range", () => {
    const span = { fromMs: NEWEST_MS - 90_000, toMs: NEWEST_MS - 60_000 };
    const wide = changeCharts(openedCharts(), { type: "range", rangeMs: 600_000 });
    const zoomedIn = changeCharts(wide, { type: "select", span, newestMs: NEWEST_MS });
    expect(fixedSpan(zoomedIn)).toEqual(span);
    expect(changeCharts(zoomedIn, { type: "range", rangeMs: 60_000 }).view).toEqual({ spanMs: 60_000, endMs: null });
  });

  it("fit their axes anew when the zoom is reset", () => {
    const opened = openedCharts();
    const closer = changeCharts(opened, { type: "zoom", factor: 0.5, aroundMs: null, newestMs: NEWEST_MS });
    const reset = changeCharts(closer, { type: "reset" });
    expect(closer.scaleEpoch).toBe(opened.scaleEpoch);
    expect(reset).toEqual({ ...opened, scaleEpoch: opened.scaleEpoch + 1 });
  });

  it("stay the same object while the cursor stays where it is", () => {
    const pointed = changeCharts(openedCharts(), { type: "point", atMs: 5 });
    expect(changeCharts(pointed, { type: "point", atMs: 5 })).toBe(pointed);
  });

  it("have a shorter and a longer range, and no further ones", () => {
    expect([neighbourRange(600_000, -1), neighbourRange(60_000, 1)]).toEqual([60_000, 600_000]);
    expect([neighbourRange(60_000, -1), neighbourRange(604_800_000, 1)]).toEqual([60_000, 604_800_000]);
  });

  it("show a stretch of last week from the history, and the last ten minutes from memory", () => {
    const span = { fromMs: NEWEST_MS - 5 * 86_400_000, toMs: NEWEST_MS - 5 * 86_400_000 + 1_800_000 };
    const chosen = changeCharts(openedCharts(), { type: "custom", span, newestMs: NEWEST_MS });
    expect(fixedSpan(chosen)).toEqual(span);
    expect(isOfHistory(askedSpan(chosen), NEWEST_MS)).toBe(true);
    expect(changeCharts(chosen, { type: "range", rangeMs: 600_000 }).view).toEqual({ spanMs: 600_000, endMs: null });
    expect(isOfHistory({ rangeMs: 600_000, toMs: null }, NEWEST_MS)).toBe(false);
    expect(isOfHistory({ rangeMs: 30_000, toMs: NEWEST_MS - 590_000 }, NEWEST_MS)).toBe(true);
  });
});

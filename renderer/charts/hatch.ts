/** Distance of two strokes of a hatch along the horizontal, in the units of the drawing. */
const HATCH_STEP_PX = 5;

/**
 * Strokes at 45 degrees that fill a rectangle, as one path (M/L pairs). A path needs no pattern with a
 * document-wide id, so that hundreds of small drawings stay independent. Strokes stand at fixed places
 * whatever the rectangle, so that a hatch does not crawl while its rectangle moves.
 *
 * @param x0 left, y0 top, x1 right, y1 bottom, in px; an empty rectangle gives an empty path.
 * @param units units of the drawing in a px.
 */
export function hatchPath(x0: number, y0: number, x1: number, y1: number, units = 1): string {
  if (x1 <= x0 || y1 <= y0) return "";
  let path = "";
  for (let sum = Math.ceil((x0 + y0) / HATCH_STEP_PX) * HATCH_STEP_PX; sum <= x1 + y1; sum += HATCH_STEP_PX) {
    const lowY = Math.min(y1, sum - x0);
    const highY = Math.max(y0, sum - x1);
    if (lowY <= highY) continue;
    path += `M${round(sum - lowY, units)} ${round(lowY, units)}L${round(sum - highY, units)} ${round(highY, units)}`;
  }
  return path;
}

function round(px: number, units: number): number {
  return units === 1 ? Math.round(px * 10) / 10 : Math.round(px * units);
}

import type { KeyboardEvent } from "react";

/** Marks an element that arrow keys move to. */
export const ROVING = "data-roving";

/** Rows that PageUp and PageDown skip. */
const PAGE = 10;

/**
 * Moves the focus among the elements marked with {@link ROVING} inside the event's element: left and
 * right to the neighbour in order, up and down to the nearest in the next line, Home and End to the
 * ends. Keys inside text fields are left alone.
 */
export function moveFocusOnArrow(event: KeyboardEvent<HTMLElement>): void {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  if (!(event.target instanceof HTMLElement) || event.target.closest("input, textarea, [role=slider]") !== null) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>(`[${ROVING}]`)];
  const here = event.target.closest<HTMLElement>(`[${ROVING}]`);
  const index = here === null ? -1 : stops.indexOf(here);
  if (index < 0) return;
  const next = stops[nextIndex(event.key, index, stops)];
  if (next === undefined || next === here) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function nextIndex(key: string, index: number, stops: readonly HTMLElement[]): number {
  const last = stops.length - 1;
  switch (key) {
    case "ArrowRight":
      return Math.min(last, index + 1);
    case "ArrowLeft":
      return Math.max(0, index - 1);
    case "ArrowDown":
      return indexInNextLine(index, stops, 1);
    case "ArrowUp":
      return indexInNextLine(index, stops, -1);
    case "PageDown":
      return Math.min(last, index + PAGE);
    case "PageUp":
      return Math.max(0, index - PAGE);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return index;
  }
}

/** The element of the next line that lies nearest below (or above) the one at `index`. */
function indexInNextLine(index: number, stops: readonly HTMLElement[], direction: 1 | -1): number {
  const here = stops[index]?.getBoundingClientRect();
  if (here === undefined) return index;
  let best = index;
  let bestDistance = Number.POSITIVE_INFINITY;
  let lineTop: number | null = null;
  for (let other = index + direction; other >= 0 && other < stops.length; other += direction) {
    const there = stops[other]?.getBoundingClientRect();
    if (there === undefined || Math.abs(there.top - here.top) < 4) continue;
    lineTop ??= there.top;
    if (Math.abs(there.top - lineTop) >= 4) break;
    const distance = Math.abs(there.left - here.left);
    if (distance < bestDistance) {
      best = other;
      bestDistance = distance;
    }
  }
  return best;
}

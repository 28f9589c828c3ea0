import { useEffect } from "react";
import { useSettings } from "../../state/store";

/** What the keys of a node page do. */
export interface ChartKeys {
  readonly togglePause: () => void;
  readonly shorterRange: () => void;
  readonly longerRange: () => void;
  readonly zoomIn: () => void;
  readonly zoomOut: () => void;
  readonly reset: () => void;
}

const TEXT_FIELDS = "input, textarea, select, [contenteditable]";
const PRESSED_BY_SPACE = "button, a, summary, [role=button], [role=radio], [role=switch], [role=option], [role=menuitem]";
const OVER_THE_PAGE = "[role=dialog], [role=alertdialog]";
const CHART = ".chart-plot";

/**
 * Space pauses, `[` and `]` change the range, `+` `-` `0` zoom. Off in text fields and dialogs, and
 * outside a focused chart where single-key shortcuts are switched off (WCAG 2.1.4).
 */
export function useChartKeys(keys: ChartKeys): void {
  const { singleKeyShortcuts } = useSettings();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest(TEXT_FIELDS) || document.querySelector(OVER_THE_PAGE) !== null) return;
      if (event.key === " " && target?.closest(PRESSED_BY_SPACE)) return;
      if (!singleKeyShortcuts && !target?.closest(CHART)) return;
      const act = actOf(event.key, keys);
      if (act === null) return;
      event.preventDefault();
      if (!event.repeat || act === keys.zoomIn || act === keys.zoomOut) act();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => {
      window.removeEventListener("keydown", onKeyDown);
    };
  }, [keys, singleKeyShortcuts]);
}

function actOf(key: string, keys: ChartKeys): (() => void) | null {
  switch (key) {
    case " ":
      return keys.togglePause;
    case "[":
      return keys.shorterRange;
    case "]":
      return keys.longerRange;
    case "+":
    case "=":
      return keys.zoomIn;
    case "-":
      return keys.zoomOut;
    case "0":
      return keys.reset;
    default:
      return null;
  }
}

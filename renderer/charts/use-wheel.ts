import { useEffect, useRef, type RefObject } from "react";

/** One turn of the wheel. */
export interface WheelTurn {
  readonly isDown: boolean;
  /** Where the pointer is, px from the window's left edge. */
  readonly clientX: number;
}

/** Turns of the wheel over an element. React listens passively, so the page would scroll too: this listens itself. */
export function useWheel(ref: RefObject<HTMLElement | null>, onTurn: (turn: WheelTurn) => void): void {
  const latest = useRef(onTurn);
  useEffect(() => {
    latest.current = onTurn;
  });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const onWheel = (event: WheelEvent): void => {
      // Ctrl and the wheel is the zoom of the whole window.
      if (event.ctrlKey || event.deltaY === 0) return;
      event.preventDefault();
      latest.current({ isDown: event.deltaY > 0, clientX: event.clientX });
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      element.removeEventListener("wheel", onWheel);
    };
  }, [ref]);
}

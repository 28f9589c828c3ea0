import { useEffect, useRef, type RefObject } from "react";

/** Turns of the wheel over an element. React listens passively, so the page would scroll too: this listens itself. */
export function useWheel(ref: RefObject<HTMLElement | null>, onTurn: (isDown: boolean) => void): void {
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
      latest.current(event.deltaY > 0);
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      element.removeEventListener("wheel", onWheel);
    };
  }, [ref]);
}

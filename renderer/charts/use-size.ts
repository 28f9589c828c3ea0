import { useCallback, useState, type RefCallback } from "react";

/** Size of a box in whole px; null until it was measured. */
export interface BoxSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Measures the element that the returned ref is given to, at once and whenever it is resized. Whole px:
 * a fraction that changes with every layout would draw charts again for nothing.
 */
export function useSize(): readonly [RefCallback<HTMLElement>, BoxSize | null] {
  const [size, setSize] = useState<BoxSize | null>(null);
  const observe = useCallback<RefCallback<HTMLElement>>((element) => {
    if (element === null) return undefined;
    const measure = (): void => {
      const next = { width: element.clientWidth, height: element.clientHeight };
      setSize((before) => (before?.width === next.width && before.height === next.height ? before : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  return [observe, size];
}

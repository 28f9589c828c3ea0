import { useEffect, useRef, useState, type RefObject } from "react";
import type { NodeView } from "../../../shared/contract/snapshot";
import { useFleet } from "../../state/store";

/** A row or card this near to the window's edge counts as in it. */
const MARGIN = "240px";
/** Outside of the window, numbers follow every so many ticks (5 s). */
const TICKS_OUTSIDE = 10;

/** A node, and the ref for the element that shows it. */
export interface ShownNode<Shown extends HTMLElement> {
  readonly node: NodeView | undefined;
  readonly ref: RefObject<Shown | null>;
}

/**
 * A node for a row or card that may lie outside of the scrolled view: there its numbers follow every
 * 5 s, each row at a tick of its own, while its state, version and command always follow at once. Half
 * of the rows of a long table are outside, and drawing them took half of a tick.
 */
export function useShownNode<Shown extends HTMLElement>(nodeId: string): ShownNode<Shown> {
  const ref = useRef<Shown>(null);
  const isInView = useIsInView(ref);
  const kept = useRef<NodeView | undefined>(undefined);
  const node = useFleet(({ fleet }) => {
    const newest = fleet?.nodes.get(nodeId);
    const isTurn = fleet !== null && (fleet.meta.tick + slotOf(nodeId)) % TICKS_OUTSIDE === 0;
    if (isInView || isTurn || !isAlike(kept.current, newest)) kept.current = newest;
    return kept.current;
  });
  return { node, ref };
}

/** Whether two views of a node differ in numbers alone. */
function isAlike(before: NodeView | undefined, after: NodeView | undefined): boolean {
  return (
    before !== undefined &&
    after !== undefined &&
    before.nodeId === after.nodeId &&
    before.state === after.state &&
    before.attention === after.attention &&
    before.liveness === after.liveness &&
    before.modelVersion === after.modelVersion &&
    before.command === after.command &&
    before.guard?.verdict.outcome === after.guard?.verdict.outcome &&
    before.guard?.hold === after.guard?.hold &&
    before.guard?.trial.phase === after.guard?.trial.phase
  );
}

/** Spreads nodes over the ticks. */
function slotOf(nodeId: string): number {
  let sum = 0;
  for (let index = 0; index < nodeId.length; index += 1) sum += nodeId.charCodeAt(index);
  return sum % TICKS_OUTSIDE;
}

function useIsInView(ref: RefObject<HTMLElement | null>): boolean {
  const [isInView, setIsInView] = useState(true);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const entry = entries.at(-1);
        if (entry !== undefined) setIsInView(entry.isIntersecting);
      },
      { rootMargin: MARGIN },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return isInView;
}

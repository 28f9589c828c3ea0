import { useEffect, useMemo, useRef, useState, type FocusEvent, type PointerEvent } from "react";
import { useShallow } from "zustand/react/shallow";
import { useFleet } from "../../state/store";
import { filterWords, matchesFilter } from "./filter";
import { compareIds, compareNeed, holdOrder, isNeedy, isSameOrder, type SectionedOrder } from "./order";
import { compareBy, type Sort } from "./sort";

/** The filtered nodes in two sections; the arrays keep their reference while the order stays. */
export function useSectionedOrder(filter: string): SectionedOrder {
  const words = useMemo(() => filterWords(filter), [filter]);
  const needy = useFleet(
    useShallow(({ fleet }) =>
      [...(fleet?.nodes.values() ?? [])]
        .filter((node) => isNeedy(node) && matchesFilter(node, words))
        .sort(compareNeed)
        .map((node) => node.nodeId),
    ),
  );
  const expected = useFleet(
    useShallow(({ fleet }) =>
      [...(fleet?.nodes.values() ?? [])]
        .filter((node) => !isNeedy(node) && matchesFilter(node, words))
        .map((node) => node.nodeId)
        .sort(compareIds),
    ),
  );
  return useMemo(() => ({ needy, expected }), [needy, expected]);
}

const NO_IDS: readonly string[] = [];

/** The filtered nodes ordered by a column, in one section. */
export function useSortedOrder(filter: string, sort: Sort): SectionedOrder {
  const words = useMemo(() => filterWords(filter), [filter]);
  const expected = useFleet(
    useShallow(({ fleet }) =>
      [...(fleet?.nodes.values() ?? [])]
        .filter((node) => matchesFilter(node, words))
        .sort(compareBy(sort))
        .map((node) => node.nodeId),
    ),
  );
  return useMemo(() => ({ needy: NO_IDS, expected }), [expected]);
}

/** Spread onto the element whose order must not change under the pointer or the keyboard. */
export interface HoldProps {
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerLeave: () => void;
  readonly onFocus: (event: FocusEvent) => void;
  readonly onBlur: (event: FocusEvent) => void;
}

/** An order that stands still while someone points at it or has the focus in it. */
export interface HeldOrder {
  readonly order: SectionedOrder;
  /** The order on screen is not the order by need. */
  readonly isHeld: boolean;
  /** Sorts now, although someone points at it. */
  readonly release: () => void;
  readonly holdProps: HoldProps;
}

/** A pointer that rests on no button for this long points at nothing, ms. */
const RESTING_AFTER_MS = 5_000;

/**
 * Holds an order while someone points at it or moves the focus in it: nothing moves under a click. A
 * pointer that rests on a button holds until it leaves; one that rests elsewhere lets go after 5 s, so
 * that a mouse left lying does not hide who needs a person. Another `sort` is taken at once.
 */
export function useHeldOrder(wanted: SectionedOrder, sort: Sort | null = null): HeldOrder {
  const [isPointed, setIsPointed] = useState(false);
  const [isFocused, setIsFocused] = useState(false);
  const resting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(resting.current), []);
  const focused = useRef<Element | null>(null);
  const [held, setHeld] = useState<SectionedOrder>(wanted);
  const [heldSort, setHeldSort] = useState(sort);
  const isSortNew = heldSort !== sort;
  if (isSortNew) setHeldSort(sort);
  const isHolding = (isPointed || isFocused) && !isSortNew;
  // Adjusted while rendering, as React recommends for state that follows other state.
  const next = isHolding ? holdOrder(held, wanted) : wanted;
  if (!isSameOrder(next, held)) setHeld(next);
  // A focused element that leaves the page gives no blur.
  useEffect(() => {
    if (isFocused && focused.current?.contains(document.activeElement) !== true) setIsFocused(false);
  }, [isFocused, wanted]);
  return {
    order: next,
    isHeld: isHolding && !isSameOrder(next, wanted),
    release: () => setHeld(wanted),
    holdProps: {
      onPointerMove: (event) => {
        setIsPointed(true);
        clearTimeout(resting.current);
        const isOnButton = event.target instanceof Element && event.target.closest("button") !== null;
        if (!isOnButton) resting.current = setTimeout(() => setIsPointed(false), RESTING_AFTER_MS);
      },
      onPointerLeave: () => {
        clearTimeout(resting.current);
        setIsPointed(false);
      },
      onFocus: (event) => {
        // A click leaves the focus behind without anyone looking at it; the pointer holds for it.
        if (!event.target.matches(":focus-visible")) return;
        focused.current = event.currentTarget;
        setIsFocused(true);
      },
      onBlur: (event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setIsFocused(false);
      },
    },
  };
}

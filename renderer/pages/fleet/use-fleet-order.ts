import { useMemo, useState, type FocusEvent } from "react";
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
  readonly onPointerEnter: () => void;
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

/**
 * Holds an order while the pointer is over it or the focus is in it: nothing moves under a click. When
 * the operator asks for another `sort`, it is taken at once.
 */
export function useHeldOrder(wanted: SectionedOrder, sort: Sort | null = null): HeldOrder {
  const [isPointed, setIsPointed] = useState(false);
  const [isFocused, setIsFocused] = useState(false);
  const [held, setHeld] = useState<SectionedOrder>(wanted);
  const [heldSort, setHeldSort] = useState(sort);
  const isSortNew = heldSort !== sort;
  if (isSortNew) setHeldSort(sort);
  const isHolding = (isPointed || isFocused) && !isSortNew;
  // Adjusted while rendering, as React recommends for state that follows other state.
  const next = isHolding ? holdOrder(held, wanted) : wanted;
  if (!isSameOrder(next, held)) setHeld(next);
  return {
    order: next,
    isHeld: isHolding && !isSameOrder(next, wanted),
    release: () => setHeld(wanted),
    holdProps: {
      onPointerEnter: () => setIsPointed(true),
      onPointerLeave: () => setIsPointed(false),
      onFocus: () => setIsFocused(true),
      onBlur: (event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setIsFocused(false);
      },
    },
  };
}

import { create } from "zustand";
import { BY_NEED, type Sort } from "./sort";

/** What the matrix puts together. */
export type Grouping = "vertical" | "version";

/** How the operator looks at the fleet; kept while other pages are open. */
interface FleetDesk {
  readonly filter: string;
  readonly sort: Sort;
  readonly grouping: Grouping;
  /** The row or tile that was last under the keyboard or clicked. */
  readonly selectedId: string | null;
}

const useFleetDesk = create<FleetDesk>(() => ({ filter: "", sort: BY_NEED, grouping: "vertical", selectedId: null }));

/** Reads how the operator looks at the fleet. */
export function useDesk<Value>(selector: (desk: FleetDesk) => Value): Value {
  return useFleetDesk(selector);
}

/** The selected node now, for event handlers. */
export function readSelectedId(): string | null {
  return useFleetDesk.getState().selectedId;
}

/** Shows only nodes that match. */
export function setFilter(filter: string): void {
  useFleetDesk.setState({ filter });
}

/** Orders the table. */
export function setSort(sort: Sort): void {
  useFleetDesk.setState({ sort });
}

/** Groups the matrix. */
export function setGrouping(grouping: Grouping): void {
  useFleetDesk.setState({ grouping });
}

/** Selects a node; null for none. */
export function selectNode(selectedId: string | null): void {
  if (useFleetDesk.getState().selectedId !== selectedId) useFleetDesk.setState({ selectedId });
}

import type { Settings } from "../../../shared/contract/settings";

/** The three ways to look at a fleet. */
export type FleetView = "cards" | "table" | "matrix";

/** Most nodes for which cards, and then the table, are chosen by themselves. */
const MOST_CARDS = 12;
const MOST_ROWS = 60;

/** The view that a setting means for so many nodes. */
export function viewFor(setting: Settings["fleetView"], nodeCount: number): FleetView {
  if (setting !== "auto") return setting;
  if (nodeCount <= MOST_CARDS) return "cards";
  return nodeCount <= MOST_ROWS ? "table" : "matrix";
}

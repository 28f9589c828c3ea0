import { go } from "./navigation";
import { rangeAround, selectRange } from "./selected-range";
import { readFleet } from "./store";

/** Opens a node on a moment, Unix ms: every chart of the window shows the minutes around it until it is live again. */
export function openNodeAt(nodeId: string, atMs: number): void {
  selectRange(rangeAround(atMs, readFleet().fleet?.meta.atMs ?? atMs));
  go({ page: "node", nodeId, atMs });
}

import type { NodeView } from "../../../shared/contract/snapshot";
import { compareIds, compareNeed } from "./order";

/** The columns of the table that can order it. `state` orders by need. */
export type SortColumn =
  | "state"
  | "node"
  | "profile"
  | "version"
  | "compressionRatio"
  | "latencyMs"
  | "qualityScore"
  | "bandwidth"
  | "rate"
  | "age"
  | "command"
  | "rollback";

/** A column and its direction. */
export interface Sort {
  readonly column: SortColumn;
  readonly isDescending: boolean;
}

/** Worst first. */
export const BY_NEED: Sort = { column: "state", isDescending: false };

/** What a column compares: text as people count, numbers by size, null (not reported) last either way. */
function valueOf(node: NodeView, column: Exclude<SortColumn, "state">): string | number | null {
  switch (column) {
    case "node":
      return node.nodeId;
    case "profile":
      return node.vertical;
    case "version":
      return node.modelVersion;
    case "compressionRatio":
    case "latencyMs":
    case "qualityScore":
      return node.latest?.[column] ?? null;
    case "bandwidth":
      return node.latest?.bandwidthKbps ?? null;
    case "rate":
      return node.sampleRateHz;
    case "age":
      return -node.lastHeardAtMs;
    case "command":
      return node.command?.phase ?? null;
    case "rollback":
      return node.rollback.offered ? node.rollback.version : null;
  }
}

/** A total order of nodes by a column; equal values are ordered by id. */
export function compareBy(sort: Sort): (left: NodeView, right: NodeView) => number {
  const { column } = sort;
  const sign = sort.isDescending ? -1 : 1;
  if (column === "state") return (left, right) => sign * compareNeed(left, right);
  return (left, right) => {
    const leftValue = valueOf(left, column);
    const rightValue = valueOf(right, column);
    if (leftValue === null || rightValue === null) {
      if (leftValue !== rightValue) return leftValue === null ? 1 : -1;
      return compareIds(left.nodeId, right.nodeId);
    }
    const order =
      typeof leftValue === "number" && typeof rightValue === "number"
        ? leftValue - rightValue
        : compareIds(String(leftValue), String(rightValue));
    return order === 0 ? compareIds(left.nodeId, right.nodeId) : sign * order;
  };
}

/** The order after a click on a column's head: that column, or the other direction. */
export function nextSort(sort: Sort, column: SortColumn): Sort {
  return { column, isDescending: sort.column === column ? !sort.isDescending : false };
}

import type { QuarantineView } from "../../shared/contract/judging";
import type { NodeView } from "../../shared/contract/snapshot";

/** Which version's quarantine is to be lifted, seen from a node. */
export interface LiftIntent {
  readonly version: string;
  readonly nodeId: string;
  readonly vertical: NodeView["vertical"];
}

/** The entries that keep a version off a node: its own, and that of its vertical. */
export function entriesFor(entries: readonly QuarantineView[], { version, nodeId, vertical }: LiftIntent): readonly QuarantineView[] {
  return entries.filter((entry) => entry.version === version && (entry.scope.kind === "node" ? entry.scope.nodeId === nodeId : entry.scope.vertical === vertical));
}

/** Whom an entry keeps a version from. */
export function scopeText({ scope }: Pick<QuarantineView, "scope">): string {
  if (scope.kind === "node") return scope.nodeId;
  return scope.vertical === null ? "every node that reports no profile" : `every node of profile ${scope.vertical}`;
}

/** What a report is about. */
export interface ReportScope {
  /** Unix ms, both included. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Empty: every node. */
  readonly nodeIds: readonly string[];
  /** Empty: every version, and samples that carry none. */
  readonly versions: readonly string[];
}

/** Whether a node is in the scope. */
export function takesNode({ nodeIds }: ReportScope, nodeId: string): boolean {
  return nodeIds.length === 0 || nodeIds.includes(nodeId);
}

/** Whether samples of a version are in the scope. */
export function takesVersion({ versions }: ReportScope, version: string | null): boolean {
  return versions.length === 0 || (version !== null && versions.includes(version));
}

import type { NodeView, VersionSpan } from "../../../shared/contract/snapshot";
import { compareIds } from "../fleet/order";

/** Nodes that run a version by their own report, in the order of ids. */
export function nodesRunning(version: string, nodes: Iterable<Pick<NodeView, "nodeId" | "modelVersion">>): readonly string[] {
  const ids: string[] = [];
  for (const node of nodes) if (node.modelVersion === version) ids.push(node.nodeId);
  return ids.sort(compareIds);
}

interface Numbered {
  readonly stem: string;
  readonly number: number;
}

function numbered(nodeId: string): Numbered | null {
  const match = /^(.*?)(\d{1,6})$/.exec(nodeId);
  return match?.[1] === undefined || match[2] === undefined ? null : { stem: match[1], number: Number(match[2]) };
}

function follows(before: string, next: string): boolean {
  const one = numbered(before);
  const other = numbered(next);
  return one !== null && other !== null && one.stem === other.stem && other.number === one.number + 1;
}

/** Ids in words: three or more that count on become "node_0 to node_5". Empty for none. */
export function idsInWords(ids: readonly string[]): string {
  const parts: string[] = [];
  let run: string[] = [];
  const close = (): void => {
    const [first, ...rest] = run;
    const last = rest.at(-1);
    if (first === undefined) return;
    if (rest.length >= 2 && last !== undefined) parts.push(`${first} to ${last}`);
    else parts.push(...run);
    run = [];
  };
  for (const id of ids) {
    const before = run.at(-1);
    if (before !== undefined && !follows(before, id)) close();
    run.push(id);
  }
  close();
  return parts.join(", ");
}

/** One stretch for which a node ran a version. */
export interface Run extends VersionSpan {
  readonly nodeId: string;
}

/** Where and when a version ran since the start, by the nodes' own reports: running ones first by id, then those that ended last. */
export function runsOf(version: string, nodes: Iterable<Pick<NodeView, "nodeId" | "history">>): readonly Run[] {
  const runs: Run[] = [];
  for (const { nodeId, history } of nodes) {
    for (const span of history) if (span.version === version) runs.push({ ...span, nodeId });
  }
  const endOf = (run: Run): number => run.toMs ?? Number.POSITIVE_INFINITY;
  return runs.sort((one, other) => {
    if (one.toMs === null && other.toMs === null) return compareIds(one.nodeId, other.nodeId);
    return endOf(other) - endOf(one) || compareIds(one.nodeId, other.nodeId);
  });
}

import type { NodeView } from "../../../shared/contract/snapshot";
import type { Grouping } from "./desk";
import { compareIds, isNeedy } from "./order";

/** Nodes that share a profile or a version. */
export interface NodeGroup {
  /** What they share; "not reported" where the nodes do not say. */
  readonly name: string;
  /** In the order of people's counting. */
  readonly ids: readonly string[];
  readonly needyCount: number;
}

/** Groups nodes; groups and members stand by name, so that a tile keeps its place. */
export function groupNodes(nodes: Iterable<NodeView>, grouping: Grouping): readonly NodeGroup[] {
  const members = new Map<string, { ids: string[]; needyCount: number }>();
  for (const node of nodes) {
    const name = (grouping === "vertical" ? node.vertical : node.modelVersion) ?? "not reported";
    const group = members.get(name) ?? { ids: [], needyCount: 0 };
    group.ids.push(node.nodeId);
    if (isNeedy(node)) group.needyCount += 1;
    members.set(name, group);
  }
  return [...members]
    .map(([name, { ids, needyCount }]) => ({ name, ids: ids.sort(compareIds), needyCount }))
    .sort((left, right) => compareIds(left.name, right.name));
}

/** Groups as one text that changes only when a group or its count does. */
export function groupsKey(groups: readonly NodeGroup[]): string {
  return groups.map((group) => `${group.name}\n${group.needyCount}\n${group.ids.join(" ")}`).join("\n\n");
}

import type { Liveness } from "../contract/snapshot";
import type { HubNode } from "./hub-status";
import type { ModelVersion, NodeId } from "./ids";

/** What is known here of a node by its own topics. */
export interface KnownNode {
  readonly liveness: Liveness;
  readonly modelVersion: ModelVersion | null;
}

/** Something that the fleet hub says otherwise than the node's own topics. */
export interface HubDifference {
  readonly nodeId: NodeId;
  /** Not here at all; alive for one side only; another version. */
  readonly kind: "absent" | "silent" | "unheard" | "version";
  /** A clause without a full stop: "node_7 is alive for the hub and is not here". */
  readonly clause: string;
}

function differenceOf(hub: HubNode, known: KnownNode | undefined): HubDifference | null {
  const { nodeId } = hub;
  if (known === undefined) {
    return hub.isAlive ? { nodeId, kind: "absent", clause: `${nodeId} is alive for the hub and is not here` } : null;
  }
  const isHeard = known.liveness === "live" || known.liveness === "no-metrics";
  if (hub.isAlive && (known.liveness === "stale" || known.liveness === "lost")) {
    return { nodeId, kind: "silent", clause: `${nodeId} is alive for the hub and ${known.liveness} here` };
  }
  if (!hub.isAlive && isHeard) return { nodeId, kind: "unheard", clause: `${nodeId} is not alive for the hub and is heard here` };
  const { modelVersion } = hub;
  if (isHeard && hub.isAlive && modelVersion !== null && known.modelVersion !== null && modelVersion !== known.modelVersion) {
    return { nodeId, kind: "version", clause: `${nodeId} runs ${modelVersion} for the hub and ${known.modelVersion} by its own report` };
  }
  return null;
}

/**
 * Where the hub's list differs from what the nodes say themselves. A node that the hub does not list is no
 * difference: it knows only the ids that it was configured with (wire protocol, 1.4).
 */
export function hubDifferences(hub: readonly HubNode[], known: (nodeId: NodeId) => KnownNode | undefined): readonly HubDifference[] {
  return hub.map((each) => differenceOf(each, known(each.nodeId))).filter((difference) => difference !== null);
}

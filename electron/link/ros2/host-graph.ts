import type { Timers } from "../../../shared/time";
import type { HostEndpoint, HostReply } from "./protocol";
import type { RclDuration, RclEndpointInfo, RclNode } from "./rclnodejs-api";

/**
 * Between two looks at the names of topics and nodes, ms. rclnodejs 1.9 does not tell of the graph's own
 * events; a look is a copy of two lists.
 */
const LOOK_MS = 200;
/** Between two looks at every endpoint, ms, where names did not change: a second publisher of a known topic. */
const FULL_LOOK_MS = 1_000;

/** Numbers of rmw_qos_reliability_policy_t and rmw_qos_durability_policy_t. */
const RELIABILITY: Readonly<Record<number, HostEndpoint["reliability"]>> = { 1: "reliable", 2: "best-effort" };
const DURABILITY: Readonly<Record<number, HostEndpoint["durability"]>> = { 1: "transient-local", 2: "volatile" };

/** RMW_QOS_POLICY_LIVELINESS_MANUAL_BY_TOPIC. */
const MANUAL_BY_TOPIC = 3;

/** Longer than anybody means: 2^63 ns, rmw's infinity, is 9.2e9 s. */
const ENDLESS_S = 9_000_000_000n;

function isLimited({ seconds, nanoseconds }: RclDuration): boolean {
  return seconds < ENDLESS_S && (seconds > 0n || nanoseconds > 0);
}

function timingsOf(qos: RclEndpointInfo["qos_profile"]): HostEndpoint["timings"] {
  const isManual = qos.liveliness === MANUAL_BY_TOPIC || isLimited(qos.liveliness_lease_duration);
  return [...(isLimited(qos.deadline) ? (["deadline"] as const) : []), ...(isManual ? (["liveliness"] as const) : [])];
}

/** What the middleware says of an endpoint whose node it has not heard of yet. */
const UNKNOWN_NODE = /_UNKNOWN_$/;

function endpointOf(topic: string, role: HostEndpoint["role"], info: RclEndpointInfo): HostEndpoint {
  const { node_name: nodeName, node_namespace: namespace, topic_type: type, qos_profile: qos } = info;
  return {
    topic,
    type,
    role,
    nodeName: namespace === "/" || UNKNOWN_NODE.test(nodeName) ? nodeName : `${namespace}/${nodeName}`,
    reliability: RELIABILITY[qos.reliability] ?? null,
    durability: DURABILITY[qos.durability] ?? null,
    timings: timingsOf(qos),
  };
}

/** Looks at the graph from now on, and posts it whenever something in it changed. */
export function watchGraph(node: RclNode, timers: Timers, post: (graph: Extract<HostReply, { kind: "graph" }>) => void): void {
  let lastNames = "";
  let lastGraph = "";
  let fullLookAtMs = -Infinity;
  /** An endpoint's node is heard of a little later than the endpoint. */
  let hasUnknown = false;

  function fullLook(topics: readonly string[], nodes: readonly string[]): void {
    fullLookAtMs = timers.monotonicMs();
    const endpoints = topics.flatMap((topic) => [
      ...node.getPublishersInfoByTopic(topic).map((info) => endpointOf(topic, "publisher", info)),
      ...node.getSubscriptionsInfoByTopic(topic).map((info) => endpointOf(topic, "subscription", info)),
    ]);
    hasUnknown = endpoints.some((endpoint) => UNKNOWN_NODE.test(endpoint.nodeName));
    const graph = JSON.stringify([endpoints.map((endpoint) => JSON.stringify(endpoint)).toSorted(), nodes]);
    if (graph === lastGraph) return;
    lastGraph = graph;
    post({ kind: "graph", endpoints, nodes: [...nodes] });
  }

  function look(): void {
    const topics = node.getTopicNamesAndTypes();
    const nodes = node.getNodeNames().toSorted();
    const names = JSON.stringify([topics, nodes]);
    if (names !== lastNames || hasUnknown || timers.monotonicMs() - fullLookAtMs >= FULL_LOOK_MS) {
      lastNames = names;
      fullLook(topics.map(({ name }) => name), nodes);
    }
    timers.after(LOOK_MS, look);
  }
  look();
}

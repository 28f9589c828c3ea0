import { qosMatches, type QosProfile } from "../../../shared/wire/topics";
import type { Failure } from "../../../shared/result";
import type { Subscription, TopicEndpoint } from "../port";
import type { HostEndpoint } from "./protocol";

/** The node of the original fleet that deploys by itself. */
const COMPETING_NODE = "model_deployment_manager";

/** The deploy topic of one era, shared by all its nodes: whatever is published there reaches every one of them. */
const SHARED_DEPLOY_TOPIC = "/model/deploy";

/** Topics named in one notice. */
const NAMED_TOPICS = 5;

/** The endpoint as the port knows it. */
export function portEndpoint({ topic, type, role, nodeName }: HostEndpoint): TopicEndpoint {
  return { topic, type, role, nodeName };
}

function named(topics: readonly string[]): string {
  const rest = topics.length - NAMED_TOPICS;
  return `${topics.slice(0, NAMED_TOPICS).join(", ")}${rest > 0 ? ` and ${String(rest)} more` : ""}`;
}

/** Whether messages of this publisher reach the subscription; a policy that is neither of ROS's two is given the benefit. */
function reaches(publisher: HostEndpoint, requested: QosProfile): boolean {
  const offered: QosProfile = {
    reliability: publisher.reliability ?? "reliable",
    durability: publisher.durability ?? "transient-local",
    depth: requested.depth,
  };
  return qosMatches(offered, requested);
}

/**
 * What an operator should know of the graph: publishers of topics that the application listens to and
 * cannot hear, by topic, and another program that deploys.
 * @param expected What the fleet carries on a topic, by its name; null for a topic that is not the fleet's.
 */
export function graphNotices(
  endpoints: readonly HostEndpoint[],
  nodes: readonly string[],
  subscriptions: readonly Subscription[],
  expected: (topic: string) => { readonly type: string; readonly deploy: boolean } | null,
  deployQos: QosProfile,
): readonly Failure<string>[] {
  const wanted = new Map(subscriptions.map((subscription) => [subscription.topic, subscription]));
  const clashes = new Set<string>();
  const unheard = new Set<string>();
  const deaf = new Set<string>();
  for (const endpoint of endpoints) {
    const fleet = expected(endpoint.topic);
    if (fleet === null) continue;
    if (endpoint.type !== fleet.type) {
      clashes.add(`${endpoint.topic} (${endpoint.type} instead of ${fleet.type})`);
      continue;
    }
    const subscription = wanted.get(endpoint.topic);
    if (endpoint.role === "publisher" && subscription !== undefined && !reaches(endpoint, subscription.qos)) unheard.add(endpoint.topic);
    if (endpoint.role === "subscription" && fleet.deploy && !isServed(endpoint, deployQos)) {
      deaf.add([endpoint.topic, ...endpoint.timings].join(", "));
    }
  }
  const notices: Failure<string>[] = [];
  if (clashes.size > 0) {
    notices.push({ code: "TYPE_CLASH", message: `Somebody uses a topic of the fleet with another message type, so it is not heard: ${named([...clashes])}.` });
  }
  if (unheard.size > 0) {
    notices.push({ code: "QOS_MISMATCH", message: `The publisher's QoS does not reach this application on ${named([...unheard])}.` });
  }
  if (deaf.size > 0) {
    notices.push({ code: "QOS_MISMATCH", message: `A node demands a QoS that deploys do not have, so it hears none: ${named([...deaf])}.` });
  }
  if (endpoints.some(({ topic, role }) => topic === SHARED_DEPLOY_TOPIC && role === "subscription")) {
    notices.push({
      code: "SHARED_DEPLOY_TOPIC",
      message: `Nodes of the seed era listen to ${SHARED_DEPLOY_TOPIC}, which all of them share. Deploys of one node never go there, so these nodes do not hear them.`,
    });
  }
  if (nodes.includes(COMPETING_NODE)) {
    notices.push({
      code: "COMPETING_DEPLOYER",
      message: `A node ${COMPETING_NODE} is in the graph: it may deploy and roll back behind this application's back. Stop it, or only watch from here.`,
    });
  }
  return notices;
}

/** Whether deploys reach this subscription: they promise no deadline and no liveliness. */
function isServed(subscription: HostEndpoint, deployQos: QosProfile): boolean {
  return subscription.timings.length === 0 && qosMatches(deployQos, {
    reliability: subscription.reliability ?? "best-effort",
    durability: subscription.durability ?? "volatile",
    depth: 1,
  });
}

import { parseModelVersion, parseNodeId, quoteUntrusted, type ModelVersion, type NodeId } from "../fleet/ids";
import type { Dialect } from "../fleet/sample";
import { fail, ok, type Result } from "../result";
import { decodeString, encodeString } from "./cdr";
import { DEPLOY_PUBLICATION_QOS, topicName, topicType, type QosProfile, type RosType } from "./topics";

/**
 * Deploys on the wire are bare names: no id, hash or requester, and no acknowledgement. What confirms one is
 * the `model_version` of the node's own heartbeats and metrics (wire protocol, 1.4).
 */

/** A deploy, ready to be published. */
export interface DeployMessage {
  readonly topic: string;
  readonly type: RosType;
  readonly qos: QosProfile;
  readonly bytes: Uint8Array;
}

/** To whom a deploy on the fleet's topic is addressed. */
export interface FleetDeploy {
  readonly target: NodeId | "all";
  readonly version: ModelVersion;
}

/** The deploy of a version to one node, on the topic of a dialect that the node speaks. */
export function encodeDeploy(nodeId: NodeId, dialect: Dialect, version: ModelVersion): DeployMessage {
  const kind = dialect === "lydt" ? "deploy" : "legacy-deploy";
  return {
    topic: topicName(kind, nodeId),
    type: topicType(kind),
    qos: DEPLOY_PUBLICATION_QOS,
    bytes: encodeString(version),
  };
}

/**
 * Reads a deploy as an edge does on its own topic, in either dialect.
 * @returns BAD_CDR, or BAD_VERSION for a name that is not allow-listed: it will be looked up as a file.
 */
export function decodeDeploy(bytes: Uint8Array): Result<ModelVersion, "BAD_CDR" | "BAD_VERSION"> {
  const text = decodeString(bytes);
  return text.ok ? parseModelVersion(text.value) : text;
}

/**
 * Reads a deploy as an edge does on the fleet's topic: `target:version`, the target `*`, `all` or a node id.
 * @returns BAD_CDR, BAD_NODE_ID, BAD_VERSION; also for a text without a colon, which the original takes as a
 * deploy to every node. A name that lost its target must not become an order to the whole fleet.
 */
export function decodeFleetDeploy(bytes: Uint8Array): Result<FleetDeploy, "BAD_CDR" | "BAD_NODE_ID" | "BAD_VERSION"> {
  const text = decodeString(bytes);
  if (!text.ok) return text;
  const colon = text.value.indexOf(":");
  if (colon < 0) return fail("BAD_NODE_ID", `The deploy ${quoteUntrusted(text.value)} does not say to which node.`);
  const version = parseModelVersion(text.value.slice(colon + 1));
  if (!version.ok) return version;
  const target = text.value.slice(0, colon);
  if (target === "*" || target === "all") return ok({ target: "all", version: version.value });
  const nodeId = parseNodeId(target);
  return nodeId.ok ? ok({ target: nodeId.value, version: version.value }) : nodeId;
}

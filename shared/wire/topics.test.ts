import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseNodeId } from "../fleet/ids";
import { nodeIdOf } from "./message-fixture";
import {
  classifyTopic,
  COMPRESSED_SUBSCRIPTION_QOS,
  DEPLOY_PUBLICATION_QOS,
  EDGE_COMPRESSED_PUBLICATION_QOS,
  EDGE_DEPLOY_SUBSCRIPTION_QOS,
  EDGE_METRICS_PUBLICATION_QOS,
  FLEET_DEPLOY_TOPIC,
  METRICS_SUBSCRIPTION_QOS,
  qosMatches,
  SEED_ERA_QOS,
  topicDialect,
  TOPIC_KINDS,
  topicName,
  topicType,
} from "./topics";

const node0 = nodeIdOf("node_0");
const nodeIds = fc
  .stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,63}$/)
  .filter((text) => parseNodeId(text).ok)
  .map(nodeIdOf);

describe("topic names", () => {
  it("are those of the field", () => {
    expect(Object.fromEntries(TOPIC_KINDS.map((kind) => [kind, topicName(kind, node0)]))).toEqual({
      "lydt-metrics": "/lydlr/node_0/transport/metrics",
      heartbeat: "/lydlr/node_0/heartbeat",
      compressed: "/lydlr/node_0/transport/compressed",
      coordination: "/lydlr/node_0/coordination",
      deploy: "/lydlr/node_0/command/deploy",
      "script-load": "/lydlr/node_0/command/script_load",
      "legacy-metrics": "/node_0/metrics",
      "legacy-compressed": "/node_0/compressed",
      "legacy-coordination": "/node_0/coordination",
      "legacy-deploy": "/node_0/model/deploy",
    });
  });

  it("are understood again, with and without their type, for every node", () => {
    fc.assert(
      fc.property(fc.constantFrom(...TOPIC_KINDS), nodeIds, (kind, nodeId) => {
        const topic = topicName(kind, nodeId);
        // A node may be called lydlr; its legacy topics then look like the LYDT ones of another name.
        fc.pre(nodeId !== "lydlr" || topicDialect(kind) === "lydt");
        expect(classifyTopic(topic)).toEqual({ kind, nodeId });
        expect(classifyTopic(topic, topicType(kind))).toEqual({ kind, nodeId });
      }),
    );
  });
});

describe("what is not a node's topic", () => {
  it.each([
    "/lydlr/ground/uplink/metrics",
    "/lydlr/ground/uplink/compressed",
    "/lydlr/ground/transport/metrics",
    "/lydlr/fleet/status",
    "/lydlr/fleet/heartbeat",
    "/lydlr/coordinator/performance",
    "/lydlr/coordinator/transport/metrics",
    "/fleet/metrics",
    "/ground/metrics",
    "/coordinator/metrics",
    FLEET_DEPLOY_TOPIC,
    "/model/deploy",
    "/script/load",
    "/lydlr/metrics",
    "/lydlr/node_0/metrics",
    "/lydlr/model/deploy",
    "/node_0/transport/metrics",
    "/a/b/metrics",
    "/metrics",
    "//metrics",
    "/lydlr//heartbeat",
    "node_0/metrics",
    "xnode_0/metrics",
    "/node_0/metrics/",
    "/node_0/metrics\n",
    "/node 0/metrics",
    "/node\n0/metrics",
    "/0node/metrics",
    "/lydlr/node-0/transport/metrics",
    "/lydlr/node_0/../node_1/transport/metrics",
    "/__proto__/metrics",
    "/node_0/constructor",
    "/quality_metrics",
    "/imu/data",
    "",
    "/",
    "/lydlr/",
  ])("%j makes no node", (topic) => {
    expect(classifyTopic(topic)).toBeNull();
  });

  it("is also a topic with the right name and another type", () => {
    expect(classifyTopic("/node_0/metrics", "std_msgs/msg/Float32MultiArray")).not.toBeNull();
    expect(classifyTopic("/node_0/metrics", "prometheus_msgs/msg/Metrics")).toBeNull();
    expect(classifyTopic("/lydlr/node_0/heartbeat", "std_msgs/msg/String")).toBeNull();
  });

  it("whatever the text, nothing throws and every node found is allow-listed", () => {
    const parts = fc.constantFrom("/", "lydlr", "node_0", "transport", "metrics", "heartbeat", "fleet", "..", "é", "\n");
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.array(parts, { maxLength: 8 }).map((found) => found.join(""))), (topic) => {
        const meaning = classifyTopic(topic);
        if (meaning !== null) {
          expect(parseNodeId(meaning.nodeId).ok).toBe(true);
          expect(topicName(meaning.kind, meaning.nodeId)).toBe(topic);
        }
      }),
    );
  });
});

describe("QoS", () => {
  it("lets metrics and compressed frames of both eras reach this application", () => {
    for (const publication of [EDGE_METRICS_PUBLICATION_QOS, SEED_ERA_QOS]) {
      expect(qosMatches(publication, METRICS_SUBSCRIPTION_QOS)).toBe(true);
    }
    for (const publication of [EDGE_COMPRESSED_PUBLICATION_QOS, SEED_ERA_QOS]) {
      expect(qosMatches(publication, COMPRESSED_SUBSCRIPTION_QOS)).toBe(true);
    }
  });

  it("lets deploys reach the edges of both eras, one at a time", () => {
    expect(qosMatches(DEPLOY_PUBLICATION_QOS, EDGE_DEPLOY_SUBSCRIPTION_QOS)).toBe(true);
    expect(qosMatches(DEPLOY_PUBLICATION_QOS, SEED_ERA_QOS)).toBe(true);
    expect(DEPLOY_PUBLICATION_QOS.depth).toBe(1);
  });

  it("does not match when more is requested than offered", () => {
    expect(qosMatches(EDGE_METRICS_PUBLICATION_QOS, SEED_ERA_QOS)).toBe(false);
    expect(qosMatches(SEED_ERA_QOS, EDGE_DEPLOY_SUBSCRIPTION_QOS)).toBe(false);
  });
});

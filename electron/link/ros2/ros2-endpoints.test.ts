import { describe, expect, it } from "vitest";
import { DEPLOY_PUBLICATION_QOS, METRICS_SUBSCRIPTION_QOS } from "../../../shared/wire/topics";
import type { HostEndpoint } from "./protocol";
import { graphNotices } from "./ros2-endpoints";

const TOPIC = "/lydlr/a/transport/metrics";
const DEPLOY = "/lydlr/a/command/deploy";
const TYPE = "std_msgs/msg/UInt8MultiArray";

function endpoint(changes: Partial<HostEndpoint>): HostEndpoint {
  return { topic: TOPIC, type: TYPE, role: "publisher", nodeName: "edge", reliability: "best-effort", durability: "volatile", timings: [], ...changes };
}

function codes(endpoints: readonly HostEndpoint[], nodes: readonly string[] = [], reliability: "reliable" | "best-effort" = "best-effort") {
  const subscriptions = [{ topic: TOPIC, type: TYPE, qos: { ...METRICS_SUBSCRIPTION_QOS, reliability } } as const];
  const expected = (topic: string) => (topic === TOPIC ? { type: TYPE, deploy: false } : topic === DEPLOY ? { type: "std_msgs/msg/String", deploy: true } : null);
  return graphNotices(endpoints, nodes, subscriptions, expected, DEPLOY_PUBLICATION_QOS).map(({ code }) => code);
}

describe("the notices of a graph", () => {
  it("are none for the publishers of both eras, and for topics that are not the fleet's", () => {
    const seedEra = endpoint({ reliability: "reliable" });
    const foreign = endpoint({ topic: "/chatter", type: "std_msgs/msg/String" });
    const listener = endpoint({ topic: DEPLOY, type: "std_msgs/msg/String", role: "subscription", reliability: "reliable", durability: "transient-local" });
    expect(codes([endpoint({}), seedEra, foreign, listener], ["edge"])).toEqual([]);
  });

  it("name a publisher whose QoS does not reach", () => {
    expect(codes([endpoint({})], [], "reliable")).toEqual(["QOS_MISMATCH"]);
    expect(codes([endpoint({ reliability: "reliable" })], [], "reliable")).toEqual([]);
  });

  it("name a deploy topic whose subscription demands what deploys do not promise", () => {
    const listener = { topic: DEPLOY, type: "std_msgs/msg/String", role: "subscription", reliability: "reliable", durability: "transient-local" } as const;
    expect(codes([endpoint({ ...listener, timings: ["deadline"] })])).toEqual(["QOS_MISMATCH"]);
    expect(codes([endpoint({ ...listener, timings: ["liveliness"] })])).toEqual(["QOS_MISMATCH"]);
  });

  it("name a topic with another type, whoever uses it", () => {
    expect(codes([endpoint({ type: "std_msgs/msg/String" })])).toEqual(["TYPE_CLASH"]);
    expect(codes([endpoint({ type: "std_msgs/msg/String", role: "subscription" })])).toEqual(["TYPE_CLASH"]);
  });

  it("name a deploy topic that a whole era shares", () => {
    const listener = endpoint({ topic: "/model/deploy", type: "std_msgs/msg/String", role: "subscription" });
    expect(codes([listener])).toEqual(["SHARED_DEPLOY_TOPIC"]);
    expect(codes([{ ...listener, role: "publisher" }])).toEqual([]);
  });

  it("name another program that deploys", () => {
    expect(codes([endpoint({})], ["edge", "model_deployment_manager"])).toEqual(["COMPETING_DEPLOYER"]);
  });
});

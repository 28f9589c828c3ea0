import { describe, expect, it } from "vitest";
import { encodeString } from "./cdr";
import { decodeDeploy, decodeFleetDeploy, encodeDeploy } from "./deploy";
import { NODE, versionOf } from "./message-fixture";

const version = versionOf("1.1.0+drill");

describe("a deploy", () => {
  it("goes as the bare version to the topic of the node's dialect, and is read by the edge", () => {
    const lydt = encodeDeploy(NODE, "lydt", version);
    const legacy = encodeDeploy(NODE, "legacy", version);
    expect(lydt).toMatchObject({
      topic: "/lydlr/node_0/command/deploy",
      type: "std_msgs/msg/String",
      qos: { reliability: "reliable", durability: "transient-local", depth: 1 },
    });
    expect(legacy.topic).toBe("/node_0/model/deploy");
    expect(legacy.bytes).toEqual(lydt.bytes);
    expect(decodeDeploy(lydt.bytes)).toEqual({ ok: true, value: "1.1.0+drill" });
  });

  it.each(["", "../1.0.0", "a/b", "1.0.0\n", " 1.0.0", "node_0:1.0.0", "x".repeat(65), "é"])(
    "of %j is refused by the edge",
    (text) => {
      expect(decodeDeploy(encodeString(text))).toMatchObject({ ok: false, error: { code: "BAD_VERSION" } });
    },
  );

  it("that is no text is refused by the edge", () => {
    expect(decodeDeploy(Uint8Array.of(0, 1, 0, 0, 255, 255, 255, 255))).toMatchObject({ error: { code: "BAD_CDR" } });
  });
});

describe("a deploy on the fleet's topic", () => {
  it.each([
    ["*:v1.0", "all"],
    ["all:v1.0", "all"],
    ["node_7:v1.0", "node_7"],
  ])("%s", (text, target) => {
    expect(decodeFleetDeploy(encodeString(text))).toEqual({ ok: true, value: { target, version: "v1.0" } });
  });

  it.each([
    ["v1.0", "BAD_NODE_ID"],
    [":v1.0", "BAD_NODE_ID"],
    ["fleet:v1.0", "BAD_NODE_ID"],
    ["node_0:", "BAD_VERSION"],
    ["node_0:a:b", "BAD_VERSION"],
  ])("%s is refused", (text, code) => {
    expect(decodeFleetDeploy(encodeString(text))).toMatchObject({ ok: false, error: { code } });
  });
});

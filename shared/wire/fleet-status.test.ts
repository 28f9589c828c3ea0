import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeString } from "./cdr";
import { MAX_HUB_NODES, readFleetStatus } from "./fleet-status";
import { parseFleetMessage } from "./message";
import { FLEET_STATUS_TOPIC, FLEET_STATUS_TYPE } from "./topics";

const NODE = { node_id: "node_0", alive: true, vertical: "drone", model_version: "1.1.0", compression_ratio: 8.1, latency_ms: 21.5, quality_score: 0.91 };

const read = (text: string) => readFleetStatus(encodeString(text), 5);
const ofNode = (change: Readonly<Record<string, unknown>>) =>
  read(JSON.stringify({ timestamp: 1.5, fleet_profile: "mixed", nodes: [{ ...NODE, ...change }] }));
const codeOf = (result: ReturnType<typeof read>): string => (result.ok ? "read" : result.error.code);

describe("the fleet's status", () => {
  it("is read from the hub's JSON, and old from its arrival", () => {
    const text = JSON.stringify({ timestamp: 1_700_000_000.5, fleet_profile: "mixed", nodes: [NODE], later: { unknown: [] } });
    const message = { topic: FLEET_STATUS_TOPIC, type: FLEET_STATUS_TYPE, bytes: encodeString(text), receivedAtMs: 5 };
    expect(parseFleetMessage(message)).toEqual({
      ok: true,
      value: {
        kind: "fleet-status",
        status: {
          receivedAtMs: 5,
          profile: "mixed",
          nodes: [{ nodeId: "node_0", isAlive: true, vertical: "drone", modelVersion: "1.1.0", compressionRatio: 8.1, latencyMs: 21.5, qualityScore: 0.91 }],
        },
      },
    });
    expect(parseFleetMessage({ ...message, type: "std_msgs/msg/UInt8MultiArray" })).toEqual({ ok: true, value: { kind: "ignored" } });
  });

  it("has no numbers of a node of which the hub has no metrics yet", () => {
    expect(ofNode({ alive: false, vertical: "", model_version: "", compression_ratio: 0, latency_ms: 0, quality_score: null })).toMatchObject({
      ok: true,
      value: { nodes: [{ isAlive: false, vertical: null, modelVersion: null, compressionRatio: null, latencyMs: null, qualityScore: null }] },
    });
    expect(ofNode({ quality_score: 127 })).toMatchObject({ ok: true, value: { nodes: [{ qualityScore: null }] } });
  });

  it.each([
    ["another JSON", "[]", "BAD_STATUS"],
    ["no JSON", "{", "BAD_STATUS"],
    ["no list", '{"nodes":{}}', "BAD_STATUS"],
    ["a list of something else", '{"nodes":[1]}', "BAD_STATUS"],
    ["a hostile profile", '{"fleet_profile":"<img src=x>","nodes":[]}', "BAD_STATUS"],
    ["a profile that is none", '{"fleet_profile":7,"nodes":[]}', "BAD_STATUS"],
    ["a bare NaN", '{"timestamp":NaN,"nodes":[]}', "NOT_FINITE"],
    ["a number too large for one", '{"nodes":[{"node_id":"a","alive":true,"latency_ms":1e999}]}', "OUT_OF_RANGE"],
    ["deep nesting", `{"nodes":${"[".repeat(200_000)}`, "BAD_STATUS"],
  ])("is refused for %s", (_what, text, code) => {
    expect(codeOf(read(text))).toBe(code);
  });

  it("names the key of a bare NaN", () => {
    const text = JSON.stringify({ nodes: [NODE] }).replace("21.5", "NaN");
    expect(read(text)).toMatchObject({ ok: false, error: { message: 'The hub reports "latency_ms" as NaN.' } });
  });

  it.each([
    [{ node_id: "../etc" }, "BAD_NODE_ID"],
    [{ node_id: "fleet" }, "BAD_NODE_ID"],
    [{ node_id: "a".repeat(65) }, "BAD_NODE_ID"],
    [{ node_id: null }, "BAD_STATUS"],
    [{ alive: "yes" }, "BAD_STATUS"],
    [{ alive: 1 }, "BAD_STATUS"],
    [{ model_version: "1.0;rm -rf" }, "BAD_VERSION"],
    [{ model_version: 1 }, "BAD_STATUS"],
    [{ compression_ratio: -1 }, "OUT_OF_RANGE"],
    [{ latency_ms: "fast" }, "BAD_STATUS"],
  ])("is refused as a whole for one bad node: %o", (change, code) => {
    expect(codeOf(ofNode(change))).toBe(code);
  });

  it("takes a vertical that is not known for none", () => {
    expect(ofNode({ vertical: "submarine" })).toMatchObject({ ok: true, value: { nodes: [{ vertical: null }] } });
  });

  it("lists a bounded number of nodes, none of them twice", () => {
    const nodes = Array.from({ length: MAX_HUB_NODES }, (_, index) => ({ ...NODE, node_id: `node_${index}` }));
    expect(codeOf(read(JSON.stringify({ nodes })))).toBe("read");
    expect(codeOf(read(JSON.stringify({ nodes: [...nodes, { ...NODE, node_id: "one_more" }] })))).toBe("BAD_STATUS");
    expect(codeOf(read(JSON.stringify({ nodes: [NODE, NODE] })))).toBe("BAD_STATUS");
    expect(codeOf(read(`{"nodes":[],"x":"${"x".repeat(1_000_000)}"}`))).toBe("BAD_STATUS");
  });

  it("whatever the bytes: never throws, and what is read has allow-listed names and sound numbers", () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom("node_0", "1.1.0", true, false, 0.5));
    const entry = fc.dictionary(fc.constantFrom(...Object.keys(NODE), "__proto__"), value);
    const status = fc.record({ nodes: fc.oneof(fc.array(entry.map((fields) => ({ ...NODE, ...fields })), { maxLength: 4 }), fc.jsonValue()), fleet_profile: value }, { requiredKeys: [] });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.string().map(encodeString),
      status.map((each) => encodeString(JSON.stringify(each))),
    );
    fc.assert(
      fc.property(bytes, (each) => {
        const result = readFleetStatus(each, 5);
        if (!result.ok) {
          expect(result.error.message).not.toBe("");
          return;
        }
        for (const node of result.value.nodes) {
          expect(node.nodeId).toMatch(/^[A-Za-z][A-Za-z0-9_]{0,63}$/);
          expect(node.modelVersion ?? "x").toMatch(/^[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}$/);
          for (const number of [node.compressionRatio, node.latencyMs, node.qualityScore]) {
            expect(number === null || (Number.isFinite(number) && number >= 0)).toBe(true);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});

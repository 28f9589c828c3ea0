import { describe, expect, test } from "vitest";
import { node } from "../../shared/fleet/ids-fixture";
import { MalformedLog } from "./malformed-log";

const N0 = node("node_0");
const N1 = node("node_1");

function message(topic: string, receivedAtMs: number, head = 0xab) {
  return { topic, type: "std_msgs/msg/UInt8MultiArray", bytes: new Uint8Array(100).fill(head), receivedAtMs } as const;
}

describe("what could not be read", () => {
  test("is counted by node, topic and code, the most frequent first, with its newest reason and bytes", () => {
    const log = new MalformedLog();
    log.reject(message("/lydlr/node_0/heartbeat", 1), N0, { code: "BAD_FRAME", message: "first" });
    log.reject(message("/node_1/metrics", 2), N1, { code: "NOT_FINITE", message: "NaN" });
    log.reject(message("/lydlr/node_0/heartbeat", 3, 0xcd), N0, { code: "BAD_FRAME", message: "newest" });
    log.reject(message("/lydlr/node_0/heartbeat", 4), N0, { code: "BAD_META", message: "no JSON" });
    const { groups, hidden, nodeIds } = log.tally(null);
    expect(groups.map(({ topic, code, count }) => [topic, code, count])).toEqual([
      ["/lydlr/node_0/heartbeat", "BAD_FRAME", 2],
      ["/lydlr/node_0/heartbeat", "BAD_META", 1],
      ["/node_1/metrics", "NOT_FINITE", 1],
    ]);
    expect(groups[0]).toMatchObject({ firstMs: 1, lastMs: 3, sentence: "newest", head: "cd".repeat(48), outcome: "refused" });
    expect({ hidden, nodeIds }).toEqual({ hidden: 0, nodeIds: ["node_0", "node_1"] });
    expect(log.tally("node_1").groups).toHaveLength(1);
    expect(log.count).toBe(4);
  });

  test("is told apart from a message of which only a part was left out, which is not counted", () => {
    const log = new MalformedLog();
    log.warn(message("/node_1/metrics", 1), N1, { code: "OUT_OF_RANGE", message: "quality 128" });
    log.warn(message("/node_1/metrics", 1), N1, { code: "OUT_OF_RANGE", message: "quality 128" });
    log.reject(message("/node_1/metrics", 2), N1, { code: "OUT_OF_RANGE", message: "ratio -1" });
    expect(log.tally(null).groups.map(({ outcome }) => outcome), "what was refused stands first").toEqual(["refused", "part left out"]);
    expect(log.count).toBe(1);
  });

  test("is bounded: a graph that makes topics without end is counted in one row for the rest", () => {
    const log = new MalformedLog();
    for (let index = 0; index < 2_500; index += 1) log.reject(message(`/node_${String(index)}/metrics`, index), null, { code: "BAD_CDR", message: "" });
    log.reject(message("/node_0/metrics", 9_000), null, { code: "BAD_CDR", message: "" });
    const { groups, hidden } = log.tally(null);
    expect(groups[0]).toMatchObject({ topic: "further topics", count: 500 });
    expect(groups[1]).toMatchObject({ topic: "/node_0/metrics", count: 2 });
    expect(groups).toHaveLength(200);
    expect(hidden).toBe(1_801);
    expect(log.count).toBe(2_501);
  });
});

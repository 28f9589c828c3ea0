import { describe, expect, it } from "vitest";
import { createDialectFilter } from "./dialect-filter";
import { nodeIdOf } from "./message-fixture";

const node0 = nodeIdOf("node_0");
const node1 = nodeIdOf("node_1");

describe("a node that speaks both dialects", () => {
  it("is heard in LYDT alone while LYDT was heard within 5 s", () => {
    const filter = createDialectFilter();
    expect(filter.keep({ nodeId: node0, dialect: "legacy", receivedAtMs: 0 })).toBe(true);
    expect(filter.keep({ nodeId: node0, dialect: "lydt", receivedAtMs: 10 })).toBe(true);
    expect(filter.keep({ nodeId: node0, dialect: "legacy", receivedAtMs: 11 })).toBe(false);
    expect(filter.keep({ nodeId: node0, dialect: "legacy", receivedAtMs: 5_010 })).toBe(false);
    expect(filter.keep({ nodeId: node0, dialect: "legacy", receivedAtMs: 5_011 })).toBe(true);
    expect(filter.keep({ nodeId: node0, dialect: "lydt", receivedAtMs: 6_000 })).toBe(true);
    expect(filter.keep({ nodeId: node0, dialect: "legacy", receivedAtMs: 6_001 })).toBe(false);
  });

  it("silences no other node", () => {
    const filter = createDialectFilter();
    filter.keep({ nodeId: node0, dialect: "lydt", receivedAtMs: 0 });
    expect(filter.keep({ nodeId: node1, dialect: "legacy", receivedAtMs: 1 })).toBe(true);
  });

  it("is not silenced for hours when the clock is set back", () => {
    const filter = createDialectFilter();
    filter.keep({ nodeId: node0, dialect: "lydt", receivedAtMs: 7_200_000 });
    expect(filter.keep({ nodeId: node0, dialect: "legacy", receivedAtMs: 0 })).toBe(true);
  });

  it("starts anew once forgotten", () => {
    const filter = createDialectFilter();
    filter.keep({ nodeId: node0, dialect: "lydt", receivedAtMs: 0 });
    filter.forget(node0);
    expect(filter.keep({ nodeId: node0, dialect: "legacy", receivedAtMs: 1 })).toBe(true);
  });
});

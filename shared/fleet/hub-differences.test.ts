import { describe, expect, it } from "vitest";
import { hubDifferences, type KnownNode } from "./hub-differences";
import type { HubNode } from "./hub-status";
import { node, version } from "./ids-fixture";

const HUB: HubNode = {
  nodeId: node("node_0"),
  isAlive: true,
  vertical: "iot",
  modelVersion: version("1.0.0"),
  compressionRatio: 8,
  latencyMs: 20,
  qualityScore: 0.9,
};
const KNOWN: KnownNode = { liveness: "live", modelVersion: version("1.0.0") };

function kindOf(hub: Partial<HubNode>, known: Partial<KnownNode> | null): string {
  const [difference] = hubDifferences([{ ...HUB, ...hub }], () => (known === null ? undefined : { ...KNOWN, ...known }));
  return difference?.kind ?? "none";
}

describe("the hub and a node's own topics", () => {
  it.each([
    [{}, {}, "none"],
    [{}, null, "absent"],
    [{ isAlive: false }, null, "none"],
    [{}, { liveness: "lost" }, "silent"],
    [{}, { liveness: "stale" }, "silent"],
    [{}, { liveness: "joining" }, "none"],
    [{ isAlive: false }, { liveness: "lost" }, "none"],
    [{ isAlive: false }, { liveness: "live" }, "unheard"],
    [{ modelVersion: version("1.1.0") }, {}, "version"],
    [{ modelVersion: version("1.1.0") }, { liveness: "no-metrics" }, "version"],
    [{ modelVersion: null }, {}, "none"],
    [{ modelVersion: version("1.1.0") }, { modelVersion: null }, "none"],
  ] as const)("hub %o, here %o: %s", (hub, known, kind) => {
    expect(kindOf(hub, known)).toBe(kind);
  });

  it("differ in a clause that names both sides", () => {
    const differences = hubDifferences([{ ...HUB, modelVersion: version("1.1.0") }], () => KNOWN);
    expect(differences[0]?.clause).toBe("node_0 runs 1.1.0 for the hub and 1.0.0 by its own report");
  });
});

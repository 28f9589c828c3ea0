import { describe, expect, it } from "vitest";
import { noteCoordination } from "./coordination";
import type { Coordination } from "./hub-status";
import { node } from "./ids-fixture";

const LYDT: Coordination = {
  nodeId: node("node_0"),
  dialect: "lydt",
  receivedAtMs: 1_000,
  targetCompression: 0.82,
  allocatedMbps: 0.5,
  fleetCompressionRatio: 6.5,
  fleetLatencyMs: 18.25,
  fleetQualityScore: 0.9,
};
const LEGACY: Coordination = { ...LYDT, dialect: "legacy", receivedAtMs: 1_003, targetCompression: Math.fround(0.82), fleetQualityScore: Math.fround(0.9) };

describe("the coordinator's signals to a node", () => {
  it("are counted one by one", () => {
    const first = noteCoordination(null, LYDT);
    expect(noteCoordination(first, { ...LYDT, receivedAtMs: 1_500 })).toMatchObject({ signals: 2, newest: { receivedAtMs: 1_500 } });
  });

  it("are one where the same comes in both dialects at once, in either order", () => {
    expect(noteCoordination(noteCoordination(null, LEGACY), LYDT)).toEqual({ signals: 1, newest: LYDT });
    expect(noteCoordination(noteCoordination(null, LYDT), LEGACY).signals).toBe(1);
  });

  it("are two where the other dialect says something else, or says it later", () => {
    expect(noteCoordination(noteCoordination(null, LEGACY), { ...LYDT, allocatedMbps: 0.4 }).signals).toBe(2);
    expect(noteCoordination(noteCoordination(null, LEGACY), { ...LYDT, receivedAtMs: 1_503 }).signals).toBe(2);
  });
});

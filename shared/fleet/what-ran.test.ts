import { describe, expect, it } from "vitest";
import type { EventView } from "../contract/snapshot";
import { nodeStory, whatRan } from "./what-ran";

const NODE = "node_3";
let id = 0;

function at(seconds: number, event: string, detail: EventView["detail"] = {}, change: Partial<EventView> = {}): EventView {
  id += 1;
  return { id, tMs: seconds * 1_000, event, nodeId: NODE, actor: "engine", sentence: `${event}.`, detail, ...change };
}

const joined = (seconds: number, lastHeardSeconds: number | null): EventView =>
  at(seconds, "fleet-joined", { fleet: "embedded, seed 7", lastHeardMs: lastHeardSeconds === null ? null : lastHeardSeconds * 1_000 }, { nodeId: null });
const reported = (seconds: number, version: string | null): EventView => at(seconds, "version-reported", { version, fromMs: seconds * 1_000 });
const asked = (seconds: number, kind: "deploy" | "rollback", version: string, change: Partial<EventView> = {}, requestId = "window-0001"): EventView =>
  at(seconds, `${kind}-requested`, { commandId: `c-${seconds}`, requestId, version }, { actor: "operator", ...change });

const published = (seconds: number, kind: "deploy" | "rollback", commandId: string): EventView => at(seconds, `${kind}-publishing`, { commandId });

const shift: readonly EventView[] = [
  joined(0, null),
  reported(10, "1.1.0"),
  asked(100, "deploy", "1.2.0", {}, "r-0004-node_3-1"),
  published(100, "deploy", "c-100"),
  reported(103, "1.2.0"),
  asked(160, "rollback", "1.1.0", { actor: "policy", sentence: "Quality: 0.69 now. Rolling back to 1.1.0." }),
  published(160, "rollback", "c-160"),
  reported(164, "1.1.0"),
  at(300, "node-stale", { silentForMs: 5_000 }),
  at(330, "node-lost", { silentForMs: 35_000 }),
  at(400, "node-live"),
  joined(1_000, 900),
  reported(1_010, "1.1.0"),
];

describe("what ran on a node", () => {
  it("is what it reported last, with who put it there and which roll-out asked", () => {
    expect(whatRan(shift, NODE, 130_000)).toMatchObject({
      version: "1.2.0", known: "reported", fromMs: 103_000, toMs: 164_000,
      putBy: { kind: "deploy", by: { kind: "rollout", rolloutId: "r-0004" }, commandId: "c-100", requestedAtMs: 100_000 },
    });
    expect(whatRan(shift, NODE, 200_000)).toMatchObject({
      version: "1.1.0", fromMs: 164_000, putBy: { kind: "rollback", by: { kind: "policy" }, sentence: "Quality: 0.69 now. Rolling back to 1.1.0." },
    });
  });

  it("was put there by nobody where the node came with it", () => {
    expect(whatRan(shift, NODE, 50_000)).toMatchObject({ version: "1.1.0", putBy: null });
    expect(whatRan(shift, NODE, 1_020_000), "nor by what put it there before a restart").toMatchObject({ version: "1.1.0", known: "reported", putBy: null });
  });

  it("was not put there by a request that was never sent, but by the one before it that was", () => {
    const start = [joined(0, null), reported(10, "1.0.0")];
    const unsent = [asked(20, "deploy", "1.1.0")];
    expect(whatRan([...start, ...unsent, reported(60, "1.1.0")], NODE, 70_000), "somebody else did").toMatchObject({ version: "1.1.0", putBy: null });
    const sent = [asked(30, "deploy", "1.1.0"), published(30, "deploy", "c-30")];
    const never = [asked(40, "deploy", "1.1.0", {}, "ctl-0002")];
    expect(whatRan([...start, ...sent, ...never, reported(60, "1.1.0")], NODE, 70_000)).toMatchObject({ putBy: { commandId: "c-30", by: { kind: "operator" } } });
    expect(whatRan([...start, ...unsent, reported(60, "1.1.0"), published(65, "deploy", "c-20")], NODE, 70_000), "sent after the report").toMatchObject({ putBy: null });
  });

  it("is the old version until the node reports the new one", () => {
    expect(whatRan(shift, NODE, 101_000)).toMatchObject({ version: "1.1.0", toMs: 103_000 });
  });

  it("is only what it said last while it is silent, and not known after a restart until it speaks", () => {
    expect(whatRan(shift, NODE, 310_000)).toMatchObject({ version: "1.1.0", known: "silent", silentSinceMs: 295_000 });
    expect(whatRan(shift, NODE, 340_000)).toMatchObject({ known: "silent", silentSinceMs: 295_000 });
    expect(whatRan(shift, NODE, 410_000)).toMatchObject({ known: "reported", silentSinceMs: null });
    expect(whatRan(shift, NODE, 1_005_000)).toMatchObject({ version: "1.1.0", known: "unknown" });
    expect(whatRan(shift, NODE, 5_000)).toMatchObject({ version: null, known: "unknown", fromMs: null });
    expect(whatRan(shift, "node_4", 200_000)).toMatchObject({ version: null, known: "unknown" });
  });
});

describe("nodes of another fleet with the same ids", () => {
  const otherFleet = (seconds: number): EventView => at(seconds, "fleet-joined", { fleet: "ros2, domain 0", lastHeardMs: null }, { nodeId: null });
  const both: readonly EventView[] = [joined(0, null), reported(10, "1.0.0"), asked(20, "deploy", "1.1.0"), published(20, "deploy", "c-20"), otherFleet(30), reported(40, "1.1.0"), joined(60, 55), reported(70, "1.0.0")];

  it("say nothing of this one, and its commands put nothing there", () => {
    expect(whatRan(both, NODE, 50_000)).toMatchObject({ version: "1.1.0", known: "reported", fromMs: 40_000, putBy: null });
    expect(whatRan(both, NODE, 65_000)).toMatchObject({ version: "1.0.0", known: "unknown", fromMs: 10_000 });
    expect(whatRan(both, NODE, 75_000)).toMatchObject({ version: "1.0.0", known: "reported", fromMs: 70_000 });
  });
});

describe("a node's story", () => {
  it("has every version with its stretch, and a gap where nothing was heard", () => {
    const { spans, silent } = nodeStory(shift, NODE);
    expect(spans.map(({ version, fromMs, toMs }) => [version, fromMs / 1_000, toMs === null ? null : toMs / 1_000])).toEqual([
      ["1.1.0", 10, 103],
      ["1.2.0", 103, 164],
      ["1.1.0", 164, 900],
      ["1.1.0", 1_010, null],
    ]);
    expect(silent).toEqual([{ fromMs: 295_000, toMs: 400_000 }]);
  });

  it("agrees with what ran at every instant that is in a stretch", () => {
    const { spans } = nodeStory(shift, NODE);
    for (let second = 11; second < 1_100; second += 1) {
      const span = spans.find(({ fromMs, toMs }) => fromMs <= second * 1_000 && (toMs === null || second * 1_000 < toMs));
      const ran = whatRan(shift, NODE, second * 1_000);
      if (span !== undefined && ran.known !== "unknown") expect(ran.version, `at ${second} s`).toBe(span.version);
    }
  });
});

import { describe, expect, test } from "vitest";
import type { EventView } from "../contract/snapshot";
import { node } from "../fleet/ids-fixture";
import { guardNode } from "./guard";
import { LIVE_STATE_EVENTS, publishingEvent, replayJournal } from "./replay";

const N0 = node("node_0");
let ids = 0;
function written(event: string, detail: EventView["detail"], change: Partial<EventView> = {}): EventView {
  ids += 1;
  return { id: ids, tMs: 1_000 * ids, event, nodeId: "node_0", actor: "operator", sentence: `${event}.`, detail, ...change };
}
const joined = (fleet: string, detail: EventView["detail"] = {}): EventView => written("fleet-joined", { fleet, ...detail }, { nodeId: null });
const reports = (version: string | null): EventView => written("version-reported", { version, previous: null, vertical: "iot" });
const step = (event: string, change: EventView["detail"] = {}, of: Partial<EventView> = {}): EventView =>
  written(event, { commandId: "c-0012", requestId: "r-000012", version: "1.2.0", fromVersion: "1.0.0", attempts: 0, note: "a note", ...change }, of);

describe("the journal gives the live state", () => {
  test("of the fleet that is asked for, and of no other", () => {
    const events = [joined("ours"), reports("1.0.0"), joined("theirs"), reports("3.0.0"), written("version-good", { version: "3.0.0" }), step("deploy-requested")];
    const { nodes, guard, requests, issued } = replayJournal(events, "ours");
    expect(nodes.get(N0)?.versions.spans.map(({ version }) => version)).toEqual(["1.0.0"]);
    expect(nodes.get(N0)?.command).toBeNull();
    expect(guardNode(guard, "node_0")).toMatchObject({ version: "1.0.0", good: [], command: null });
    // Ids are those of the whole journal: a command of another fleet has used its own.
    expect([...requests]).toEqual([["r-000012", "c-0012"]]);
    expect(issued).toBe(12);
    expect(replayJournal([reports("1.0.0")], "ours").nodes.size).toBe(0);
    expect(replayJournal([joined("ours"), written("fleet-joined", { fleet: 4 }, { nodeId: null }), reports("1.0.0")], "ours").nodes.size).toBe(0);
  });

  test("with the versions of a node, what was good, and nothing that runs after the end", () => {
    const running = replayJournal([joined("ours"), reports("1.0.0"), written("version-good", { version: "1.0.0" }), written("version-good", {})], "ours").nodes.get(N0)?.versions;
    expect(running?.spans.map(({ version, toMs, good }) => [version, toMs, good])).toEqual([["1.0.0", null, true]]);
    const other = replayJournal([joined("ours"), reports("1.0.0"), written("version-committed", { version: "1.0.0" }), written("version-reported", { version: 7 })], "ours").nodes.get(N0)?.versions;
    expect(other?.spans.map(({ version, good }) => [version, good]), "what is no text is no version, and only what was good is good").toEqual([["1.0.0", false], [null, false]]);
    const ended = replayJournal([joined("ours"), written("version-reported", { version: "1.0.0", fromMs: 77 }), joined("ours", { lastHeardMs: 99_000 })], "ours").nodes.get(N0)?.versions;
    expect(ended?.spans.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([[77, 99_000]]);
    const begun = [joined("ours"), reports("1.0.0")];
    const last = joined("ours");
    expect(replayJournal([...begun, last], "ours").nodes.get(N0)?.versions.spans[0]?.toMs).toBe(last.tMs);
  });

  test("with the newest command of a node in the phase that it came to", () => {
    const requested = step("deploy-requested", {}, { actor: "policy" });
    const publishing = step("deploy-publishing", { attempts: 1 });
    const sent = step("deploy-sent", { attempts: 1, note: "1 subscription matched" });
    const command = replayJournal([joined("ours"), requested, publishing, sent], "ours").nodes.get(N0)?.command;
    expect(command).toMatchObject({ commandId: "c-0012", requestId: "r-000012", kind: "deploy", actor: "policy", version: "1.2.0", fromVersion: "1.0.0", phase: "sent", attempts: 1, sentence: "deploy-sent." });
    expect(command?.steps).toEqual([
      { phase: "requested", atMs: requested.tMs, note: "by policy" },
      { phase: "sent", atMs: sent.tMs, note: "1 subscription matched" },
    ]);
    const begun = replayJournal([joined("ours"), requested, publishing], "ours").nodes.get(N0)?.command;
    expect(begun).toMatchObject({ phase: "requested", attempts: 1 });
    expect(replayJournal([joined("ours"), requested, publishing, step("deploy-publishing")], "ours").nodes.get(N0)?.command?.attempts).toBe(1);
  });

  test("without what is of another command, or was written without what is needed", () => {
    const begin = [joined("ours"), step("rollback-requested")];
    const phase = (...events: readonly EventView[]): string | undefined => replayJournal([...begin, ...events], "ours").nodes.get(N0)?.command?.phase;
    expect(phase(step("rollback-sent"))).toBe("sent");
    expect(phase(step("rollback-sent", { commandId: "c-0011" }))).toBe("requested");
    expect(phase(step("rollback-sent", { attempts: "once" }))).toBe("requested");
    expect(phase(step("rollback-sent", {}, { nodeId: "no node" }))).toBe("requested");
    expect(replayJournal([joined("ours"), step("deploy-requested", { version: "no version" })], "ours").nodes.get(N0)).toBeUndefined();
    expect(replayJournal([joined("ours"), step("deploy-requested", { fromVersion: null })], "ours").nodes.get(N0)?.command).toMatchObject({ kind: "deploy", actor: "operator", fromVersion: null });
    expect(replayJournal([joined("ours"), step("rollback-requested")], "ours").nodes.get(N0)?.command?.kind).toBe("rollback");
  });

  test("with the largest id that was ever used", () => {
    const events = [joined("ours"), step("deploy-requested", { commandId: "c-0020" }), step("deploy-requested", { commandId: "c-0003", requestId: "r-000003" }), step("deploy-requested", { commandId: "x-0099", requestId: "r-000004" }), step("deploy-requested", { commandId: "c-0099x", requestId: "r-000005" }), step("deploy-sent", { commandId: "c-0044" })];
    const { issued, requests } = replayJournal(events, "ours");
    expect(issued).toBe(20);
    expect([...requests.keys()]).toEqual(["r-000012", "r-000003", "r-000004", "r-000005"]);
  });

  test("with automatic rollbacks on the clock of now", () => {
    const rollback = step("rollback-requested", { isByVerdict: true }, { actor: "policy", tMs: 40_000 });
    const { guard } = replayJournal([joined("ours"), reports("1.2.0"), rollback], "ours", { wallMs: 100_000, monotonicMs: 700 });
    expect(guardNode(guard, "node_0").rollbacksAtMs).toEqual([-59_300]);
  });

  test("from events that have their names in one list", () => {
    for (const name of ["fleet-joined", "version-reported", "version-good", "version-committed", "quarantine-lifted", "clock-jumped", "hold-ended", "rollback-held", "rollout-stopped", "deploy-requested", "rollback-verified", publishingEvent("deploy"), publishingEvent("rollback")]) {
      expect(LIVE_STATE_EVENTS, name).toContain(name);
    }
    expect(publishingEvent("deploy")).toBe("deploy-publishing");
  });
});

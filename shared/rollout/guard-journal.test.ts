import { describe, expect, test } from "vitest";
import type { EventView } from "../contract/snapshot";
import { node, version } from "../fleet/ids-fixture";
import { requestCommand } from "./command";
import { movedEvent, requestedEvent } from "./guard-commands";
import { guardEventOf, holdEnd, monotonicTimes, standingOfPhase, stopSentence } from "./guard-journal";

let ids = 0;
function written(event: string, detail: EventView["detail"], change: Partial<EventView> = {}): EventView {
  ids += 1;
  return { id: ids, tMs: 60_000, event, nodeId: "node_0", actor: "engine", sentence: "It is so.", detail, ...change };
}
const read = (event: string, detail: EventView["detail"], change: Partial<EventView> = {}): unknown => guardEventOf(written(event, detail, change), -500);

describe("what is on disk is for the guard", () => {
  test("a node's report, and a swap where it was another version before", () => {
    const detail = { version: "1.2.0", previous: "1.0.0", vertical: "iot" };
    expect(read("version-reported", detail)).toEqual({ event: "version-reported", nodeId: "node_0", version: "1.2.0", nodeClass: "iot", isSwap: true });
    for (const other of [{ previous: null }, { previous: "1.2.0" }, { version: null }]) expect(read("version-reported", { ...detail, ...other })).toMatchObject({ isSwap: false });
    expect(read("version-reported", { version: 7, previous: "1.0.0", vertical: false })).toMatchObject({ version: null, nodeClass: null, isSwap: false });
    expect(read("version-reported", detail, { nodeId: null })).toBeNull();
  });

  test("what was good and what was committed", () => {
    expect(read("version-good", { version: "1.2.0" })).toEqual({ event: "version-good", nodeId: "node_0", version: "1.2.0" });
    expect(read("version-good", {})).toBeNull();
    expect(read("version-committed", { version: "1.2.0" })).toEqual({ event: "version-committed", nodeId: "node_0", version: "1.2.0" });
  });

  test("a hold by a reason that is known, and its end", () => {
    for (const code of ["NOT_ALLOWED", "COMMON_CAUSE", "ROLLBACKS_FROZEN", "NO_GOOD_VERSION", "DRY_RUN", "NOT_RECOVERED", "REFUSED"]) {
      expect(read("rollback-held", { code, target: "1.0.0" })).toEqual({ event: "rollback-held", nodeId: "node_0", code, target: "1.0.0", atMs: -500, sentence: "It is so." });
    }
    expect(read("rollback-held", { code: "DRY_RUN", target: null })).toMatchObject({ target: null });
    expect(read("rollback-held", { code: "ANOTHER", target: null })).toBeNull();
    expect(read("rollback-held", { target: null })).toBeNull();
    expect(read("hold-ended", { isWell: true })).toEqual({ event: "hold-ended", nodeId: "node_0", isWell: true });
    expect(read("hold-ended", { isWell: "yes" })).toMatchObject({ isWell: false });
  });

  test("a command, by who asked for it and how it went on", () => {
    const detail = { commandId: "c-0001", version: "1.2.0", fromVersion: "1.0.0", isByVerdict: true };
    const of = { nodeId: "node_0", commandId: "c-0001", version: "1.2.0", fromVersion: "1.0.0" };
    expect(read("deploy-requested", detail, { actor: "operator" })).toEqual({ event: "deploy-requested", ...of, actor: "operator" });
    expect(read("rollback-requested", detail, { actor: "policy" })).toEqual({ event: "rollback-requested", ...of, actor: "policy", atMs: -500, isByVerdict: true, sentence: "It is so." });
    expect(read("rollback-requested", { ...detail, isByVerdict: "true", fromVersion: null })).toMatchObject({ actor: "operator", isByVerdict: false, fromVersion: null });
    expect(read("rollback-sent", detail)).toEqual({ event: "command-moved", nodeId: "node_0", commandId: "c-0001", standing: "open", atMs: -500, sentence: "It is so." });
    expect(read("deploy-verifying", detail)).toMatchObject({ event: "command-moved", standing: "acknowledged" });
    expect(read("deploy-requested", { ...detail, commandId: 4 })).toBeNull();
    expect(read("deploy-requested", { ...detail, version: null })).toBeNull();
    expect(read("deploy-requested", detail, { nodeId: null })).toBeNull();
    expect(read("settings-changed", detail)).toBeNull();
  });

  test("what a person lifted, from a node or from a class", () => {
    expect(read("quarantine-lifted", { version: "1.2.0", scope: "node" })).toEqual({ event: "quarantine-lifted", version: "1.2.0", scope: { kind: "node", nodeId: "node_0" } });
    expect(read("quarantine-lifted", { version: "1.2.0", scope: "class", vertical: "iot" }, { nodeId: null })).toEqual({ event: "quarantine-lifted", version: "1.2.0", scope: { kind: "class", nodeClass: "iot" } });
    expect(read("quarantine-lifted", { version: "1.2.0", scope: "class", vertical: null }, { nodeId: null })).toMatchObject({ scope: { nodeClass: null } });
    expect(read("quarantine-lifted", { version: "1.2.0", scope: "node" }, { nodeId: null })).toBeNull();
    expect(read("quarantine-lifted", { scope: "node" })).toBeNull();
  });

  test("the stop of a roll-out", () => {
    const stopped = { rolloutId: "r-0001", version: "1.2.0", type: "stopped", reason: "two failed", failures: 2, judged: 3, classes: '["iot",null]', atMs: 5 };
    expect(read("rollout-stopped", stopped, { nodeId: null })).toEqual({
      event: "rollout-stopped", version: "1.2.0", classes: ["iot", null], atMs: -500, sentence: "1.2.0 was stopped by the stop rule of r-0001: it may run on no node of this class until a person lifts it with a reason.",
    });
    expect(stopSentence("r-0002", "1.3.0")).toContain("1.3.0 was stopped by the stop rule of r-0002");
    expect(read("rollout-stopped", { ...stopped, version: null }, { nodeId: null })).toBeNull();
    expect(read("rollout-stopped", { ...stopped, classes: "iot" }, { nodeId: null })).toBeNull();
  });
});

describe("what a command is for the guard at once", () => {
  test("is what the journal gives of it later", () => {
    const ask = { commandId: "c-0001", requestId: "r-000001", nodeId: node("node_0"), actor: "policy", version: version("1.0.0"), fromVersion: version("1.2.0") } as const;
    const rollback = requestCommand({ ...ask, kind: "rollback" }, 60_000);
    const detail = { commandId: "c-0001", version: "1.0.0", fromVersion: "1.2.0", isByVerdict: true };
    expect(requestedEvent(rollback, -500, true, "It is so.")).toEqual(read("rollback-requested", detail, { actor: "policy" }));
    expect(requestedEvent(requestCommand({ ...ask, kind: "deploy" }, 60_000), -500, false, "It is so.")).toEqual(read("deploy-requested", detail, { actor: "policy" }));
    expect(movedEvent({ ...rollback, phase: "verifying", sentence: "It is so." }, -500)).toEqual(read("rollback-verifying", detail));
  });
});

describe("the end of a hold", () => {
  test("is a verdict that is no failure, well only with a pass or a warning", () => {
    const ends = ["pass", "warn", "inconclusive", "fail", "no-data", "error"].map((outcome) => holdEnd("node_0", outcome)?.isWell ?? null);
    expect(ends).toEqual([true, true, false, null, null, null]);
    expect(holdEnd("node_0", "pass")).toEqual({ event: "hold-ended", nodeId: "node_0", isWell: true });
  });
});

test("a phase of a command stands for what the guard must know of it", () => {
  const phases = ["requested", "sent", "publishing", "acknowledged", "verifying", "verified", "failed", "unconfirmed", "inconsistent"];
  expect(phases.map(standingOfPhase)).toEqual(["open", "open", "open", "acknowledged", "acknowledged", "verified", "failed", "unconfirmed", "inconsistent"]);
});

describe("times on the clock of now", () => {
  const at = (tMs: number): EventView => written("version-good", {}, { tMs });
  const jump = (tMs: number, byMs: EventView["detail"][string]): EventView => written("clock-jumped", { byMs }, { tMs });

  test("are as long ago as they were written, the newest last", () => {
    expect(monotonicTimes([at(1_000), at(4_000)], 10_000, 500)).toEqual([-8_500, -5_500]);
  });

  test("know nothing of a clock that was set forward since", () => {
    expect(monotonicTimes([at(1_000), jump(64_000, 60_000), at(65_000)], 70_000, 500)).toEqual([-8_500, -5_500, -4_500]);
    expect(monotonicTimes([at(1_000), jump(64_000, 60_000), jump(124_000, 60_000)], 130_000, 0)[0]).toBe(-9_000);
  });

  test("count a clock that was set back as no time, and never lie ahead", () => {
    expect(monotonicTimes([at(100_000), jump(40_000, -60_000), at(41_000)], 42_000, 500)).toEqual([500, -1_500, -500]);
    expect(monotonicTimes([at(1_000), jump(2_000, "much"), at(3_000)], 4_000, 0)).toEqual([-3_000, -2_000, -1_000]);
  });
});

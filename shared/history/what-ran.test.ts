import { describe, expect, it } from "vitest";
import type { EventView } from "../contract/snapshot";
import { placedBy, whatRan } from "./what-ran";

const FLEET = "embedded, seed 7";
const MINUTE = 60_000;
/** A Tuesday, 14:00 UTC. */
const AT = Date.UTC(2026, 2, 3, 14);

let lastId = 0;
function event(minute: number, name: string, nodeId: string | null, detail: EventView["detail"], actor: EventView["actor"] = "engine"): EventView {
  lastId += 1;
  return { id: lastId, tMs: AT + minute * MINUTE, event: name, nodeId, actor, sentence: "", detail };
}

const joined = (minute: number, fleet = FLEET): EventView => event(minute, "fleet-joined", null, { fleet, lastHeardMs: AT + (minute - 1) * MINUTE });
const reported = (minute: number, version: string | null, nodeId = "node_3"): EventView => event(minute, "version-reported", nodeId, { version, fromMs: AT + minute * MINUTE }, "node");
/** A command that was asked for and sent. */
function command(minute: number, commandId: string, version: string, requestId: string, actor: EventView["actor"] = "operator", kind = "deploy"): EventView[] {
  const detail = { commandId, requestId, version, fromVersion: null, attempts: 1, note: "" };
  return [event(minute, `${kind}-requested`, "node_3", detail, actor), event(minute, `${kind}-publishing`, "node_3", detail)];
}

const ask = (events: readonly EventView[], minute: number) => whatRan(events, { fleet: FLEET, nodeId: "node_3", atMs: AT + minute * MINUTE, sample: null });

describe("what ran on a node, and who put it there", () => {
  const events = [
    joined(-10),
    reported(-9, "1.0.0"),
    ...command(1, "c-0001", "1.1.0", "request-1"),
    reported(2, "1.1.0"),
    ...command(10, "c-0002", "1.2.0", "r-0004-node_3-1"),
    reported(11, "1.2.0"),
    ...command(15, "c-0003", "1.1.0", "policy-00000003", "policy", "rollback"),
    reported(16, "1.1.0"),
    ...command(30, "c-0004", "2.0.0", "ctl-0123456789"),
    reported(31, "2.0.0"),
  ];

  it.each([
    [-5, "1.0.0", "unknown", null],
    [5, "1.1.0", "operator", "c-0001"],
    [12, "1.2.0", "rollout", "c-0002"],
    [20, "1.1.0", "policy", "c-0003"],
    [40, "2.0.0", "ctl", "c-0004"],
  ])("says %i min after two that %s ran, by %s", (minute, version, kind, commandId) => {
    expect(ask(events, minute)).toMatchObject({ known: true, version, by: { kind }, commandId });
  });

  it("says it in one sentence, with the times", () => {
    expect(ask(events, 5)).toMatchObject({
      fromMs: AT + 2 * MINUTE,
      toMs: AT + 11 * MINUTE,
      requestedMs: AT + MINUTE,
      sentence: "1.1.0 ran on node_3 at 2026-03-03 14:05:00 UTC, since 2026-03-03 14:02:00 UTC. It was put there by an operator at the window, command c-0001, asked for at 2026-03-03 14:01:00 UTC.",
    });
  });

  it("finds who put it there over restarts of the application, and does not answer for the time in between", () => {
    const over = [...events.slice(0, 5), joined(20), reported(21, "1.1.0")];
    expect(ask(over, 25)).toMatchObject({ version: "1.1.0", fromMs: AT + 2 * MINUTE, by: { kind: "operator" }, commandId: "c-0001" });
    expect(ask(over, 20)).toMatchObject({ known: false, version: null, sentence: "What ran on node_3 at 2026-03-03 14:20:00 UTC is not known: nothing was heard of it then. Last known: 1.1.0, until 2026-03-03 14:19:00 UTC." });
  });

  it("gives a command no credit that was never sent, came after, or was for another version, node or fleet", () => {
    const asked = command(1, "c-0009", "1.1.0", "request-9");
    const never = [joined(-10), reported(-9, "1.0.0"), ...asked.slice(0, 1), reported(2, "1.1.0")];
    expect(ask(never, 5).by).toEqual({ kind: "unknown" });
    expect(ask([joined(-10), reported(-9, "1.0.0"), reported(0, "1.1.0"), ...asked], 5).by).toEqual({ kind: "unknown" });
    expect(ask([joined(-10, "another"), ...asked, reported(2, "1.1.0")], 5).known).toBe(false);
    expect(ask([joined(-10), ...asked, reported(2, "1.1.0", "node_4")], 5).known).toBe(false);
  });

  it("tells roll-outs, tests, the policy and scripts apart by what their requests are called", () => {
    expect(placedBy("operator", "r-0012-node_3-back-1")).toEqual({ kind: "rollout", rolloutId: "r-0012" });
    expect(placedBy("operator", "ab-0002-node_3-1")).toEqual({ kind: "ab-test", testId: "ab-0002" });
    expect(placedBy("policy", "r-0012-node_3-1")).toEqual({ kind: "policy" });
    expect(placedBy("operator", "ctl-abcdefgh")).toEqual({ kind: "ctl" });
  });
});

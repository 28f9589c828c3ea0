import { describe, expect, test } from "vitest";
import { node, version } from "../fleet/ids-fixture";
import { admitVersion, refuseChange, type CommandQuestion } from "./admission";
import { advanceCommand, requestCommand, type Command } from "./command";
import { EMPTY_GUARD, evolveGuard, quarantineEntry } from "./guard";
import type { GuardState } from "./guard-events";

const N0 = node("node_0");
const QUESTION: CommandQuestion = { nodeId: N0, kind: "deploy", actor: "operator", expectedVersion: "1.0.0", reportedVersion: "1.0.0", liveness: "live", linkState: "up", newest: null };
const TIMES = { atMs: 5_000, wallMs: 65_000 };

function command(kind: Command["kind"], ...inputs: readonly ("published" | "reported")[]): Command {
  const requested = requestCommand({ commandId: "c-0001", requestId: "r-000001", nodeId: N0, kind, actor: "operator", version: version("1.2.0"), fromVersion: version("1.0.0") }, 60_000);
  return inputs.reduce(
    (before, type) => advanceCommand(before, type === "published" ? { type, matchedSubscriptions: 1, atMs: 0, wallMs: 60_000 } : { type, version: version("1.2.0"), atMs: 0, wallMs: 60_000 }).command,
    requested,
  );
}

function refusal(change: Partial<CommandQuestion>): string {
  const answer = refuseChange({ ...QUESTION, ...change }, TIMES.wallMs);
  return answer.ok ? "none" : `${answer.error.code}: ${answer.error.message}`;
}

describe("a node is not changed", () => {
  test("while the link is down", () => {
    expect(refusal({})).toBe("none");
    expect(refusal({ linkState: "down" })).toBe("LINK_DOWN: The link is down: a command could not be confirmed.");
    expect(refusal({ linkState: "starting" })).toContain("LINK_DOWN");
  });

  test("while a command is on its way, but for a rollback that takes the place of a deploy that its node has taken", () => {
    const sent = command("deploy", "published");
    const taken = command("deploy", "published", "reported");
    const back = command("rollback", "published", "reported");
    expect(refusal({ newest: sent })).toBe("ALREADY_IN_FLIGHT: c-0001 is on its way to node_0, 5.0 s.");
    expect(refusal({ newest: sent, kind: "rollback" })).toContain("ALREADY_IN_FLIGHT");
    expect(refusal({ newest: taken })).toContain("ALREADY_IN_FLIGHT");
    expect(refusal({ newest: taken, kind: "rollback" })).toBe("none");
    expect(refusal({ newest: back, kind: "rollback" })).toContain("ALREADY_IN_FLIGHT");
    expect(refusal({ newest: { ...sent, phase: "verified" } })).toBe("none");
  });

  test("by a person while it is silent; the policy may, for it may hear though it does not speak", () => {
    expect(refusal({ liveness: "stale" })).toBe("NODE_SILENT: node_0 is stale: a command could not be confirmed.");
    expect(refusal({ liveness: "lost" })).toContain("NODE_SILENT: node_0 is lost");
    expect(refusal({ liveness: "no-metrics" })).toBe("none");
    expect(refusal({ liveness: "lost", actor: "policy" })).toBe("none");
  });

  test("where it changed while somebody was looking", () => {
    expect(refusal({ reportedVersion: "1.1.0" })).toBe("STALE_VERSION: node_0 changed to 1.1.0 while you were looking. Look again.");
    expect(refusal({ reportedVersion: null })).toContain("changed to no version");
    expect(refusal({ reportedVersion: null, expectedVersion: null })).toBe("none");
  });
});

describe("a version goes to a node", () => {
  const rolledBack = (actor: "operator" | "policy", nodes: readonly string[] = [N0]): GuardState =>
    nodes.reduce<GuardState>(
      (state, nodeId) => evolveGuard(state, { event: "rollback-requested", nodeId, commandId: "c-0007", actor, version: "1.0.0", fromVersion: "1.2.0", atMs: 0, isByVerdict: actor === "policy", sentence: "" }),
      EMPTY_GUARD,
    );

  test("where it is another one than runs and not in quarantine", () => {
    expect(admitVersion(QUESTION, "1.2.0", null, EMPTY_GUARD, TIMES)).toEqual({ ok: true, value: { superseded: null, lifts: null } });
    expect(admitVersion(QUESTION, "1.0.0", null, EMPTY_GUARD, TIMES)).toMatchObject({ ok: false, error: { code: "ALREADY_RUNNING", message: "node_0 already reports 1.0.0." } });
    expect(admitVersion(QUESTION, "1.2.0", null, rolledBack("policy"), TIMES)).toMatchObject({ ok: false, error: { code: "QUARANTINED", message: "1.2.0 failed on node_0. Lift it first, with a reason." } });
  });

  test("as the Undo of the click that quarantined it there, and of no other", () => {
    const byClick = rolledBack("operator");
    expect(admitVersion(QUESTION, "1.2.0", "c-0007", byClick, TIMES)).toEqual({ ok: true, value: { superseded: null, lifts: quarantineEntry(byClick, N0, "1.2.0") } });
    for (const [undoes, state] of [[null, byClick], ["c-0008", byClick], ["c-0007", rolledBack("policy")], ["c-0007", rolledBack("policy", [N0, "node_1"])]] as const) {
      expect(admitVersion(QUESTION, "1.2.0", undoes, state, TIMES)).toMatchObject({ ok: false, error: { code: "QUARANTINED" } });
    }
    expect(admitVersion(QUESTION, "1.3.0", "c-0007", byClick, TIMES)).toMatchObject({ ok: true, value: { lifts: null } });
  });

  test("in the place of a deploy that ends by that, when it is a rollback", () => {
    const newest = command("deploy", "published", "reported");
    const back = admitVersion({ ...QUESTION, kind: "rollback", newest }, "1.1.0", null, EMPTY_GUARD, TIMES);
    expect(back).toMatchObject({ ok: true, value: { superseded: { commandId: "c-0001", phase: "failed" } } });
    expect(admitVersion({ ...QUESTION, newest }, "1.1.0", null, EMPTY_GUARD, TIMES)).toMatchObject({ ok: true, value: { superseded: null } });
    const ended = { ...newest, phase: "verified" } as const;
    expect(admitVersion({ ...QUESTION, kind: "rollback", newest: ended }, "1.1.0", null, EMPTY_GUARD, TIMES)).toMatchObject({ ok: true, value: { superseded: null } });
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseTarget, decideRollback, isCommonCause, type PeerEvidence, type RollbackQuestion, type RollbackRights } from "./decision";

const rights: RollbackRights = { rollBackOnFail: true, holdOnCommonCause: true, maxRollbacksPerHour: 2, dryRun: false };
const question: RollbackQuestion = {
  nodeId: "node_3",
  nowMs: 10_000_000,
  version: "1.2.0",
  goodBefore: ["1.0.0", "1.1.0"],
  quarantined: new Set(),
  rollbacksAtMs: [],
  peers: [],
  symptom: "got worse in latency",
};

function peers(unchangedDegrading: number, unchangedWell: number, changedDegrading: number): readonly PeerEvidence[] {
  const make = (count: number, hasChanged: boolean, isDegrading: boolean): readonly PeerEvidence[] =>
    Array.from({ length: count }, (_, index) => ({ nodeId: `peer_${index}`, hasChanged, isDegrading }));
  return [...make(unchangedDegrading, false, true), ...make(unchangedWell, false, false), ...make(changedDegrading, true, true)];
}

/** The action, or the code of what held it. */
function outcome(change: Partial<RollbackQuestion>, changedRights: Partial<RollbackRights> = {}): string {
  const decision = decideRollback({ ...question, ...change }, { ...rights, ...changedRights });
  return decision.action === "roll-back" ? decision.target : decision.code;
}

describe("a rollback's target", () => {
  test("is the last version that was good here, never merely the one before", () => {
    expect(chooseTarget(question)).toBe("1.1.0");
    expect(chooseTarget({ ...question, goodBefore: ["1.0.0"] })).toBe("1.0.0");
  });

  test("is never the version that runs, nor one in quarantine", () => {
    expect(chooseTarget({ ...question, version: "1.1.0" })).toBe("1.0.0");
    expect(chooseTarget({ ...question, quarantined: new Set(["1.1.0"]) })).toBe("1.0.0");
    expect(chooseTarget({ ...question, quarantined: new Set(["1.0.0", "1.1.0"]) })).toBeNull();
    expect(chooseTarget({ ...question, goodBefore: [] })).toBeNull();
  });

  test("is good, another one and free, whatever ran before", () => {
    const version = fc.constantFrom<string>("a", "b", "c", "10", "9");
    fc.assert(
      fc.property(version, fc.array(version, { maxLength: 8 }), fc.array(version, { maxLength: 3 }), (running, goodBefore, bad) => {
        const quarantined = new Set(bad);
        const target = chooseTarget({ version: running, goodBefore, quarantined });
        if (target === null) expect(goodBefore.every((good) => good === running || quarantined.has(good))).toBe(true);
        else {
          expect(target).not.toBe(running);
          expect(quarantined.has(target)).toBe(false);
          expect(goodBefore.slice(goodBefore.lastIndexOf(target) + 1).every((good) => good === running || quarantined.has(good))).toBe(true);
        }
      }),
    );
  });
});

describe("a common cause", () => {
  test("is several nodes that did not change, never those with the new version", () => {
    expect(isCommonCause(peers(2, 3, 0))).toBe(true);
    expect(isCommonCause(peers(1, 4, 0))).toBe(false);
    expect(isCommonCause(peers(0, 2, 5))).toBe(false);
    expect(isCommonCause(peers(0, 0, 0))).toBe(false);
    expect(isCommonCause(peers(1, 0, 0))).toBe(true);
  });

  test("takes a fifth of a large fleet", () => {
    expect(isCommonCause(peers(9, 41, 0))).toBe(false);
    expect(isCommonCause(peers(10, 40, 0))).toBe(true);
  });
});

describe("the decision about a failing node", () => {
  test("rolls back to the target, and says so", () => {
    expect(decideRollback(question, rights)).toEqual({ action: "roll-back", target: "1.1.0", sentence: "Rolling back to 1.1.0." });
  });

  test("holds with a code and a sentence", () => {
    expect(outcome({}, { rollBackOnFail: false })).toBe("NOT_ALLOWED");
    expect(outcome({ peers: peers(4, 1, 0) })).toBe("COMMON_CAUSE");
    expect(outcome({ peers: peers(4, 1, 0) }, { holdOnCommonCause: false })).toBe("1.1.0");
    expect(outcome({ goodBefore: [] })).toBe("NO_GOOD_VERSION");
    expect(outcome({}, { dryRun: true })).toBe("DRY_RUN");
    const held = decideRollback({ ...question, peers: peers(4, 1, 0) }, rights);
    expect(held.sentence).toBe("4 of 5 other nodes that did not change got worse in latency at the same time. This is the environment, not a version. Nothing is rolled back.");
  });

  test("says in a sentence why it holds, and counts only the nodes that did not change", () => {
    const sentence = (change: Partial<RollbackQuestion>, changedRights: Partial<RollbackRights> = {}): string => {
      const decision = decideRollback({ ...question, ...change }, { ...rights, ...changedRights });
      expect(decision.action).toBe("hold");
      return decision.sentence;
    };
    expect(sentence({}, { rollBackOnFail: false })).toBe("The policy lets nothing be rolled back alone. node_3 needs you.");
    expect(sentence({ goodBefore: [] })).toBe("Nothing good ran on node_3 before 1.2.0, so there is nothing to go back to.");
    expect(sentence({ goodBefore: [], version: null })).toBe("Nothing good ran on node_3 before what runs now, so there is nothing to go back to.");
    expect(sentence({}, { dryRun: true })).toBe("Dry run: node_3 would be rolled back to 1.1.0.");
    expect(sentence({ peers: peers(2, 1, 3) })).toContain("2 of 3 other nodes that did not change");
  });

  test("freezes a node after two rollbacks within an hour, not a moment later", () => {
    const { nowMs } = question;
    expect(outcome({ rollbacksAtMs: [nowMs - 1] })).toBe("1.1.0");
    expect(outcome({ rollbacksAtMs: [nowMs - 3_599_999, nowMs - 1] })).toBe("ROLLBACKS_FROZEN");
    expect(outcome({ rollbacksAtMs: [nowMs - 3_600_000, nowMs - 1] })).toBe("1.1.0");
    expect(outcome({}, { maxRollbacksPerHour: 0 })).toBe("ROLLBACKS_FROZEN");
    expect(decideRollback({ ...question, rollbacksAtMs: [nowMs - 2, nowMs - 1] }, rights).sentence).toBe("2 automatic rollbacks this hour. node_3 is left as it is and needs you.");
  });

  test("has an order: rights, common cause, freeze, target, dry run", () => {
    const all = { peers: peers(4, 1, 0), rollbacksAtMs: [9_999_998, 9_999_999], goodBefore: [] };
    expect(outcome(all, { rollBackOnFail: false, dryRun: true })).toBe("NOT_ALLOWED");
    expect(outcome(all, { dryRun: true })).toBe("COMMON_CAUSE");
    expect(outcome({ ...all, peers: [] }, { dryRun: true })).toBe("ROLLBACKS_FROZEN");
    expect(outcome({ goodBefore: [] }, { dryRun: true })).toBe("NO_GOOD_VERSION");
  });
});

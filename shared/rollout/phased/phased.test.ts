import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decide } from "./decide";
import { countForStop, gateConditions } from "./gate";
import { ModelFleet, PLAN } from "./model-fixture";
import { planRollout } from "./plan";
import { stateOf } from "./state";
import { viewRollout } from "./view";
import { reasonsToWait, rolloutNext } from "./words";

type Act = (fleet: ModelFleet) => void;

const index = fc.nat({ max: 9 });
const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 30 }).map((times) => (fleet: ModelFleet) => { for (let each = 0; each < times; each += 1) fleet.tick(); }) },
  { weight: 2, arbitrary: index.map((which) => (fleet: ModelFleet) => { fleet.node(which).liveness = "lost"; }) },
  { weight: 2, arbitrary: index.map((which) => (fleet: ModelFleet) => { fleet.node(which).liveness = "no-metrics"; }) },
  { weight: 4, arbitrary: index.map((which) => (fleet: ModelFleet) => { fleet.node(which).liveness = "live"; }) },
  { weight: 2, arbitrary: index.map((which) => (fleet: ModelFleet) => { fleet.node(which).isBad = true; }) },
  { weight: 1, arbitrary: index.map((which) => (fleet: ModelFleet) => { fleet.node(which).isDeaf = true; }) },
  { weight: 1, arbitrary: index.map((which) => (fleet: ModelFleet) => { fleet.node(which).isQuarantined = true; }) },
  { weight: 1, arbitrary: fc.boolean().map((isUp) => (fleet: ModelFleet) => { fleet.isLinkUp = isUp; }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 2).map((degrading) => (fleet: ModelFleet) => { fleet.commonCause = { degrading, watched: 4 }; }) },
  { weight: 2, arbitrary: fc.nat({ max: 3 }).map((after) => (fleet: ModelFleet) => { fleet.tick(after); }) },
  { weight: 1, arbitrary: fc.constant((fleet: ModelFleet) => { fleet.restart(); }) },
  { weight: 1, arbitrary: fc.boolean().map((pauses) => (fleet: ModelFleet) => {
    const { atMs } = fleet;
    const state = stateOf(fleet.rollout);
    if (state !== "running" && state !== "paused") return;
    fleet.take(pauses ? { type: "paused", by: "operator", reason: "By ada.", atMs, sentence: "Paused." } : { type: "resumed", by: "operator", atMs, sentence: "Resumed." });
  }) },
);

const abort: fc.Arbitrary<Act> = fc.boolean().map((isReturning) => (fleet: ModelFleet) => {
  const state = stateOf(fleet.rollout);
  if (state === "aborted" || state === "completed") return;
  fleet.take({ type: "aborting", isReturning, reason: "By ada.", atMs: fleet.atMs, sentence: "Aborting." });
});

/** Everything works again. */
function heal(fleet: ModelFleet): void {
  fleet.isLinkUp = true;
  fleet.commonCause = { degrading: 0, watched: 4 };
  for (const node of fleet.nodes.values()) {
    node.liveness = "live";
    node.isDeaf = false;
  }
  const { atMs } = fleet;
  if (stateOf(fleet.rollout) === "paused") fleet.take({ type: "resumed", by: "operator", atMs, sentence: "Resumed." });
}

function run(fleet: ModelFleet, seconds: number): void {
  for (let each = 0; each < seconds; each += 1) fleet.tick();
}

const states = (fleet: ModelFleet): readonly string[] => [...fleet.rollout.nodes.values()].map(({ state }) => state);

describe("a phased roll-out, whatever happens", () => {
  test("sends nothing twice, nothing into quarantine, nothing past an unmet gate, and is made again from its journal", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 3 }), fc.array(fc.oneof({ weight: 30, arbitrary: acts }, { weight: 1, arbitrary: abort }), { maxLength: 40 }), (size, atOnce, sequence) => {
        const fleet = new ModelFleet(size, { ...PLAN, atOnce, soakMs: 5_000 });
        for (const act of sequence) {
          act(fleet);
          expect(fleet.violations).toEqual([]);
          expect(fleet.replayed()).toEqual(fleet.rollout);
        }
      }),
      { numRuns: 400 },
    );
  });

  test("is never stuck without saying why", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(acts, { maxLength: 25 }), (size, sequence) => {
        const fleet = new ModelFleet(size, { ...PLAN, soakMs: 5_000 });
        for (const act of sequence) act(fleet);
        const input = fleet.input();
        const state = stateOf(fleet.rollout);
        const isStill = decide(fleet.rollout, input).length === 0;
        if (isStill && state === "running") expect(reasonsToWait(fleet.rollout, input)).not.toEqual([]);
        if (state !== "completed" && state !== "aborted") expect(rolloutNext(fleet.rollout, input)).not.toBe("");
        expect(viewRollout(fleet.rollout, input).sentence).not.toBe("");
      }),
      { numRuns: 300 },
    );
  });

  test("ends once everything works again, or stands at a gate that failures keep shut", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(acts, { maxLength: 25 }), (size, sequence) => {
        const fleet = new ModelFleet(size, { ...PLAN, soakMs: 5_000 });
        for (const act of sequence) act(fleet);
        heal(fleet);
        run(fleet, 300);
        heal(fleet);
        run(fleet, 100);
        expect(fleet.violations).toEqual([]);
        const state = stateOf(fleet.rollout);
        if (state === "completed" || state === "stopped") return;
        const unmet = gateConditions(fleet.rollout, fleet.rollout.phase, fleet.input()).filter(({ met }) => !met);
        expect(unmet.map(({ sentence }) => sentence).join(), states(fleet).join()).toMatch(/failed, at most|all are left out/);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a phased roll-out", () => {
  test("takes canaries, waits, takes the share, waits, takes all, and completes", () => {
    const fleet = new ModelFleet(6);
    run(fleet, 12);
    expect(states(fleet)).toEqual(["committed", "committed", "waiting", "waiting", "waiting", "waiting"]);
    expect(viewRollout(fleet.rollout, fleet.input())).toMatchObject({ state: "running", sentence: "Canary is running: 2 of 2 committed. The stop rule is at 0 of 2 failures, with 2 of 4 nodes judged." });
    expect(viewRollout(fleet.rollout, fleet.input()).next).toMatch(/^Next: gate 1 can open in \d+ s at the earliest\. Nothing goes to the other 4 nodes before that\.$/);
    run(fleet, 70);
    expect(fleet.rollout.phase).toBe(1);
    run(fleet, 200);
    expect(stateOf(fleet.rollout)).toBe("completed");
    expect(fleet.sent).toEqual([0, 1, 2, 3, 4, 5].map((each) => `r-0001-node_${each}-1`));
  });

  test("stops at once when every canary failed, and names the class", () => {
    const fleet = new ModelFleet(6);
    for (const node of fleet.nodes.values()) node.isBad = true;
    run(fleet, 20);
    expect(stateOf(fleet.rollout)).toBe("stopped");
    expect(fleet.rollout.stop?.reason).toBe("All 2 canaries failed.");
    expect(fleet.written.find(({ event }) => event === "rollout-stopped")?.detail).toMatchObject({ version: "1.1.0", classes: '["drone"]', failures: 2 });
    run(fleet, 50);
    expect(fleet.sent).toHaveLength(2);
  });

  test("stops at the greater of least failures and their share, and not before enough nodes are judged", () => {
    const fleet = new ModelFleet(20, { ...PLAN, canary: 10, soakMs: 0, stop: { leastFailures: 2, failureShare: 0.2, leastJudged: 6 } });
    for (const which of [0, 1]) fleet.node(which).isBad = true;
    let { judged, failures } = countForStop(fleet.rollout);
    while (judged < 6) {
      expect(stateOf(fleet.rollout), `${failures} of ${judged}`).toBe("running");
      run(fleet, 1);
      ({ judged, failures } = countForStop(fleet.rollout));
    }
    expect(failures).toBe(2);
    expect(fleet.rollout.stop?.reason).toBe("2 of 6 judged nodes failed; it stops at 2.");
  });

  test("counts a breach while it waits at a gate", () => {
    const fleet = new ModelFleet(6);
    run(fleet, 12);
    expect(states(fleet).slice(0, 2)).toEqual(["committed", "committed"]);
    fleet.node(0).isBad = true;
    run(fleet, 80);
    expect(states(fleet).slice(0, 2)).toEqual(["rolled-back", "committed"]);
    expect(fleet.rollout.phase).toBe(0);
    expect(viewRollout(fleet.rollout, fleet.input())).toMatchObject({ failures: 1 });
    expect(viewRollout(fleet.rollout, fleet.input()).next).toContain("1 of 2 committed, 1 failed, at most 0 may");
  });

  test("does not count a node that vanished, in its trial or at the gate, until it speaks again", () => {
    const fleet = new ModelFleet(6);
    run(fleet, 2);
    fleet.node(0).liveness = "lost";
    run(fleet, 10);
    expect(states(fleet)[0]).toBe("unconfirmed");
    run(fleet, 100);
    expect(fleet.rollout.phase).toBe(0);
    fleet.node(0).liveness = "live";
    run(fleet, 8);
    expect(states(fleet)[0]).toBe("committed");
    fleet.node(0).liveness = "lost";
    run(fleet, 200);
    expect(fleet.rollout.phase).toBe(0);
    expect(viewRollout(fleet.rollout, fleet.input()).next).toContain("node_0 confirmed");
  });

  test("leaves out what is lost at its turn and offers it again when it is live", () => {
    const fleet = new ModelFleet(4);
    fleet.node(1).liveness = "lost";
    run(fleet, 8);
    expect(viewRollout(fleet.rollout, fleet.input()).leftOut).toMatchObject([{ nodeId: "node_1", note: "lost" }]);
    fleet.node(1).liveness = "live";
    run(fleet, 10);
    expect(states(fleet)[1]).toBe("committed");
  });

  test("pauses by itself while the link is down, and goes on by itself unless a person paused it", () => {
    const fleet = new ModelFleet(6);
    fleet.isLinkUp = false;
    run(fleet, 2);
    expect(viewRollout(fleet.rollout, fleet.input())).toMatchObject({ state: "paused", stateReason: "The link is down." });
    fleet.isLinkUp = true;
    run(fleet, 1);
    expect(stateOf(fleet.rollout)).toBe("running");
    fleet.isLinkUp = false;
    run(fleet, 1);
    fleet.take({ type: "paused", by: "operator", reason: "Paused by ada.", atMs: fleet.atMs, sentence: "Paused by ada." });
    fleet.isLinkUp = true;
    run(fleet, 5);
    expect(viewRollout(fleet.rollout, fleet.input())).toMatchObject({ state: "paused", stateReason: "Paused by ada." });
  });

  test("holds when nodes that did not change get worse together", () => {
    const fleet = new ModelFleet(6);
    run(fleet, 12);
    fleet.commonCause = { degrading: 3, watched: 4 };
    run(fleet, 100);
    expect(fleet.rollout.phase).toBe(0);
    expect(viewRollout(fleet.rollout, fleet.input()).stateReason).toMatch(/^3 of 4 nodes .* environment, not a version\.$/);
  });

  test("an abort with return takes every node back that it changed, and no other", () => {
    const fleet = new ModelFleet(6);
    run(fleet, 100);
    const changed = states(fleet).filter((state) => state === "committed" || state === "trial" || state === "sent").length;
    expect(changed).toBeGreaterThan(2);
    fleet.take({ type: "aborting", isReturning: true, reason: "By ada.", atMs: fleet.atMs, sentence: "Aborting." });
    run(fleet, 20);
    expect(stateOf(fleet.rollout)).toBe("aborted");
    expect(states(fleet).filter((state) => state === "returned")).toHaveLength(changed);
    expect([...fleet.nodes.values()].every(({ version }) => version === "1.0.0")).toBe(true);
    expect(fleet.sent.filter((request) => request.includes("-back-"))).toHaveLength(changed);
  });
});

describe("a plan", () => {
  const fleet = (size: number) => {
    const { nodes } = new ModelFleet(size).input();
    return [...nodes.values()].map((progress) => ({ ...progress, vertical: "drone", rolloutId: null, hasWayBack: true }));
  };

  test("puts canaries first, then the share of all, then the rest", () => {
    const { preview } = planRollout({ ...PLAN, share: 0.25 }, fleet(40));
    expect(preview.phases.map(({ nodeIds }) => nodeIds.length)).toEqual([2, 8, 30]);
    expect(preview.refusal).toBeNull();
  });

  test("names who is left out and why, and takes no silent node as a canary", () => {
    const [first, second, third, ...others] = fleet(6);
    if (first === undefined || second === undefined || third === undefined) throw new Error("no nodes");
    const { preview } = planRollout(PLAN, [{ ...first, liveness: "lost" }, { ...second, reportedVersion: "1.1.0" }, { ...third, isQuarantined: true }, ...others]);
    expect(preview.leftOut).toEqual([
      { nodeId: "node_1", reason: "already runs 1.1.0" },
      { nodeId: "node_2", reason: "1.1.0 is in quarantine for it" },
      { nodeId: "node_0", reason: "lost: offered again when it is live" },
    ]);
    expect(preview.phases[0]?.nodeIds).toEqual(["node_3", "node_4"]);
    expect(preview.phases[2]?.nodeIds).toContain("node_0");
  });

  test("names nodes that take it and have nothing good to go back to", () => {
    const [first, second, ...others] = fleet(4);
    if (first === undefined || second === undefined) throw new Error("no nodes");
    const running = { ...second, reportedVersion: "1.1.0", hasWayBack: false };
    expect(planRollout(PLAN, [{ ...first, hasWayBack: false }, running, ...others]).preview.withoutWayBack).toEqual(["node_0"]);
  });

  test.each([
    ["NOTHING_TO_ROLL_OUT", { reportedVersion: "1.1.0" }],
    ["QUARANTINED", { isQuarantined: true }],
    ["ROLLOUT_RUNNING", { rolloutId: "r-0001" }],
  ])("is refused with %s where no node can take it", (code, change) => {
    const { preview } = planRollout(PLAN, fleet(3).map((each) => ({ ...each, ...change })));
    expect(preview.refusal).toMatchObject({ code });
  });
});

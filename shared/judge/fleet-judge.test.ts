import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Policy } from "../policy/policy";
import { seededRandom } from "../random";
import { createFleetJudge, type FleetJudge, type JudgeEvent } from "./fleet-judge";
import type { JudgedSample } from "./node-judge";

const PERIOD_MS = 500;

/** Values of a healthy sample; a test changes some. */
type Values = Partial<Omit<JudgedSample, "tMs">>;

/** A fleet under judgement whose clock the test turns. */
interface Trial {
  readonly events: JudgeEvent[];
  readonly judge: FleetJudge;
  /** Lets so many samples of every node come; `change` says what is different on a node. */
  run(samples: number, change?: (nodeId: string, index: number) => Values | "silent"): void;
  deploy(nodeId: string, version: string): void;
  named(event: JudgeEvent["event"], nodeId?: string): readonly JudgeEvent[];
  nowMs(): number;
}

function startTrial(nodes: number, policy: Policy = {}, seed = 1): Trial {
  const events: JudgeEvent[] = [];
  const judge = createFleetJudge(policy, (event) => events.push(event));
  const random = seededRandom(seed);
  const versions = new Map<string, string>();
  let tick = 0;
  return {
    events,
    judge,
    run(samples, change = () => ({})) {
      for (let index = 0; index < samples; index += 1) {
        const tMs = tick * PERIOD_MS;
        tick += 1;
        for (let node = 0; node < nodes; node += 1) {
          const nodeId = `node_${node}`;
          const values = change(nodeId, index);
          const noise = { compressionRatio: 8 + 0.4 * random.normal(), latencyMs: 20 + 1.5 * random.normal(), qualityScore: 0.9 + 0.02 * random.normal() };
          if (values === "silent") continue;
          judge.sample(nodeId, { tMs, modelVersion: versions.get(nodeId) ?? "1.1.0", ...noise, ...values });
        }
        judge.tick(tMs);
      }
    },
    deploy(nodeId, version) {
      judge.deploy(tick * PERIOD_MS, nodeId, version);
      versions.set(nodeId, version);
    },
    named: (event, nodeId) => events.filter((each) => each.event === event && (nodeId === undefined || each.nodeId === nodeId)),
    nowMs: () => tick * PERIOD_MS,
  };
}

/** Six nodes, of which the first reports every 4 s and the others every half. */
function startSlowTrial(): Trial {
  const trial = startTrial(6, { trial: { commitSamples: 60 } });
  return {
    ...trial,
    run(samples, change = () => ({})) {
      trial.run(samples, (nodeId, index) => (nodeId === "node_0" && index % 8 !== 0 ? "silent" : change(nodeId, index)));
    },
  };
}

const bad = { qualityScore: 0.65 } as const;
const only = (nodeId: string, values: Values | "silent") => (each: string): Values | "silent" => (each === nodeId ? values : {});

describe("a healthy fleet", () => {
  test("commits its version after 240 passing samples, and nothing is rolled back or held", () => {
    const trial = startTrial(4);
    trial.run(2500);
    expect(trial.named("version-committed")).toHaveLength(4);
    expect([...trial.named("rollback-requested"), ...trial.named("rollback-held")]).toEqual([]);
    const [first] = trial.named("verdict", "node_0");
    expect(first?.detail).toMatchObject({ outcome: "inconclusive", sentence: "Too few samples to judge 1.1.0: 1 of 120." });
    expect(trial.named("baseline-frozen", "node_0").map(({ detail }) => detail["n"])).toEqual(expect.arrayContaining([120, 240, 480, 960, 1920]));
  });

  test("waits for the first baseline that the policy asks for", () => {
    const trial = startTrial(1, { trial: { baselineSamples: 200 } });
    trial.run(199);
    expect(trial.named("baseline-frozen")).toEqual([]);
    trial.run(1);
    expect(trial.named("baseline-frozen").map(({ detail }) => detail["n"])).toContain(200);
  });

  test("gives the same events for the same samples", () => {
    const twice = [1, 2].map(() => {
      const trial = startTrial(3);
      trial.run(400);
      trial.deploy("node_1", "1.2.0");
      trial.run(100, only("node_1", bad));
      return JSON.stringify(trial.events);
    });
    expect(twice[0]).toBe(twice[1]);
  });
});

describe("a bad version", () => {
  test("is taken back from its node within seconds, to what was good there, and quarantined", () => {
    const trial = startTrial(6);
    trial.run(400);
    trial.deploy("node_2", "1.2.0");
    const deployedMs = trial.nowMs();
    trial.run(40, only("node_2", bad));
    const [request, ...more] = trial.named("rollback-requested");
    expect(more).toEqual([]);
    expect(request).toMatchObject({ nodeId: "node_2", detail: { target: "1.1.0", version: "1.2.0", metric: "qualityScore", reason: "hard", value: 0.65, limit: 0.7, actor: "policy" } });
    expect((request?.tMs ?? Infinity) - deployedMs).toBeLessThanOrEqual(8_000);
    expect(request?.detail["sentence"]).toBe("Quality 0.650, 5 of 5 samples beyond 0.70. Rolling back to 1.1.0.");
    expect(trial.named("version-quarantined")).toMatchObject([{ nodeId: "node_2", detail: { version: "1.2.0", scope: "node" } }]);
  });

  test("is acknowledged only by the node's own report, and inconsistent when it reports something else", () => {
    for (const [reported, event] of [["1.1.0", "rollback-acknowledged"], ["1.0.0", "version-inconsistent"]] as const) {
      const trial = startTrial(3);
      trial.run(400);
      trial.deploy("node_0", "1.2.0");
      trial.run(30, only("node_0", bad));
      expect([...trial.named("rollback-acknowledged"), ...trial.named("version-inconsistent")]).toEqual([]);
      trial.run(5, only("node_0", { modelVersion: reported }));
      expect(trial.named(event)).toMatchObject([{ nodeId: "node_0", detail: { asked: "1.1.0", version: reported } }]);
    }
  });

  test("may run on no node once it failed on two", () => {
    const trial = startTrial(6);
    trial.run(400);
    trial.deploy("node_0", "1.2.0");
    trial.deploy("node_1", "1.2.0");
    trial.run(40, (nodeId) => (nodeId === "node_0" || nodeId === "node_1" ? bad : {}));
    expect(trial.named("rollback-requested").map(({ nodeId }) => nodeId)).toEqual(["node_0", "node_1"]);
    expect(trial.named("version-quarantined").map(({ detail }) => detail["scope"])).toEqual(["node", "node", "class"]);
  });

  test("is found by its warm-up's end at the earliest: what happens before is ignored", () => {
    const trial = startTrial(3);
    trial.run(400);
    trial.deploy("node_0", "1.2.0");
    trial.run(60, (nodeId, index) => (nodeId === "node_0" && index < 4 ? bad : {}));
    expect(trial.named("rollback-requested")).toEqual([]);
  });

  test("is taken back for a change of more than 30 % from what the version before was like", () => {
    const trial = startTrial(3);
    trial.run(400);
    trial.deploy("node_0", "1.2.0");
    trial.run(30, only("node_0", { latencyMs: 27 }));
    expect(trial.named("rollback-requested")).toMatchObject([{ nodeId: "node_0", detail: { reason: "relative", metric: "latencyMs" } }]);
  });

  test("has no target when nothing good ran before", () => {
    const trial = startTrial(3);
    trial.run(400);
    trial.run(60, only("node_0", bad));
    expect(trial.named("rollback-held")).toMatchObject([{ nodeId: "node_0", detail: { code: "NO_GOOD_VERSION", target: null } }]);
  });

  test("freezes its node after two rollbacks in an hour", () => {
    const trial = startTrial(3);
    trial.run(400);
    for (const version of ["1.2.0", "1.3.0", "1.4.0"]) {
      trial.deploy("node_0", version);
      trial.run(40, only("node_0", { ...bad, modelVersion: version }));
      trial.deploy("node_0", "1.1.0");
      trial.run(160);
    }
    expect(trial.named("rollback-requested")).toHaveLength(2);
    expect(trial.named("rollback-held").map(({ detail }) => detail["code"])).toEqual(["ROLLBACKS_FROZEN"]);
  });

  test("is only named in a dry run", () => {
    const trial = startTrial(3, { engine: { dryRun: true } });
    trial.run(400);
    trial.deploy("node_0", "1.2.0");
    trial.run(40, only("node_0", bad));
    expect(trial.named("rollback-requested")).toEqual([]);
    expect(trial.named("rollback-held")).toMatchObject([{ detail: { code: "DRY_RUN", target: "1.1.0" } }]);
  });
});

describe("a trouble of the environment", () => {
  test("holds every rollback when nodes that did not change get worse together", () => {
    const trial = startTrial(6);
    trial.run(600);
    trial.deploy("node_0", "1.2.0");
    trial.run(300);
    trial.run(60, () => ({ latencyMs: 60 }));
    expect(trial.named("rollback-requested")).toEqual([]);
    const held = trial.named("rollback-held", "node_0");
    expect(held).toMatchObject([{ detail: { code: "COMMON_CAUSE" } }]);
    expect(held[0]?.detail["sentence"]).toContain("This is the environment, not a version.");
  });

  test("holds a node that reports often until the others have had samples to show the same", () => {
    const trial = startTrial(3);
    trial.run(400);
    trial.deploy("node_0", "1.2.0");
    trial.run(300);
    const startMs = trial.nowMs();
    const healthy = { modelVersion: "1.2.0", compressionRatio: 8, qualityScore: 0.9 };
    // Twenty samples a second of the one, two of the others.
    for (let step = 0; step < 80; step += 1) {
      const tMs = startMs + 50 * step;
      trial.judge.sample("node_0", { tMs, ...healthy, latencyMs: 90 });
      if (step % 10 === 9) for (const nodeId of ["node_1", "node_2"]) trial.judge.sample(nodeId, { tMs, ...healthy, modelVersion: "1.1.0", latencyMs: 90 });
    }
    expect(trial.named("rollback-requested")).toEqual([]);
    expect(trial.named("rollback-held", "node_0")).toMatchObject([{ detail: { code: "COMMON_CAUSE" } }]);
  });

  test("holds a node that gets well later than the others, too", () => {
    const trial = startTrial(6);
    trial.run(600);
    trial.deploy("node_0", "1.2.0");
    trial.run(300);
    trial.run(40, () => ({ latencyMs: 60 }));
    trial.run(30, (nodeId) => (nodeId === "node_0" ? { latencyMs: 60 } : {}));
    trial.run(60);
    expect(trial.named("rollback-requested")).toEqual([]);
    expect(trial.named("hold-ended", "node_0")).toHaveLength(1);
  });

  test("is seen in nodes that have too few samples for a baseline", () => {
    const trial = startTrial(1);
    trial.run(400);
    trial.deploy("node_0", "1.2.0");
    trial.run(300);
    const startMs = trial.nowMs();
    for (let step = 0; step < 80; step += 1) {
      const qualityScore = (step < 50 ? 0.9 : 0.45) + 0.005 * (step % 5);
      const healthy = { tMs: startMs + PERIOD_MS * step, compressionRatio: 8, latencyMs: 20, qualityScore };
      trial.judge.sample("node_0", { ...healthy, modelVersion: "1.2.0" });
      for (const nodeId of ["node_1", "node_2", "node_3"]) trial.judge.sample(nodeId, { ...healthy, modelVersion: "1.1.0" });
    }
    expect(trial.named("rollback-requested")).toEqual([]);
    expect(trial.named("rollback-held", "node_0")).toMatchObject([{ detail: { code: "COMMON_CAUSE", metric: "qualityScore" } }]);
  });

  test("leaves nothing behind on a node that reports seldom and is well since", () => {
    const trial = startSlowTrial();
    trial.run(1200);
    trial.deploy("node_0", "1.2.0");
    trial.run(1200);
    trial.run(80, () => ({ latencyMs: 30 }));
    trial.run(900);
    expect(trial.named("rollback-held", "node_0")).toMatchObject([{ detail: { code: "COMMON_CAUSE" } }]);
    expect(trial.named("rollback-requested")).toEqual([]);
    expect(trial.named("hold-ended", "node_0")).toHaveLength(1);
  });

  test("leaves nothing behind the second time either", () => {
    const trial = startSlowTrial();
    trial.run(1200);
    trial.deploy("node_0", "1.2.0");
    trial.run(1200);
    for (let trouble = 1; trouble <= 2; trouble += 1) {
      trial.run(80, () => ({ latencyMs: 30 }));
      trial.run(900);
      expect(trial.named("rollback-held", "node_0")).toHaveLength(trouble);
      expect(trial.named("hold-ended", "node_0")).toHaveLength(trouble);
    }
    expect(trial.named("rollback-requested")).toEqual([]);
  });

  test("is not waited for from a node that has just fallen silent", () => {
    const secondsToRollback = (isSilent: boolean): number => {
      const trial = startTrial(4);
      const silent = (nodeId: string) => nodeId === "node_1" && isSilent;
      trial.run(600);
      trial.deploy("node_0", "1.2.0");
      trial.run(40);
      trial.run(5, (nodeId) => (silent(nodeId) ? "silent" : {}));
      const fromMs = trial.nowMs();
      trial.run(30, (nodeId) => (silent(nodeId) ? "silent" : nodeId === "node_0" ? bad : {}));
      const [asked] = trial.named("rollback-requested", "node_0");
      return ((asked?.tMs ?? Infinity) - fromMs) / 1000;
    };
    expect(secondsToRollback(true)).toBe(secondsToRollback(false));
  });

  test("that ended leaves a version that is bad by itself to be found", () => {
    const trial = startSlowTrial();
    trial.run(1200);
    trial.deploy("node_0", "1.2.0");
    trial.run(1200);
    trial.run(80, () => ({ latencyMs: 30 }));
    trial.run(240, (nodeId) => (nodeId === "node_0" ? { latencyMs: 30 } : {}));
    expect(trial.named("rollback-requested")).toMatchObject([{ nodeId: "node_0", detail: { target: "1.1.0", metric: "latencyMs" } }]);
  });

  test("is a version after all where one node goes on alone for long", () => {
    const trial = startTrial(6);
    trial.run(600);
    trial.deploy("node_0", "1.2.0");
    trial.run(300);
    trial.run(40, () => ({ latencyMs: 60 }));
    trial.run(200, (nodeId) => (nodeId === "node_0" ? { latencyMs: 60 } : {}));
    expect(trial.named("rollback-requested")).toMatchObject([{ nodeId: "node_0", detail: { target: "1.1.0" } }]);
  });

  test("does not shield a new version that alone is bad", () => {
    const trial = startTrial(6);
    trial.run(600);
    for (const nodeId of ["node_0", "node_1", "node_2"]) trial.deploy(nodeId, "1.2.0");
    trial.run(60, (nodeId) => (Number(nodeId.slice(5)) < 3 ? bad : {}));
    expect(trial.named("rollback-requested")).toHaveLength(3);
    expect(trial.named("rollback-held")).toEqual([]);
  });
});

describe("silence", () => {
  test("is stale after 5 s and lost after 30 s, frozen, and never a reason to roll a committed version back", () => {
    const trial = startTrial(3);
    trial.run(400);
    trial.run(80, only("node_1", "silent"));
    expect(trial.named("node-stale")).toMatchObject([{ nodeId: "node_1", detail: { frozen: "pass" } }]);
    expect(trial.named("node-lost")).toHaveLength(1);
    expect(trial.named("node-stale")[0]?.detail["sentence"]).toContain("It is not healthy, it is unknown.");
    expect([...trial.named("rollback-requested"), ...trial.named("rollback-held")]).toEqual([]);
    trial.run(2);
    expect(trial.named("node-back")).toHaveLength(1);
  });

  test("that began in the trial of a version that must have data takes it back", () => {
    const trial = startTrial(3);
    trial.run(400);
    trial.deploy("node_1", "1.2.0");
    trial.run(20);
    trial.run(80, only("node_1", "silent"));
    expect(trial.named("rollback-requested")).toMatchObject([{ nodeId: "node_1", detail: { reason: "lost", target: "1.1.0" } }]);
  });

  test("of what a node went back to is no reason to bring the version before it again", () => {
    const trial = startTrial(3);
    trial.run(400);
    trial.deploy("node_1", "1.2.0");
    trial.run(400);
    const back = { event: "rollback-requested", nodeId: "node_1", commandId: null, actor: "operator", version: "1.1.0", fromVersion: "1.2.0", atMs: trial.nowMs(), isByVerdict: false, sentence: "" } as const;
    trial.judge.apply(back, trial.nowMs());
    trial.judge.apply({ event: "command-moved", nodeId: "node_1", commandId: null, standing: "verified", atMs: trial.nowMs(), sentence: "" }, trial.nowMs());
    trial.judge.apply({ event: "quarantine-lifted", scope: { kind: "node", nodeId: "node_1" }, version: "1.2.0" }, trial.nowMs());
    trial.run(20, only("node_1", { modelVersion: "1.1.0" }));
    trial.run(80, only("node_1", "silent"));
    expect(trial.named("node-lost")).toHaveLength(1);
    expect([...trial.named("rollback-requested"), ...trial.named("rollback-held")]).toEqual([]);
  });

  test("of one metric since the swap is the new version's doing; a non-finite value is no value", () => {
    for (const value of [Number.NaN, Infinity, -Infinity, null]) {
      const trial = startTrial(3);
      trial.run(400);
      trial.deploy("node_1", "1.2.0");
      trial.run(30, only("node_1", { qualityScore: value }));
      expect(trial.named("rollback-requested")).toMatchObject([{ nodeId: "node_1", detail: { reason: "lost", metric: "qualityScore" } }]);
    }
  });

  test("of one metric after the commit is no data, and no failure", () => {
    const trial = startTrial(3);
    trial.run(400);
    trial.run(60, only("node_1", { qualityScore: Number.NaN }));
    expect(trial.named("verdict", "node_1").at(-1)?.detail).toMatchObject({ outcome: "no-data", metric: "qualityScore" });
    expect([...trial.named("rollback-requested"), ...trial.named("rollback-held")]).toEqual([]);
  });
});

describe("traps of the field", () => {
  test("version 10 is newer than 9 to nobody here: the target is what was good, whatever its name", () => {
    const trial = startTrial(3);
    trial.deploy("node_0", "9");
    trial.run(300);
    trial.deploy("node_0", "10");
    trial.run(300);
    trial.deploy("node_0", "11");
    trial.run(40, only("node_0", bad));
    expect(trial.named("rollback-requested")).toMatchObject([{ detail: { target: "10" } }]);
  });

  test("a redeploy of the same version and a rollback do not go back to the same version", () => {
    const trial = startTrial(3);
    trial.run(400);
    trial.deploy("node_0", "1.1.0");
    trial.run(60, only("node_0", bad));
    expect(trial.named("rollback-requested")).toEqual([]);
    expect(trial.named("rollback-held").map(({ detail }) => detail["code"])).toEqual(["NO_GOOD_VERSION"]);
  });

  test("zero samples are never a pass, and zero from a broken reading is no drop to 0", () => {
    const trial = startTrial(3);
    trial.judge.deploy(0, "node_9", "1.1.0");
    trial.judge.tick(60_000);
    expect(trial.events.every(({ detail }) => detail["outcome"] !== "pass")).toBe(true);
    const broken = startTrial(3);
    broken.run(400);
    broken.run(10, only("node_0", { compressionRatio: 0 }));
    expect(broken.named("verdict", "node_0").at(-1)?.detail).toMatchObject({ outcome: "error", metric: "compressionRatio" });
    expect(broken.named("rollback-requested")).toEqual([]);
  });

  test("a breach is acted on in the trial, before there is any baseline", () => {
    const trial = startTrial(3);
    trial.run(400);
    trial.deploy("node_0", "1.2.0");
    trial.run(20);
    trial.run(20, only("node_0", bad));
    expect(trial.named("rollback-requested")).toHaveLength(1);
  });

  test("an alert is not resolved because its node vanished", () => {
    const trial = startTrial(3);
    trial.run(400);
    trial.run(40, only("node_0", bad));
    trial.run(20, only("node_0", "silent"));
    expect(trial.named("node-stale", "node_0")).toMatchObject([{ detail: { frozen: "fail" } }]);
    expect(trial.named("verdict", "node_0").at(-1)?.detail["outcome"]).toBe("fail");
  });
});

describe("whatever comes in", () => {
  const noValue = fc.constantFrom(Number.NaN, Infinity, -Infinity, null);
  const anything = fc.oneof(noValue, fc.double({ min: -1e9, max: 0, noNaN: true }), fc.double());

  test("a node without one finite value never passes and is never rolled back", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ compressionRatio: noValue, latencyMs: noValue, qualityScore: noValue }), { minLength: 1, maxLength: 60 }), (samples) => {
        const events: JudgeEvent[] = [];
        const judge = createFleetJudge({}, (event) => events.push(event));
        for (const [index, sample] of samples.entries()) judge.sample("node_0", { tMs: index * PERIOD_MS, modelVersion: "1.1.0", ...sample });
        judge.tick(samples.length * PERIOD_MS + 60_000);
        expect(events.filter(({ detail }) => detail["outcome"] === "pass" || detail["outcome"] === "fail")).toEqual([]);
        expect(events.filter(({ event }) => event.startsWith("rollback"))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test("one bad reading at a time rolls nothing back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.array(anything, { minLength: 4, maxLength: 4 }), (seed, bad) => {
        const trial = startTrial(2, {}, seed);
        trial.run(160);
        for (const value of bad) {
          trial.run(1, only("node_0", { compressionRatio: value, qualityScore: value }));
          trial.run(20);
        }
        expect([...trial.named("rollback-requested"), ...trial.named("rollback-held")]).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  test("a clock that steps back or stands still rolls nothing back, loses nobody, and gives the same events twice", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -4000, max: 900 }), { minLength: 150, maxLength: 250 }), (steps) => {
        const once = (): readonly JudgeEvent[] => {
          const events: JudgeEvent[] = [];
          const judge = createFleetJudge({}, (event) => events.push(event));
          const random = seededRandom(3);
          let tMs = 0;
          for (const step of steps) {
            tMs += step;
            judge.sample("node_0", { tMs, modelVersion: "1.1.0", compressionRatio: 8 + 0.4 * random.normal(), latencyMs: 20 + random.normal(), qualityScore: 0.9 + 0.01 * random.normal() });
            judge.tick(tMs);
          }
          return events;
        };
        const events = once();
        expect(events.filter(({ event }) => event.startsWith("rollback") || event === "node-stale" || event === "node-lost")).toEqual([]);
        expect(once()).toEqual(events);
      }),
      { numRuns: 25 },
    );
  });
});

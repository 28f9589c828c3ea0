import { describe, expect, test } from "vitest";
import { rolloutNodeStateSchema } from "../contract/rollouts";
import type { ErrorCode } from "../contract/errors";
import { node, version } from "../fleet/ids-fixture";
import { fail } from "../result";
import { seededRandom, type Random } from "../random";
import { advanceCommand, hasEnded, isSupersedable, requestCommand, resumeCommand, viewCommand, type Command, type CommandInput } from "./command";
import { decide } from "./phased/decide";
import { countForStop, gateConditions, gateOpensMs, lastCommitMs } from "./phased/gate";
import type { NodeProgress, RolloutInput } from "./phased/input";
import { readRolloutEvent } from "./phased/journal";
import { ModelFleet, PLAN } from "./phased/model-fixture";
import { observeNode, refusesVersion, turnOf } from "./phased/observe";
import { planRollout, type Candidate } from "./phased/plan";
import { evolve, hasRolloutEnded, stateOf, type Rollout, type RolloutEvent, type RolloutNode } from "./phased/state";
import { viewRollout } from "./phased/view";
import { reasonsToWait, rolloutNext, rolloutSentence } from "./phased/words";

/*
 * What commands and roll-outs do and say on random ways, as it was when it was last looked at. A rule that is changed on
 * purpose changes these files (`npx vitest run shared/rollout/golden.test.ts -u`): the difference shows what else it changes.
 */

const pick = <Value>(random: Random, values: readonly [Value, ...Value[]]): Value => values[random.nextInt(values.length)] ?? values[0];

function inputOf(random: Random, atMs: number): CommandInput {
  const times = { atMs, wallMs: 1_000_000 + atMs };
  const reported = pick(random, ["1.1.0", "1.1.0", "1.1.0", "1.0.0", "0.9.0", null]);
  const of = reported === null ? null : version(reported);
  switch (random.nextInt(9)) {
    case 0:
    case 1:
      return { type: "published", matchedSubscriptions: random.nextInt(3), ...times };
    case 2:
      return { type: "reported", version: of, ...times };
    case 3:
    case 4:
      return { type: "sample", version: of, beyond: random.next() < 0.5 ? [] : random.next() < 0.5 ? ["latencyMs"] : ["latencyMs", "qualityScore"], ...times };
    case 5:
      return pick<CommandInput>(random, [{ type: "unheard", ...times }, { type: "unheard", ...times }, { type: "superseded", ...times }, { type: "publish-failed", reason: "the link is down.", ...times }]);
    default:
      return { type: "tick", nodeReportsVersion: random.next() < 0.8, reportedVersion: of, isHeard: random.next() < 0.8, ...times };
  }
}

function walkCommand(seed: number): string {
  const random = seededRandom(seed);
  const request = { commandId: `c-${seed}`, requestId: `r-${seed}`, nodeId: node("node_3"), kind: seed % 2 === 0 ? "deploy" : "rollback", actor: seed % 3 === 0 ? "policy" : "operator", version: version("1.1.0"), fromVersion: seed % 5 === 0 ? null : version("1.0.0") } as const;
  let command: Command = requestCommand(request, 1_000_000);
  const lines: string[] = [];
  let atMs = 0;
  for (let step = 0; step < 60 && !(hasEnded(command) && step > 20); step += 1) {
    atMs += pick(random, [0, 100, 500, 2_000, 9_999]);
    if (random.next() < 0.06) command = resumeCommand(command, atMs);
    const input = inputOf(random, atMs);
    // A run of samples, so that some are verified and some fail.
    for (let times = input.type === "sample" ? 8 : 1; times > 0; times -= 1) {
      const before = command;
      const outcome = advanceCommand(command, input);
      command = outcome.command;
      if (before.phase !== command.phase || outcome.publish) lines.push(`${atMs} ${input.type} ${before.phase} -> ${command.phase}${outcome.publish ? " publish" : ""} sent ${command.sentAtMs ?? "-"} acknowledged ${command.acknowledgedAtMs ?? "-"} resumed ${command.resumedAtMs ?? "-"}${isSupersedable(command) ? " supersedable" : ""}: ${command.sentence}`);
    }
  }
  const { verifySamples, steps, attempts, phase } = viewCommand(command);
  lines.push(`= ${phase} ${attempts} ${verifySamples} ${command.withinRun} ${command.beyondRun}: ${steps.map((each) => `${each.phase}@${each.atMs} ${each.note}`).join("; ")}`);
  return `command ${seed}\n${lines.join("\n")}`;
}

/** A node as it may also be, beside what the model of a fleet has. */
function otherwise(random: Random, progress: NodeProgress): NodeProgress {
  const codes: readonly [ErrorCode, ...ErrorCode[]] = ["LINK_DOWN", "ALREADY_IN_FLIGHT", "NODE_SILENT", "QUARANTINED", "ALREADY_RUNNING", "UNKNOWN_VERSION", "STALE_VERSION"];
  const changes: readonly [Partial<NodeProgress>, ...Partial<NodeProgress>[]] = [
    { liveness: pick(random, ["joining", "live", "no-metrics", "stale", "lost"]) },
    { reportedVersion: pick(random, [null, "1.0.0", "1.1.0", "0.9.0"]) },
    { command: pick(random, [null, "sent", "acknowledged", "verified", "failed", "unconfirmed", "inconsistent"]) },
    { refusal: fail(pick(random, codes), "It was refused.").error },
    { isInFlight: random.next() < 0.5 },
    { trial: null },
    { isCommitted: random.next() < 0.5 },
    { isQuarantined: true },
    { isRolledBack: true },
    { isReplaced: true },
    { failing: "Quality 0.500, 4 of 4 samples beyond 0.70." },
  ];
  return { ...progress, ...pick(random, changes), ...pick(random, changes) };
}

/** Everything that is said of a roll-out at a moment, and what is decided. */
function look(rollout: Rollout, input: RolloutInput): readonly string[] {
  const view = viewRollout(rollout, input);
  const nodes = [...rollout.nodes.values()].map((known) => {
    const progress = input.nodes.get(known.nodeId);
    const move = observeNode(rollout, known, input);
    const turn = turnOf(rollout.plan.version, known.attempt, progress, input.isSettling);
    return `${known.nodeId} ${known.phase} ${known.state} -> ${move === null ? "-" : `${move.state} (${move.note})`}, turn ${turn.can}${"reason" in turn ? ` (${turn.reason})` : ""}${refusesVersion(known, progress) ? " refuses" : ""}`;
  });
  const { failures, judged, failuresToStop, reason } = countForStop(rollout);
  const gates = ([0, 1] as const).map((phase) => `${lastCommitMs(rollout, phase) ?? "-"}/${gateOpensMs(rollout, phase) ?? "-"} ${gateConditions(rollout, phase, input).map(({ met, sentence }) => `${met ? "+" : "-"}${sentence}`).join(" ")}`);
  return [
    `${input.atMs} ${stateOf(rollout)}${hasRolloutEnded(rollout) ? " ended" : ""} ${view.state} ${view.stateReason ?? "-"} from ${view.fromVersions.join()} | ${rolloutSentence(rollout)} | ${rolloutNext(rollout, input)} | ${reasonsToWait(rollout, input).join("; ")}`,
    `  stop ${failures}/${judged}/${failuresToStop} ${reason ?? "-"} gates ${gates.join(" | ")}`,
    `  ${view.phases.map(({ name, state, gateOpensAtMs, nodes: of }) => `${name} ${state} ${gateOpensAtMs ?? "-"} ${of.map(({ nodeId, passed, needed }) => `${nodeId} ${passed}/${needed}`).join()}`).join(" | ")} left out ${view.leftOut.map(({ nodeId, note }) => `${nodeId} ${note}`).join()}`,
    `  ${nodes.join(" | ")}`,
    ...decide(rollout, input).map(({ sentence, ...event }) => `  > ${sentence} ${Object.values(event).map((value) => (typeof value === "object" ? JSON.stringify(value) : String(value))).join(" ")}`),
  ];
}

/** A roll-out of few nodes in any state, and what may be known of it. */
function anyMoment(random: Random): { readonly rollout: Rollout; readonly input: RolloutInput } {
  const states = rolloutNodeStateSchema.options;
  const atMs = 1_050_000;
  const count = 1 + random.nextInt(3);
  const atOnce = 1 + random.nextInt(2);
  const fleet = new ModelFleet(count, { ...PLAN, atOnce, soakMs: pick(random, [0, 6_000, 600_000]), stop: pick(random, [PLAN.stop, { leastFailures: 1, failureShare: 0.5, leastJudged: 1 }]) });
  const nodes = new Map(
    [...fleet.rollout.nodes.values()].map((known): [string, RolloutNode] => [
      known.nodeId,
      {
        ...known,
        phase: pick(random, [0, 0, 1, 2]),
        vertical: pick(random, ["drone", "iot", null]),
        state: states[random.nextInt(states.length)] ?? "waiting",
        attempt: pick(random, [0, 1, 1, 4, 5]),
        returns: pick(random, [0, 0, 1, 2]),
        isReturnOver: random.next() < 0.2,
        fromVersion: pick(random, ["1.0.0", "1.0.0", "0.9.0", "1.1.0", null]),
        atMs: atMs - 1_000 * random.nextInt(20),
        note: pick(random, ["", "as noted"]),
      },
    ]),
  );
  const rollout: Rollout = {
    ...fleet.rollout,
    nodes,
    phase: pick(random, [0, 0, 1, 2, 2]),
    operatorPause: random.next() < 0.1 ? "Paused by ada." : null,
    selfPause: random.next() < 0.2 ? { code: pick(random, ["LINK_DOWN", "COMMON_CAUSE", "VERSION_REFUSED"]), reason: "It paused." } : null,
    stop: random.next() < 0.1 ? { reason: "Too many failed.", atMs } : null,
    abort: random.next() < 0.25 ? { isReturning: random.next() < 0.7, reason: "By ada." } : null,
    end: random.next() < 0.05 ? pick(random, ["aborted", "completed"]) : null,
  };
  const healthy = (nodeId: string): NodeProgress => ({ nodeId, liveness: "live", reportedVersion: pick(random, ["1.0.0", "1.1.0"]), command: null, refusal: null, isInFlight: false, trial: { passed: 1, needed: 3 }, isCommitted: random.next() < 0.5, isQuarantined: false, isRolledBack: false, isReplaced: false, failing: null });
  const known = new Map([...nodes.keys()].filter(() => random.next() < 0.93).map((nodeId) => [nodeId, random.next() < 0.6 ? otherwise(random, healthy(nodeId)) : healthy(nodeId)]));
  const obstacle = random.next() < 0.1 ? ({ code: pick<"LINK_DOWN" | "JOURNAL_UNAVAILABLE">(random, ["LINK_DOWN", "JOURNAL_UNAVAILABLE"]), reason: "It cannot be written." }) : null;
  return { rollout, input: { atMs, nodes: known, isSettling: random.next() < 0.25, obstacle, commonCause: { degrading: random.next() < 0.1 ? 2 : 0, watched: 4 } } };
}

/** What every event makes of a roll-out in any state. */
function evolved(random: Random): string {
  const { rollout } = anyMoment(random);
  const at = { atMs: 1_060_000, sentence: "It was so." };
  const state = rolloutNodeStateSchema.options[random.nextInt(rolloutNodeStateSchema.options.length)] ?? "waiting";
  const event = pick<RolloutEvent>(random, [
    { type: "node", nodeId: pick(random, ["node_0", "node_9"]), state, fromVersion: "0.8.0", attempt: 3, note: "noted", ...at },
    { type: "node-returning", nodeId: "node_0", returns: 4, ...at },
    { type: "gate-passed", phase: pick(random, [0, 1]), ...at },
    { type: "paused", by: pick(random, ["operator", "LINK_DOWN", "VERSION_REFUSED"]), reason: "For a reason.", ...at },
    { type: "resumed", by: pick(random, ["operator", "engine"]), ...at },
    { type: "stopped", reason: "Too many.", failures: 2, judged: 3, classes: ["iot", null], ...at },
    { type: "aborting", isReturning: true, reason: "By ada.", ...at },
    { type: pick(random, ["aborted", "completed"]), ...at },
    { type: "started", rolloutId: "r-0002", requestId: "request-2", actor: "operator", policyRevision: 2, plan: PLAN, nodes: [], ...at },
  ]);
  const { nodes, plan: _plan, ...next } = evolve(rollout, event);
  return `${stateOf(rollout)} ${JSON.stringify(event)} -> ${JSON.stringify(next)} ${JSON.stringify(nodes.get("node_0"))}`;
}

function stirFleet(fleet: ModelFleet, random: Random): void {
  const one = fleet.node(random.nextInt(10));
  const state = stateOf(fleet.rollout);
  const { atMs } = fleet;
  switch (random.nextInt(14)) {
    case 0:
      one.liveness = pick(random, ["lost", "stale", "no-metrics", "joining"]);
      return;
    case 1:
    case 2:
      for (const each of fleet.nodes.values()) each.liveness = "live";
      return;
    case 3:
      one.isBad = true;
      return;
    case 4:
      one.isDeaf = !one.isDeaf;
      return;
    case 5:
      fleet.isLinkUp = !fleet.isLinkUp;
      return;
    case 6:
      fleet.commonCause = { degrading: random.nextInt(3), watched: 4 };
      return;
    case 7:
      if (state === "running") fleet.take({ type: "paused", by: "operator", reason: "By ada.", atMs, sentence: "Paused." });
      else if (state === "paused") fleet.take({ type: "resumed", by: "operator", atMs, sentence: "Resumed." });
      return;
    case 8:
      if (random.next() < 0.2 && state !== "aborted" && state !== "completed") fleet.take({ type: "aborting", isReturning: random.next() < 0.6, reason: "By ada.", atMs, sentence: "Aborting." });
      return;
    case 9:
      fleet.restart();
      return;
    default:
      fleet.isLinkUp = true;
  }
}

function walkRollout(seed: number): string {
  const random = seededRandom(seed);
  const fleet = new ModelFleet(2 + (seed % 5), { ...PLAN, atOnce: 1 + (seed % 3), soakMs: 6_000, canary: 1 + (seed % 2) });
  const lines: string[] = [];
  for (let step = 0; step < 14; step += 1) {
    stirFleet(fleet, random);
    for (let seconds = 1 + random.nextInt(12); seconds > 0; seconds -= 1) fleet.tick();
    lines.push(...look(fleet.rollout, fleet.input()));
  }
  lines.push(...fleet.written.map((written) => `= ${written.event} ${written.nodeId ?? "-"} ${written.sentence} ${JSON.stringify(written.detail)} ${readRolloutEvent(written) === null ? "UNREAD" : ""}`));
  return `roll-out ${seed}\n${lines.join("\n")}`;
}

function plans(): string {
  const random = seededRandom(9);
  const lines = Array.from({ length: 40 }, (_, index) => {
    const fleet = Array.from({ length: index % 6 }, (_none, place): Candidate => {
      const healthy: NodeProgress = { nodeId: `node_${place}`, liveness: "live", reportedVersion: "1.0.0", command: null, refusal: null, isInFlight: false, trial: null, isCommitted: true, isQuarantined: false, isRolledBack: false, isReplaced: false, failing: null };
      const progress = random.next() < 0.5 ? otherwise(random, healthy) : healthy;
      return { ...progress, vertical: random.next() < 0.5 ? "iot" : null, rolloutId: random.next() < 0.15 ? "r-0007" : null, hasWayBack: random.next() < 0.7 };
    });
    const nodeIds = index % 3 === 0 ? ["node_2", "node_0", "node_2", "node_9"] : undefined;
    return JSON.stringify(planRollout({ ...PLAN, share: pick(random, [0.01, 0.5, 0.75, 1]), canary: 1 + (index % 3), ...(nodeIds === undefined ? {} : { nodeIds }) }, fleet));
  });
  return `${lines.join("\n")}\n`;
}

describe("what commands and roll-outs do and say is what it was", () => {
  test("for commands on random ways", async () => {
    const text = Array.from({ length: 80 }, (_, index) => walkCommand(index + 1)).join("\n");
    await expect(`${text}\n`).toMatchFileSnapshot("golden/commands.txt");
  });

  test("for roll-outs on random ways", async () => {
    const text = Array.from({ length: 4 }, (_, index) => walkRollout(index + 1)).join("\n");
    await expect(`${text}\n`).toMatchFileSnapshot("golden/rollouts.txt");
  });

  test("for roll-outs in any state, whatever is known of their nodes", async () => {
    const random = seededRandom(5);
    const text = Array.from({ length: 220 }, () => {
      const { rollout, input } = anyMoment(random);
      return look(rollout, input).join("\n");
    }).join("\n");
    await expect(`${text}\n`).toMatchFileSnapshot("golden/moments.txt");
  });

  test("for every event of a roll-out", async () => {
    const random = seededRandom(6);
    await expect(`${Array.from({ length: 60 }, () => evolved(random)).join("\n")}\n`).toMatchFileSnapshot("golden/events.txt");
  });

  test("for plans of random fleets", async () => {
    await expect(plans()).toMatchFileSnapshot("golden/plans.txt");
  });
});

import { describe, expect, test } from "vitest";
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
import { stateOf } from "./phased/state";
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

/** Everything that is said of a roll-out at a moment. */
function look(fleet: ModelFleet, input: RolloutInput): readonly string[] {
  const { rollout } = fleet;
  const view = viewRollout(rollout, input);
  const nodes = [...rollout.nodes.values()].map((known) => {
    const progress = input.nodes.get(known.nodeId);
    const move = observeNode(rollout, known, input);
    const turn = turnOf(rollout.plan.version, known.attempt, progress, input.isSettling);
    return `  ${known.nodeId} ${known.state} -> ${move === null ? "-" : `${move.state} (${move.note})`}, turn ${turn.can}${"reason" in turn ? ` (${turn.reason})` : ""}${refusesVersion(known, progress) ? " refuses" : ""}`;
  });
  return [
    `${fleet.atMs} ${stateOf(rollout)} ${view.state} ${view.stateReason ?? "-"} from ${view.fromVersions.join()} | ${rolloutSentence(rollout)} | ${rolloutNext(rollout, input)} | ${reasonsToWait(rollout, input).join("; ")}`,
    `  ${JSON.stringify(countForStop(rollout))} gates ${([0, 1, 2] as const).map((phase) => `${lastCommitMs(rollout, phase) ?? "-"}/${gateOpensMs(rollout, phase) ?? "-"} ${gateConditions(rollout, phase, input).map(({ met, sentence }) => `${met ? "+" : "-"}${sentence}`).join(" ")}`).join(" | ")}`,
    `  phases ${view.phases.map(({ name, state, gateOpensAtMs, nodes: of }) => `${name} ${state} ${gateOpensAtMs ?? "-"} ${of.map(({ nodeId, passed, needed }) => `${nodeId} ${passed}/${needed}`).join()}`).join(" | ")} left out ${view.leftOut.map(({ nodeId, note }) => `${nodeId} ${note}`).join()}`,
    ...nodes,
    ...decide(rollout, input).map((event) => `  > ${JSON.stringify(event)}`),
  ];
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
  const fleet = new ModelFleet(1 + (seed % 7), { ...PLAN, atOnce: 1 + (seed % 3), soakMs: 6_000, canary: 1 + (seed % 2) });
  const lines: string[] = [];
  for (let step = 0; step < 22; step += 1) {
    stirFleet(fleet, random);
    for (let seconds = 1 + random.nextInt(12); seconds > 0; seconds -= 1) fleet.tick();
    const input = fleet.input();
    const nodes = new Map([...input.nodes].map(([nodeId, progress]) => [nodeId, random.next() < 0.3 ? otherwise(random, progress) : progress]));
    if (random.next() < 0.15) nodes.delete(`node_${random.nextInt(4)}`);
    const obstacle = random.next() < 0.1 ? ({ code: "JOURNAL_UNAVAILABLE", reason: "The journal cannot be written." } as const) : input.obstacle;
    lines.push(...look(fleet, { ...input, nodes, obstacle, isSettling: random.next() < 0.3 }));
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
    const text = Array.from({ length: 7 }, (_, index) => walkRollout(index + 1)).join("\n");
    await expect(`${text}\n`).toMatchFileSnapshot("golden/rollouts.txt");
  });

  test("for plans of random fleets", async () => {
    await expect(plans()).toMatchFileSnapshot("golden/plans.txt");
  });
});

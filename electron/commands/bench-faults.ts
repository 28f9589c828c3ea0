import type { EventView } from "../../shared/contract/snapshot";
import { seededRandom, type Random } from "../../shared/random";
import { fail, ok, type Result } from "../../shared/result";
import { parseArguments, refuse } from "./arguments";
import type { Command } from "./command";
import { openFaultStage, type Behaviour, type FaultStage } from "./fault-stage";
import { quantile } from "./measure";

const HELP = `usage: ./lydlr bench faults [--faults N] [--seed N] [--json]

Puts 100 faults on an embedded fleet and looks at what the engine does: how long from a change to the command,
and to a verified recovery, whether any other node or version was touched, and whether a command was lost.

  drill        a version that is plainly bad: quality, latency or ratio, at once
  ramp         a version that gets worse over 12 s; counted from where its true quality is 30 % worse
  nan          a new version whose metrics are not finite
  freeze       a node falls silent: nothing to roll back, it must be told as stale
  kill         a node's program dies and starts again
  loss         a fifth of a node's messages is lost, in the trial of a good version
  common       every node's picture gets worse at once, one of them right after a swap: held, nothing is rolled back

Time is virtual and the encoder behind the nodes is a stand-in; the nodes' program, wire formats and fault console,
the engine, its journal and its policy are those of the product, with 100 automatic rollbacks of a node and hour allowed.

  --faults N   how many in all (100)
  --seed N     the same seed gives the same result (1)
  --events     prints what the engine told during every fault, not only during those that went wrong

Exit 1 where a command came later than 8 s (95th percentile), a recovery was verified later than 20 s, or anything
else than what had to be changed was changed.
`;

const KINDS = ["drill", "ramp", "nan", "freeze", "kill", "loss", "common"] as const;
type Kind = (typeof KINDS)[number];
/** Of a hundred. */
const SHARES: Readonly<Record<Kind, number>> = { drill: 30, ramp: 15, nan: 15, freeze: 10, kill: 10, loss: 10, common: 10 };
const TARGET = "1.0.0";
const COMMAND_WITHIN_MS = 8_000;
const VERIFIED_WITHIN_MS = 20_000;
/** A fleet learns what is ordinary before the first fault. */
const LEARN_MS = 200_000;
/** A fault is watched for so long, and the fleet then has so long to be as before. */
const WATCH_MS = 45_000;
const REST_MS = 75_000;

/** What came of one fault. */
interface Outcome {
  readonly kind: Kind;
  readonly nodeId: string;
  readonly version: string;
  /** Everything that the engine told until the fleet was as before. */
  readonly told: readonly EventView[];
  /** The fault could not be brought about: its version was refused, or never taken. */
  readonly isUnborn: boolean;
  /** From the change to what had to be done about it; null where it was not done. */
  readonly actedMs: number | null;
  /** From the change to the verified rollback; null where none is wanted. */
  readonly verifiedMs: number | null;
  /** Rollbacks of other nodes, or to other versions than the one that was good. */
  readonly wrong: number;
  readonly rollbacks: number;
  /** Commands that were requested and never came to an end. */
  readonly lost: number;
}

/** Kinds whose version must be taken back; of the others nothing may be. */
const TAKEN_BACK: ReadonlySet<Kind> = new Set<Kind>(["drill", "ramp", "nan"]);

const DRILLS: readonly Behaviour[] = [() => ({ qualityScore: 0.5 }), () => ({ latencyTimes: 8 }), () => ({ bytesTimes: 4 })];
const RAMP_MS = 12_000;
const RAMP_FROM = 0.9;
const RAMP_TO = 0.4;
const RAMP: Behaviour = (sinceMs) => ({ qualityScore: RAMP_FROM - (RAMP_FROM - RAMP_TO) * Math.min(1, sinceMs / RAMP_MS) });
/** When the ramp's true value is 30 % worse than what it began with. */
const RAMP_CHANGE_MS = (RAMP_MS * 0.3 * RAMP_FROM) / (RAMP_FROM - RAMP_TO);
const GOOD: Behaviour = () => ({});

function runningOn(stage: FaultStage, nodeId: string): string | null {
  return stage.operations.snapshot().nodes.find((each) => each.nodeId === nodeId)?.modelVersion ?? null;
}

/** When a node reported a version; null where it did not in 10 s. */
async function reported(stage: FaultStage, nodeId: string, version: string): Promise<number | null> {
  for (let waited = 0; waited < 10_000; waited += 100) {
    if (runningOn(stage, nodeId) === version) return stage.nowMs();
    await stage.pass(100);
  }
  return null;
}

/** Brings a fault about and gives the time of the change; null where its version was refused or never taken. */
async function injure(stage: FaultStage, kind: Kind, nodeId: string, version: string, random: Random): Promise<number | null> {
  const set = (fault: Parameters<FaultStage["faults"]["set"]>[1], level: number): void => {
    stage.faults.set(nodeId, fault, level);
  };
  const take = async (behaviour: Behaviour): Promise<number | null> => {
    const asked = await stage.deploy(nodeId, version, behaviour);
    return asked.ok ? reported(stage, nodeId, version) : null;
  };
  const clickedMs = stage.nowMs();
  switch (kind) {
    case "drill": {
      const asked = await stage.deploy(nodeId, version, DRILLS[random.nextInt(DRILLS.length)] ?? GOOD);
      return asked.ok ? clickedMs : null;
    }
    case "ramp": {
      const takenMs = await take(RAMP);
      return takenMs === null ? null : takenMs + RAMP_CHANGE_MS;
    }
    case "nan":
      if ((await take(GOOD)) === null) return null;
      set("nan-metrics", 1);
      return stage.nowMs();
    case "freeze":
      set("silent", 1);
      return clickedMs;
    case "kill":
      set("crash", 20);
      return clickedMs;
    case "loss":
      if ((await take(GOOD)) === null) return null;
      set("lossy-link", 0.2);
      return stage.nowMs();
    case "common":
      if ((await take(GOOD)) === null) return null;
      await stage.pass(5_000);
      stage.setWeather(0.5);
      return stage.nowMs();
  }
}

/** The event that a kind of fault must lead to; null where nothing must happen. */
function wantedEvent(kind: Kind): string | null {
  if (TAKEN_BACK.has(kind)) return "rollback-requested";
  if (kind === "loss") return null;
  return kind === "common" ? "rollback-held" : "node-stale";
}

const ENDS = /-(verified|failed|unconfirmed|inconsistent)$/;

async function tryFault(stage: FaultStage, kind: Kind, nodeId: string, version: string, random: Random): Promise<Outcome> {
  const firstEvent = stage.events.length;
  const changedMs = await injure(stage, kind, nodeId, version, random);
  for (let watched = 0; watched < WATCH_MS; watched += 500) {
    await stage.pass(500);
    // What makes a version's metrics unreadable goes with the version.
    const isAsked = stage.events.slice(firstEvent).some(({ event }) => event === "rollback-requested");
    if (kind === "nan" && isAsked) stage.faults.set(nodeId, "nan-metrics", 0);
  }
  stage.faults.allOff();
  stage.setWeather(1);
  await stage.pass(REST_MS);
  const seen = stage.events.slice(firstEvent);
  const wanted = wantedEvent(kind);
  const acted = seen.find(({ event, nodeId: of }) => event === wanted && of === nodeId);
  const verified = seen.find(({ event, nodeId: of }) => event === "rollback-verified" && of === nodeId);
  const rollbacks = seen.filter(({ event }) => event === "rollback-requested");
  const wrong = rollbacks.filter(({ nodeId: of, detail }) => of !== nodeId || detail["version"] !== TARGET || !TAKEN_BACK.has(kind));
  const asked = seen.filter(({ event }) => event.endsWith("-requested")).map(({ detail }) => detail["commandId"]);
  const ended = new Set(seen.filter(({ event }) => ENDS.test(event)).map(({ detail }) => detail["commandId"]));
  await bringBack(stage);
  const since = (event: EventView | undefined): number | null => (event === undefined || changedMs === null ? null : Math.max(0, event.tMs - changedMs));
  return {
    kind,
    nodeId,
    version,
    told: seen,
    isUnborn: changedMs === null,
    actedMs: since(acted),
    verifiedMs: since(verified),
    wrong: wrong.length,
    rollbacks: rollbacks.length,
    lost: asked.filter((commandId) => !ended.has(commandId ?? null)).length,
  };
}

/** Takes every node back to the first version by a click, so that every fault begins alike. */
async function bringBack(stage: FaultStage): Promise<void> {
  liftAll(stage);
  let clicks = 0;
  for (const nodeId of stage.nodeIds) {
    const running = runningOn(stage, nodeId);
    if (running === null || running === TARGET) continue;
    const requestId = `back-${nodeId.replace("_", "-")}-${stage.events.length}`;
    const asked = await stage.operations.rollbackModel({ nodeId, expectedVersion: running, toVersion: TARGET, requestId });
    if (!asked.ok) throw new Error(`${asked.error.code}: ${asked.error.message}`);
    clicks += 1;
  }
  if (clicks > 0) await stage.pass(REST_MS);
  liftAll(stage);
}

function liftAll(stage: FaultStage): void {
  for (const { scope, version } of stage.operations.quarantine()) {
    const lifted = stage.operations.liftQuarantine(scope.kind === "node" ? scope : { kind: "class", nodeClass: scope.vertical }, version, "the fault is over");
    if (!lifted.ok) throw new Error(lifted.error.message);
  }
}

/** Events that tell what was judged and what was done about it. */
const TOLD = /^(verdict|hold-ended|version-quarantined|rollback-(requested|held|escalated|verified|failed|unconfirmed)|deploy-requested|node-(stale|lost|back))$/;

/** What the engine told during a fault, a line for each event. */
function toldText({ kind, nodeId, version, told }: Outcome): string {
  const beganMs = told[0]?.tMs ?? 0;
  const lines = told
    .filter(({ event }) => TOLD.test(event))
    .map(({ tMs, event, nodeId: of, sentence }) => `  ${((tMs - beganMs) / 1000).toFixed(1).padStart(6)} s ${event.padEnd(19)} ${of ?? "fleet"}: ${sentence}\n`);
  return `${kind} with ${version} on ${nodeId}:\n${lines.join("")}`;
}

/** Whether what a fault must lead to did not come. */
function isMissed({ kind, actedMs, verifiedMs, isUnborn }: Outcome): boolean {
  return isUnborn || (wantedEvent(kind) !== null && actedMs === null) || (TAKEN_BACK.has(kind) && verifiedMs === null);
}

/** What a kind of fault came to. */
interface KindRow {
  readonly type: "kind";
  readonly kind: Kind;
  readonly faults: number;
  readonly missed: number;
  readonly actedP95Ms: number | null;
  readonly verifiedP95Ms: number | null;
  readonly wrongTargets: number;
  readonly rollbacks: number;
  readonly lostCommands: number;
  readonly passed: boolean;
}

function p95(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.round(quantile(known, 0.95));
}

function rowOf(kind: Kind, outcomes: readonly Outcome[]): KindRow {
  const sum = (pick: (outcome: Outcome) => number): number => outcomes.reduce((total, outcome) => total + pick(outcome), 0);
  const isTakenBack = TAKEN_BACK.has(kind);
  const actedP95Ms = p95(outcomes.map(({ actedMs }) => actedMs));
  const verifiedP95Ms = isTakenBack ? p95(outcomes.map(({ verifiedMs }) => verifiedMs)) : null;
  const missed = outcomes.filter((outcome) => isMissed(outcome)).length;
  const [wrongTargets, rollbacks, lostCommands] = [sum(({ wrong }) => wrong), sum((outcome) => outcome.rollbacks), sum(({ lost }) => lost)];
  const isInTime = (actedP95Ms ?? 0) <= COMMAND_WITHIN_MS && (verifiedP95Ms ?? 0) <= VERIFIED_WITHIN_MS;
  const passed = missed === 0 && isInTime && wrongTargets === 0 && lostCommands === 0;
  return { type: "kind", kind, faults: outcomes.length, missed, actedP95Ms, verifiedP95Ms, wrongTargets, rollbacks, lostCommands, passed };
}

function rowText({ kind, faults, missed, actedP95Ms, verifiedP95Ms, wrongTargets, rollbacks, lostCommands, passed }: KindRow): string {
  const within = (what: string, ms: number | null): string => (ms === null ? "" : `, ${what} within ${(ms / 1000).toFixed(1)} s (p95)`);
  return `${kind.padEnd(7)} ${String(faults).padStart(3)} faults, missed ${missed}${within(wantedEvent(kind) ?? "", actedP95Ms)}${within("verified", verifiedP95Ms)}; ${rollbacks} rollbacks, ${wrongTargets} wrong, ${lostCommands} commands lost: ${passed ? "passed" : "FAILED"}\n`;
}

/** The faults of a run, shuffled so that no kind always follows the same one. */
function planFaults(total: number, random: Random): readonly Kind[] {
  const kinds = KINDS.flatMap((kind) => Array.from({ length: Math.max(1, Math.round((SHARES[kind] * total) / 100)) }, () => kind));
  for (let index = kinds.length - 1; index > 0; index -= 1) {
    const other = random.nextInt(index + 1);
    const [left, right] = [kinds[index], kinds[other]];
    if (left !== undefined && right !== undefined) [kinds[index], kinds[other]] = [right, left];
  }
  return kinds;
}

function parseRequest(args: readonly string[]): Result<{ readonly faults: number; readonly seed: number; readonly isJson: boolean; readonly isTold: boolean } | "help"> {
  const parsed = parseArguments(args, { faults: { type: "string" }, seed: { type: "string" }, json: { type: "boolean" }, events: { type: "boolean" } });
  if (!parsed.ok) return parsed;
  const { values, positionals } = parsed.value;
  if (values["help"] === true) return ok("help");
  const faults = Number(values["faults"] ?? 100);
  const seed = Number(values["seed"] ?? 1);
  const areWhole = Number.isInteger(faults) && faults >= 1 && faults <= 10_000 && Number.isInteger(seed) && seed >= 0;
  if (positionals.length > 0 || !areWhole) return fail("BAD_USAGE", "bench faults takes --faults N (1 to 10000), --seed N, --events and --json; see ./lydlr bench faults --help.");
  return ok({ faults, seed, isJson: values["json"] === true, isTold: values["events"] === true });
}

/** What all faults came to. */
interface Summary {
  readonly type: "summary";
  readonly faults: number;
  readonly nodes: string;
  /** Of the faults whose version must be taken back, from the change; null where none was. */
  readonly commandP95Ms: number | null;
  readonly verifiedP95Ms: number | null;
  readonly wrongTargets: number;
  readonly commonCauseRollbacks: number;
  readonly lostCommands: number;
  readonly passed: boolean;
}

function summaryText({ faults, commandP95Ms, verifiedP95Ms, wrongTargets, commonCauseRollbacks, lostCommands, passed }: Summary): string {
  const seconds = (ms: number | null): string => (ms === null ? "never" : `${(ms / 1000).toFixed(1)} s`);
  const times = `command within ${seconds(commandP95Ms)} (p95; 8 s), verified within ${seconds(verifiedP95Ms)} (p95; 20 s)`;
  return `${faults} faults: ${times}, ${wrongTargets} wrong targets, ${commonCauseRollbacks} rollbacks for a common cause, ${lostCommands} commands lost: ${passed ? "passed" : "FAILED"}\n`;
}

/** `./lydlr bench faults`: what the guard does about faults, and how fast. */
export const run: Command = async (args, io) => {
  const request = parseRequest(args);
  if (!request.ok) return refuse(io, request.error);
  if (request.value === "help") {
    io.stdout(HELP);
    return 0;
  }
  const { faults, seed, isJson, isTold } = request.value;
  const random = seededRandom(seed);
  const stage = await openFaultStage(6, random.fork(1));
  await stage.pass(LEARN_MS);
  const outcomes: Outcome[] = [];
  for (const [index, kind] of planFaults(faults, random).entries()) {
    const nodeId = stage.nodeIds[random.nextInt(stage.nodeIds.length)] ?? "node_0";
    const outcome = await tryFault(stage, kind, nodeId, `2.0.${index}`, random);
    outcomes.push(outcome);
    io.stderr(`\rfault ${index + 1}, ${kind} on ${nodeId}      `);
    const isWrong = isMissed(outcome) || outcome.wrong > 0 || outcome.lost > 0;
    if (isTold || isWrong) io.stderr(`\n${isWrong ? "WRONG: " : ""}${toldText(outcome)}`);
  }
  io.stderr("\n");
  await stage.close();
  const rows = KINDS.map((kind) => rowOf(kind, outcomes.filter((outcome) => outcome.kind === kind)));
  const passed = rows.every((row) => row.passed);
  for (const row of rows) io.stdout(isJson ? `${JSON.stringify(row)}\n` : rowText(row));
  const commonRollbacks = rows.find(({ kind }) => kind === "common")?.rollbacks ?? 0;
  const takenBack = outcomes.filter(({ kind }) => TAKEN_BACK.has(kind));
  const summary: Summary = {
    type: "summary",
    faults: outcomes.length,
    nodes: "embedded fleet in virtual time, encoder stand-in",
    commandP95Ms: p95(takenBack.map(({ actedMs }) => actedMs)),
    verifiedP95Ms: p95(takenBack.map(({ verifiedMs }) => verifiedMs)),
    wrongTargets: rows.reduce((sum, { wrongTargets }) => sum + wrongTargets, 0),
    commonCauseRollbacks: commonRollbacks,
    lostCommands: rows.reduce((sum, { lostCommands }) => sum + lostCommands, 0),
    passed,
  };
  io.stdout(isJson ? `${JSON.stringify(summary)}\n` : summaryText(summary));
  return passed ? 0 : 1;
};

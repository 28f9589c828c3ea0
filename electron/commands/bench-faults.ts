import { join } from "node:path";
import type { EventView } from "../../shared/contract/snapshot";
import { seededRandom, type Random } from "../../shared/random";
import { fail, ok, type Result } from "../../shared/result";
import { parseArguments, refuse } from "./arguments";
import type { Command } from "./command";
import { isLate, isMissed, KINDS, rowOf, rowText, SHARES, summaryText, summaryOf, TAKEN_BACK, toldText, wantedEvent, type Kind, type Outcome } from "./fault-report";
import { FIRST_VERSION, openFaultStage, RAMP_MS, RAMP_TO, RESTART_S, type FaultStage, type StageFault, type VersionManner } from "./fault-stage";
import { openRealStage } from "./fault-stage-real";
import { openPeerStage } from "./fault-stage-ros2";

const HELP = `usage: ./lydlr bench faults [--link virtual|embedded-real|ros2] [--faults N] [--seed N] [--json]

Puts 100 faults on a fleet and looks at what the engine does: how long from a change to the command,
and to a verified recovery, whether any other node or version was touched, and whether a command was lost.

  drill        a version that is plainly bad: quality, latency or ratio, at once
  ramp         a version that gets worse over 12 s; counted from where its true quality is 30 % worse
  nan          a new version whose metrics are not finite
  freeze       a node falls silent: nothing to roll back, it must be told as stale
  kill         a node's program dies and starts again
  loss         a fifth of a node's messages is lost, in the trial of a good version
  common       every node's picture gets worse at once, one of them right after a swap: held, nothing is rolled back

The engine, its journal and its policy are those of the product, with 100 automatic rollbacks of a node and hour allowed.

  --link virtual        (default) the embedded fleet's own program, wire formats and fault console in virtual time;
                        the encoder behind the nodes is a stand-in
  --link embedded-real  the embedded fleet with its real sensors, encoder and clock; every drill is the model 1.2.0.
                        Latency is muted, for it is that of this machine, and the rates that it keeps the nodes at are
                        printed: below 2 Hz nothing can be found in time. One to two minutes for each fault.
  --link ros2           rclpy nodes, a process each, on a graph of their own. Frozen and killed by signals. A minute for
                        each fault; --faults 100 takes two hours.

  --faults N   how many in all (100; on a real clock 7, one of each kind)
  --seed N     in virtual time the same seed gives the same result (1)
  --events     prints what the engine told during every fault, not only during those that went wrong

Exit 1 where a command came later than 8 s (95th percentile), a recovery was verified later than 20 s, or anything
else than what had to be changed was changed.
`;

const DRILLS: readonly VersionManner[] = ["low-quality", "slow", "large"];
/** When the ramp's true value is 30 % worse than what it began with. */
const RAMP_CHANGE_MS = (RAMP_MS * 0.3) / (1 - RAMP_TO);

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
  const set = (fault: StageFault, level: number): void => {
    stage.set(nodeId, fault, level);
  };
  const take = async (manner: VersionManner): Promise<number | null> => {
    const asked = await stage.deploy(nodeId, version, manner);
    return asked.ok ? reported(stage, nodeId, version) : null;
  };
  const clickedMs = stage.nowMs();
  switch (kind) {
    case "drill": {
      const asked = await stage.deploy(nodeId, version, DRILLS[random.nextInt(DRILLS.length)] ?? "low-quality");
      return asked.ok ? clickedMs : null;
    }
    case "ramp": {
      const takenMs = await take("ramp");
      return takenMs === null ? null : takenMs + RAMP_CHANGE_MS;
    }
    case "nan":
      if ((await take("well")) === null) return null;
      set("nan-metrics", 1);
      return stage.nowMs();
    case "freeze":
      set("silent", 1);
      return clickedMs;
    case "kill":
      set("crash", RESTART_S);
      return clickedMs;
    case "loss":
      if ((await take("well")) === null) return null;
      set("lossy-link", 0.2);
      return stage.nowMs();
    case "common":
      if ((await take("well")) === null) return null;
      await stage.pass(5_000);
      stage.setWeather(true);
      return stage.nowMs();
  }
}

const ENDS = /-(verified|failed|unconfirmed|inconsistent)$/;

/** Lets a fault work, until it has led to what it must where the stage's time is real. */
async function watch(stage: FaultStage, kind: Kind, nodeId: string, firstEvent: number): Promise<void> {
  const { watchMs, lingerMs } = stage.pace;
  const wanted = TAKEN_BACK.has(kind) ? "rollback-verified" : wantedEvent(kind);
  let leftMs = watchMs;
  while (leftMs > 0) {
    await stage.pass(500);
    leftMs -= 500;
    const seen = stage.events.slice(firstEvent).filter((event) => event.nodeId === nodeId);
    // What makes a version's metrics unreadable goes with the version.
    if (kind === "nan" && seen.some(({ event }) => event === "rollback-requested")) stage.set(nodeId, "nan-metrics", 0);
    if (lingerMs !== null && seen.some(({ event }) => event === wanted)) leftMs = Math.min(leftMs, lingerMs);
  }
}

async function tryFault(stage: FaultStage, kind: Kind, nodeId: string, version: string, random: Random): Promise<Outcome> {
  const firstEvent = stage.events.length;
  const changedMs = await injure(stage, kind, nodeId, version, random);
  await watch(stage, kind, nodeId, firstEvent);
  stage.allOff();
  stage.setWeather(false);
  await stage.pass(stage.pace.restMs);
  const seen = stage.events.slice(firstEvent);
  const wanted = wantedEvent(kind);
  // What every node has is held wherever it shows first.
  const acted = seen.find(({ event, nodeId: of }) => event === wanted && (kind === "common" || of === nodeId));
  const verified = seen.find(({ event, nodeId: of }) => event === "rollback-verified" && of === nodeId);
  const rollbacks = seen.filter(({ event }) => event === "rollback-requested");
  const wrong = rollbacks.filter(({ nodeId: of, detail }) => of !== nodeId || detail["version"] !== FIRST_VERSION || !TAKEN_BACK.has(kind));
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
    if (running === null || running === FIRST_VERSION) continue;
    const requestId = `back-${nodeId.replace("_", "-")}-${stage.events.length}`;
    const asked = await stage.operations.rollbackModel({ nodeId, expectedVersion: running, toVersion: FIRST_VERSION, requestId });
    if (!asked.ok) throw new Error(`${asked.error.code}: ${asked.error.message}`);
    clicks += 1;
  }
  if (clicks > 0) await stage.pass(stage.pace.relearnMs);
  liftAll(stage);
}

function liftAll(stage: FaultStage): void {
  for (const { scope, version } of stage.operations.quarantine()) {
    const lifted = stage.operations.liftQuarantine(scope.kind === "node" ? scope : { kind: "class", nodeClass: scope.vertical }, version, "the fault is over");
    if (!lifted.ok) throw new Error(lifted.error.message);
  }
}

/** The faults of a run, shuffled so that no kind always follows the same one. */
function planFaults(total: number, random: Random): readonly Kind[] {
  const share = (kind: Kind): number => (total < 2 * KINDS.length ? 1 : Math.max(1, Math.round((SHARES[kind] * total) / 100)));
  const kinds = KINDS.flatMap((kind) => Array.from({ length: share(kind) }, () => kind));
  for (let index = kinds.length - 1; index > 0; index -= 1) {
    const other = random.nextInt(index + 1);
    const [left, right] = [kinds[index], kinds[other]];
    if (left !== undefined && right !== undefined) [kinds[index], kinds[other]] = [right, left];
  }
  return kinds.slice(0, Math.max(total, 1));
}

const LINKS = ["virtual", "embedded-real", "ros2"] as const;
/** One of each kind. */
const FEW = 7;
const MANY = 100;

interface Request {
  readonly link: (typeof LINKS)[number];
  readonly faults: number;
  readonly seed: number;
  readonly isJson: boolean;
  readonly isTold: boolean;
}

function parseRequest(args: readonly string[]): Result<Request | "help"> {
  const parsed = parseArguments(args, { link: { type: "string" }, faults: { type: "string" }, seed: { type: "string" }, json: { type: "boolean" }, events: { type: "boolean" } });
  if (!parsed.ok) return parsed;
  const { values, positionals } = parsed.value;
  if (values["help"] === true) return ok("help");
  const link = LINKS.find((known) => known === (values["link"] ?? "virtual"));
  const faults = Number(values["faults"] ?? (link === "virtual" ? MANY : FEW));
  const seed = Number(values["seed"] ?? 1);
  const areWhole = Number.isInteger(faults) && faults >= 1 && faults <= 10_000 && Number.isInteger(seed) && seed >= 0;
  if (positionals.length > 0 || !areWhole || link === undefined) return fail("BAD_USAGE", "bench faults takes --link virtual, embedded-real or ros2, --faults N (1 to 10000), --seed N, --events and --json; see ./lydlr bench faults --help.");
  return ok({ link, faults, seed, isJson: values["json"] === true, isTold: values["events"] === true });
}

/** `./lydlr bench faults`: what the guard does about faults, and how fast. */
export const run: Command = async (args, io) => {
  const request = parseRequest(args);
  if (!request.ok) return refuse(io, request.error);
  if (request.value === "help") {
    io.stdout(HELP);
    return 0;
  }
  const { link, faults, seed, isJson, isTold } = request.value;
  const random = seededRandom(seed);
  const opened = await openStage(link, random);
  if (!opened.ok) return refuse(io, opened.error);
  const stage = opened.value;
  const outcomes: Outcome[] = [];
  try {
    await stage.pass(stage.pace.learnMs);
    // A machine that cannot keep the nodes at their rates tells nothing of the guard's times.
    io.stderr(`node rates: ${stage.operations.snapshot().nodes.map(({ nodeId, sampleRateHz }) => `${nodeId} ${sampleRateHz?.toFixed(1) ?? "none"} Hz`).join(", ")}\n`);
    for (const [index, kind] of planFaults(faults, random).entries()) {
      const nodeId = stage.nodeIds[random.nextInt(stage.nodeIds.length)] ?? "node_0";
      const outcome = await tryFault(stage, kind, nodeId, `2.0.${index}`, random);
      outcomes.push(outcome);
      io.stderr(`\rfault ${index + 1}, ${kind} on ${nodeId}      `);
      const isWrong = isMissed(outcome) || isLate(outcome) || outcome.wrong > 0 || outcome.lost > 0;
      if (isTold || isWrong) io.stderr(`\n${isWrong ? "WRONG: " : ""}${toldText(outcome)}`);
    }
    io.stderr("\n");
  } finally {
    await stage.close();
  }
  const rows = KINDS.map((kind) => rowOf(kind, outcomes.filter((outcome) => outcome.kind === kind))).filter((row) => row.faults > 0);
  for (const row of rows) io.stdout(isJson ? `${JSON.stringify(row)}\n` : rowText(row));
  const summary = summaryOf(stage.name, outcomes, rows);
  io.stdout(isJson ? `${JSON.stringify(summary)}\n` : summaryText(summary));
  return summary.passed ? 0 : 1;
};

async function openStage(link: Request["link"], random: Random): Promise<Result<FaultStage>> {
  if (link === "virtual") return ok(await openFaultStage(6, random.fork(1)));
  return link === "ros2" ? openPeerStage(join(__dirname, "..", "e2e", "peers", "edge_node.py")) : openRealStage(join(__dirname, "..", "models"));
}

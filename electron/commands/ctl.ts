import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import type { ControlReply, RolloutLine } from "../../shared/contract/control";
import type { CommandView } from "../../shared/contract/snapshot";
import { fail, ok, type Failure, type Result } from "../../shared/result";
import { askControl } from "../control/control-client";
import { socketPlace } from "../control/socket-place";
import { defaultDataDir } from "../start-options";
import { systemTimers } from "../time/system-timers";
import { printAlerts } from "./ctl-alerts";
import { parseArguments, refuse, textOption, type ParsedArguments } from "./arguments";
import { AB_OPTIONS, AB_OWN_OPTIONS, runAb } from "./ctl-ab";
import type { CtlCall } from "./ctl-call";
import { reportOrder } from "./report-order";
import type { CommandIo, ExitCode } from "./command";

const HELP = `usage: ./lydlr ctl status [--json]
       ./lydlr ctl node ID [--window 50] [--json]
       ./lydlr ctl alerts [--json]
       ./lydlr ctl deploy ID VERSION [--expect VERSION] [--no-wait] [--json]
       ./lydlr ctl rollback ID [--to VERSION] [--expect VERSION] [--no-wait] [--json]
       ./lydlr ctl rollout status [ID] [--json]
       ./lydlr ctl rollout abort ID [--return] [--json]
       ./lydlr ctl ab start --node-a ID --node-b ID --version-a VERSION --version-b VERSION [--design D] [...]
       ./lydlr ctl ab results [--test ID] [--json]
       ./lydlr ctl ab stop [--test ID] [--restore VERSION] [--json]
       ./lydlr ctl report FILE [--from TIME] [--to TIME] [--nodes A,B] [--versions X,Y] [--json]

Talks to the running Lydlr Ops (window or headless) of the same data folder, over a local socket that only
its user can open. The checks are those of the window. A deploy or rollback is followed to its end: exit
code 0 once the node's own report and its samples verified it, 1 when it failed or cannot be confirmed.

  --data-dir DIR     the data folder of the application that is meant
  --window N         samples of the node, 1 to 100 (50)
  --to VERSION       go back to this version instead of the last good one
                     (of a report: the end of its period, now)
  --from TIME        begin of a report's period (an hour before its end). A time is Unix ms, ISO 8601 such as
                     2026-11-24T14:05:00Z, or how long ago: 90s, 15m, 2h, 7d
  --nodes, --versions   only these (all)
  --expect VERSION   refuse when the node reports another version by then
  --return           every node that runs the version because of the roll-out goes back to what it ran before
  --no-wait          end once the request is journalled and on its way
  --json             JSON Lines

A/B tests: the checks are those of the window, the judge stays armed, and every node gets back what it ran. Without
--test the one that runs is meant, else the newest.

  --node-a, --node-b a node, or several with commas for replicated arms
  --design D         crossover (where the nodes allow it), parallel or replicated
  --metric M         what decides: ratio (by default), latency or quality
  --difference D     the smallest that matters, in the metric's unit (5 % of today's median)
  --minutes M        the test ends by itself after so long (40)
  --block-s S        seconds of a block (15), --wash-out-s S those that are ignored after each swap (2)
  --until-winner     ends as soon as one version is better; else it is watched on until it is stopped
  --restore VERSION  what every node runs afterwards (what each ran before)
`;

const OPTIONS = {
  "data-dir": { type: "string" },
  window: { type: "string" },
  to: { type: "string" },
  expect: { type: "string" },
  "no-wait": { type: "boolean" },
  return: { type: "boolean" },
  from: { type: "string" },
  nodes: { type: "string" },
  versions: { type: "string" },
  json: { type: "boolean" },
  ...AB_OPTIONS,
} as const;

function print(io: CommandIo, value: object): void {
  io.stdout(`${JSON.stringify(value)}\n`);
}

function shown(value: number | null, digits: number, unit = ""): string {
  return value === null ? "none" : `${value.toFixed(digits)}${unit}`;
}

function printStatus({ status, deployments }: ControlReply<"status">, { isJson, io }: CtlCall): void {
  const ofNode = new Map(deployments.map((deployment) => [deployment.nodeId, deployment]));
  if (isJson) {
    const nodes = status.nodes.map((node) => {
      const { rollbackVersion = null, command = null } = ofNode.get(node.nodeId) ?? {};
      return { ...node, rollbackVersion, command };
    });
    print(io, { ...status, nodes });
    return;
  }
  io.stdout(`${status.link} ${status.linkState}, ${status.nodes.length} nodes\n`);
  for (const node of status.nodes) {
    const target = ofNode.get(node.nodeId)?.rollbackVersion ?? null;
    const age = node.ageMs === null ? "no sample" : `${(node.ageMs / 1000).toFixed(1)} s ago`;
    const values = `ratio ${shown(node.compressionRatio, 2)}, latency ${shown(node.latencyMs, 1, " ms")}, quality ${shown(node.qualityScore, 3)}, ${age}`;
    io.stdout(`${node.nodeId} ${node.state} ${node.modelVersion ?? "no version"}: ${values}${target === null ? "" : `; rolls back to ${target}`}\n`);
  }
}

function printNode({ state, sentence, performance, history }: ControlReply<"node">, { isJson, io }: CtlCall): void {
  if (isJson) {
    print(io, { type: "node", state, sentence, ...performance });
    for (const sample of history) print(io, { type: "sample", nodeId: performance.nodeId, ...sample });
    return;
  }
  io.stdout(`${performance.nodeId} ${state} ${performance.modelVersion ?? "no version"}: ${sentence}\n`);
  const rows = [
    ["ratio", performance.compressionRatio, 2, ""],
    ["latency", performance.latencyMs, 1, " ms"],
    ["quality", performance.qualityScore, 3, ""],
    ["bandwidth", performance.bandwidthKbps, 0, " kbit/s"],
  ] as const;
  io.stdout(`${performance.samples} samples of this version:\n`);
  for (const [name, { latest, mean, min, max, p95 }, digits, unit] of rows) {
    const value = (number: number | null): string => shown(number, digits, unit);
    io.stdout(`  ${name}: ${value(latest)} now, mean ${value(mean)}, ${value(min)} to ${value(max)}, p95 ${value(p95)}\n`);
  }
}

function printStep(command: CommandView, { isJson, io }: CtlCall): void {
  if (isJson) print(io, { type: "command", ...command });
  else io.stdout(`${command.commandId} ${command.phase}: ${command.sentence}\n`);
}

async function status(call: CtlCall): Promise<Result<ExitCode>> {
  const answered = await askControl(call.path, "status", {}, () => undefined);
  if (!answered.ok) return answered;
  printStatus(answered.value, call);
  return ok(0);
}

async function node(call: CtlCall, nodeId: string): Promise<Result<ExitCode>> {
  const window = Number(textOption(call.values, "window") ?? "50");
  if (!Number.isInteger(window) || window < 1 || window > 100) return fail("BAD_USAGE", "--window takes a whole number from 1 to 100.");
  const answered = await askControl(call.path, "node", { nodeId, window }, () => undefined);
  if (!answered.ok) return answered;
  printNode(answered.value, call);
  return ok(0);
}

async function alerts(call: CtlCall): Promise<Result<ExitCode>> {
  const answered = await askControl(call.path, "alerts", {}, () => undefined);
  if (!answered.ok) return answered;
  printAlerts(answered.value, call.isJson, call.io);
  return ok(0);
}

/** What the requester saw, where they said so. */
function expectation(values: ParsedArguments["values"]): { readonly expectedVersion?: string } {
  const expected = textOption(values, "expect");
  return expected === undefined ? {} : { expectedVersion: expected };
}

function endOf(answered: Result<{ readonly command: CommandView }>, call: CtlCall, wait: boolean): Result<ExitCode> {
  if (!answered.ok) return answered;
  const { command } = answered.value;
  printStep(command, call);
  return ok(!wait || command.phase === "verified" ? 0 : 1);
}

async function deploy(call: CtlCall, nodeId: string, version: string): Promise<Result<ExitCode>> {
  const wait = call.values["no-wait"] !== true;
  const body = { nodeId, version, ...expectation(call.values), requestId: randomUUID(), wait };
  return endOf(await askControl(call.path, "deploy", body, (command) => printStep(command, call)), call, wait);
}

async function rollback(call: CtlCall, nodeId: string): Promise<Result<ExitCode>> {
  const wait = call.values["no-wait"] !== true;
  const to = textOption(call.values, "to");
  const body = { nodeId, ...(to === undefined ? {} : { toVersion: to }), ...expectation(call.values), requestId: randomUUID(), wait };
  return endOf(await askControl(call.path, "rollback", body, (command) => printStep(command, call)), call, wait);
}

function printRollout(line: RolloutLine, { isJson, io }: CtlCall): void {
  if (isJson) {
    print(io, { type: "rollout", ...line });
    return;
  }
  const { rolloutId, version, state, nodes, sentence, next } = line;
  io.stdout(`${rolloutId} ${version} ${state}, ${nodes.committed} of ${nodes.all} committed, ${nodes.failed} failed: ${sentence}${next === "" ? "" : ` ${next}`}\n`);
}

async function rolloutStatus(call: CtlCall, rolloutId: string | undefined): Promise<Result<ExitCode>> {
  const answered = await askControl(call.path, "rollouts", {}, () => undefined);
  if (!answered.ok) return answered;
  const lines = answered.value.rollouts.filter((line) => rolloutId === undefined || line.rolloutId === rolloutId);
  if (rolloutId !== undefined && lines.length === 0) return fail("UNKNOWN_ROLLOUT", `There is no roll-out ${rolloutId}.`);
  for (const line of lines) printRollout(line, call);
  if (lines.length === 0 && !call.isJson) call.io.stdout("No roll-out was started.\n");
  return ok(0);
}

async function rolloutAbort(call: CtlCall, rolloutId: string): Promise<Result<ExitCode>> {
  const answered = await askControl(call.path, "rollout-abort", { rolloutId, isReturning: call.values["return"] === true }, () => undefined);
  if (!answered.ok) return answered;
  printRollout(answered.value.rollout, call);
  return ok(0);
}

async function report({ path, values, isJson, io }: CtlCall, file: string): Promise<Result<ExitCode>> {
  const order = reportOrder(file, { from: textOption(values, "from"), to: textOption(values, "to"), nodes: textOption(values, "nodes"), versions: textOption(values, "versions") }, systemTimers.wallMs());
  if (!order.ok) return order;
  const answered = await askControl(path, "report", order.value, () => undefined, (share) => io.stderr(`${Math.floor(share * 100)} %\n`));
  if (!answered.ok) return answered;
  const { path: written, bytes, samples, events } = answered.value;
  if (isJson) print(io, { type: "report", ...answered.value });
  else io.stdout(`${written}: ${samples} samples, ${events} events, ${bytes} bytes\n`);
  return ok(0);
}

/** The options that each verb takes besides those of all. */
const OWN_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  status: [],
  node: ["window"],
  alerts: [],
  deploy: ["expect", "no-wait"],
  rollback: ["to", "expect", "no-wait"],
  rollout: ["return"],
  report: ["from", "to", "nodes", "versions"],
};

/** Every option that not every verb takes. */
const SOME_OPTIONS = Object.keys(OPTIONS).filter((name) => name !== "data-dir" && name !== "json");

function perform(verb: string, rest: readonly string[], call: CtlCall): Promise<Result<ExitCode>> {
  const [first, second] = rest;
  if (verb === "status" && rest.length === 0) return status(call);
  if (verb === "node" && first !== undefined && rest.length === 1) return node(call, first);
  if (verb === "alerts" && rest.length === 0) return alerts(call);
  if (verb === "deploy" && first !== undefined && second !== undefined && rest.length === 2) return deploy(call, first, second);
  if (verb === "rollback" && first !== undefined && rest.length === 1) return rollback(call, first);
  if (verb === "rollout" && first === "status" && rest.length <= 2 && call.values["return"] === undefined) return rolloutStatus(call, second);
  if (verb === "rollout" && first === "abort" && second !== undefined && rest.length === 2) return rolloutAbort(call, second);
  if (verb === "report" && first !== undefined && rest.length === 1) return report(call, first);
  if (verb === "ab") return runAb(rest, call);
  return Promise.resolve(fail("BAD_USAGE", "see ./lydlr ctl --help."));
}

function misplacedOption(verb: string, word: string, values: ParsedArguments["values"]): Failure | null {
  const own = (verb === "ab" ? AB_OWN_OPTIONS[word] : OWN_OPTIONS[verb]) ?? [];
  const wrong = SOME_OPTIONS.find((name) => values[name] !== undefined && !own.includes(name));
  return wrong === undefined ? null : fail("BAD_USAGE", `ctl ${verb === "ab" ? `ab ${word}` : verb} takes no --${wrong}.`).error;
}

/** `./lydlr ctl`: talks to the running application. */
export async function run(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const parsed = parseArguments(args, OPTIONS);
  if (!parsed.ok) return refuse(io, parsed.error);
  const { positionals, values } = parsed.value;
  if (values["help"] === true) {
    io.stdout(HELP);
    return 0;
  }
  const [verb = "", ...rest] = positionals;
  const misplaced = misplacedOption(verb, rest[0] ?? "", values);
  if (misplaced !== null) return refuse(io, misplaced);
  const path = socketPlace(resolve(textOption(values, "data-dir") ?? defaultDataDir(process.env)), process.env, process.platform);
  if (!path.ok) return refuse(io, path.error);
  const done = await perform(verb, rest, { path: path.value, values, isJson: values["json"] === true, io });
  return done.ok ? done.value : refuse(io, done.error);
}

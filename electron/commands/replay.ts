import { readFileSync } from "node:fs";
import { createFleetJudge, type JudgeEvent } from "../../shared/judge/fleet-judge";
import type { JudgedSample } from "../../shared/judge/node-judge";
import { parseRecordedLine, readPlainSample } from "../../shared/judge/recording";
import { DEFAULT_POLICY, parsePolicy, type Policy } from "../../shared/policy/policy";
import { fail, ok, type Result } from "../../shared/result";
import { parseArguments, refuse } from "./arguments";
import type { Command, CommandIo } from "./command";
import { eachLine } from "./replay-lines";

const HELP = `usage: ./lydlr replay FILE [--policy policy.json] [--json]

Feeds recorded samples through the judge on their own clock, as fast as it can, and prints its decisions:
verdicts, rollbacks that were requested or held, silent nodes, each with value, limit, number of samples
and a sentence. FILE is JSON Lines in time order, a sample or a deployment a line:

  {"tMs":0,"nodeId":"node_0","modelVersion":"1.1.0","compressionRatio":8.1,"latencyMs":21.5,"qualityScore":0.91}
  {"tMs":500,"nodeId":"node_0","deploy":"1.2.0"}

  --policy FILE  limits, roles and budget; what it does not name has its default
  --json         JSON Lines

The same file and policy give the same bytes.
`;

/** How many bad lines are named; the rest is counted. */
const NAMED_LINES = 20;
const TICK_MS = 500;
const OUTPUT_CHUNK = 1 << 16;

function readPolicy(path: string | boolean | undefined): Result<Policy> {
  if (typeof path !== "string") return ok(DEFAULT_POLICY);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return fail("FILE_READ_FAILED", `The policy ${path} could not be read.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail("BAD_POLICY", `The policy ${path} is no JSON.`);
  }
  return parsePolicy(value);
}

/** Collects what is written, so that a long replay is not a system call a line. */
function collectOutput(io: CommandIo): { write(text: string): void; flush(): void } {
  let text = "";
  const flush = (): void => {
    if (text !== "") io.stdout(text);
    text = "";
  };
  return {
    write(more) {
      text += more;
      if (text.length >= OUTPUT_CHUNK) flush();
    },
    flush,
  };
}

function eventText({ tMs, event, nodeId, detail }: JudgeEvent): string {
  const { sentence } = detail;
  const outcome = typeof detail["outcome"] === "string" ? ` ${detail["outcome"]}` : "";
  return `${new Date(tMs).toISOString().slice(11, 23)}Z ${nodeId} ${event}${outcome}: ${typeof sentence === "string" ? sentence : ""}\n`;
}

interface Totals {
  samples: number;
  malformed: number;
  decisions: number;
  firstMs: number;
  lastMs: number;
  backwards: number;
}

function replayFile(path: string, policy: Policy, isJson: boolean, io: CommandIo): Result<Totals> {
  const output = collectOutput(io);
  const totals: Totals = { samples: 0, malformed: 0, decisions: 0, firstMs: Number.NaN, lastMs: -Infinity, backwards: 0 };
  const judge = createFleetJudge(policy, (event) => {
    totals.decisions += 1;
    output.write(isJson ? `${JSON.stringify({ type: "event", ...event })}\n` : eventText(event));
  });
  let nextTickMs = -Infinity;
  /** The recording's clock: a line from before the last one is taken as its equal, and ticks come in between. */
  const advance = (tMs: number): number => {
    if (Number.isNaN(totals.firstMs)) {
      totals.firstMs = tMs;
      nextTickMs = tMs + TICK_MS;
    }
    if (tMs < totals.lastMs) totals.backwards += 1;
    totals.lastMs = Math.max(totals.lastMs, tMs);
    if (totals.lastMs >= nextTickMs) {
      judge.tick(totals.lastMs);
      nextTickMs = totals.lastMs + TICK_MS;
    }
    return totals.lastMs;
  };
  const judgeSample = (nodeId: string, sample: JudgedSample): void => {
    totals.samples += 1;
    const tMs = advance(sample.tMs);
    judge.sample(nodeId, tMs === sample.tMs ? sample : { ...sample, tMs });
  };
  const takeLine = (line: string, number: number): void => {
    if (line === "" || line === "\r") return;
    const parsed = parseRecordedLine(line);
    if (!parsed.ok) {
      totals.malformed += 1;
      if (totals.malformed <= NAMED_LINES) io.stderr(`NOT_A_SAMPLE: line ${number}: ${parsed.error.message}.\n`);
      return;
    }
    const recorded = parsed.value;
    if (recorded.type === "sample") judgeSample(recorded.nodeId, recorded.sample);
    else judge.deploy(advance(recorded.tMs), recorded.nodeId, recorded.version);
  };
  const read = eachLine(path, (bytes, from, end, number) => {
    const plain = readPlainSample(bytes, from, end);
    if (plain !== null) judgeSample(plain.nodeId, plain.sample);
    else takeLine(bytes.toString("utf8", from, end), number);
  });
  if (totals.samples > 0) judge.tick(totals.lastMs);
  output.flush();
  return read.ok ? ok(totals) : read;
}

/** `./lydlr replay`: recorded samples through the judge. */
export const run: Command = async (args, io) => {
  const parsed = parseArguments(args, { policy: { type: "string" }, json: { type: "boolean" } });
  if (!parsed.ok) return refuse(io, parsed.error);
  const { positionals, values } = parsed.value;
  if (values["help"] === true) {
    io.stdout(HELP);
    return 0;
  }
  const [path, ...surplus] = positionals;
  if (path === undefined || surplus.length > 0) return refuse(io, fail("BAD_USAGE", "replay takes one file; see ./lydlr replay --help.").error);
  const policy = readPolicy(values["policy"]);
  if (!policy.ok) return refuse(io, policy.error);
  const isJson = values["json"] === true;
  const replayed = replayFile(path, policy.value, isJson, io);
  if (!replayed.ok) return refuse(io, replayed.error);
  const { samples, malformed, decisions, firstMs, lastMs, backwards } = replayed.value;
  if (malformed > NAMED_LINES) io.stderr(`NOT_A_SAMPLE: ${malformed - NAMED_LINES} more lines.\n`);
  if (backwards > 0) io.stderr(`lydlr: ${backwards} lines are older than the line before; they were judged at its time.\n`);
  if (samples === 0) return refuse(io, fail("NOT_A_SAMPLE", `The file ${path} holds no sample.`).error);
  const summary = { type: "summary", durationMs: lastMs - firstMs, samples, malformed, decisions };
  io.stdout(isJson ? `${JSON.stringify(summary)}\n` : `${samples} samples, ${malformed} malformed, ${decisions} decisions over ${(summary.durationMs / 1000).toFixed(1)} s\n`);
  return 0;
};

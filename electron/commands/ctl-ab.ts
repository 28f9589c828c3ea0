import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { AbTestView } from "../../shared/contract/abtest";
import { CONTROL_REQUESTS, type ControlBody } from "../../shared/contract/control";
import { METRIC_NAMES, LIMITED_METRICS, type LimitedMetric } from "../../shared/judge/limits";
import { DESIGNS } from "../../shared/abtest/arms";
import { fail, ok, type Result } from "../../shared/result";
import { askControl } from "../control/control-client";
import { numberOption, textOption, type ParsedArguments } from "./arguments";
import type { ExitCode } from "./command";
import type { CtlCall } from "./ctl-call";

const TEXT = { type: "string" } as const;

/** Options of `ctl ab` besides those of all. */
export const AB_OPTIONS = {
  "node-a": TEXT,
  "node-b": TEXT,
  "version-a": TEXT,
  "version-b": TEXT,
  design: TEXT,
  metric: TEXT,
  difference: TEXT,
  minutes: TEXT,
  "block-s": TEXT,
  "wash-out-s": TEXT,
  restore: TEXT,
  test: TEXT,
  "until-winner": { type: "boolean" },
} as const;

/** Which of them each word takes. */
export const AB_OWN_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  start: ["node-a", "node-b", "version-a", "version-b", "design", "metric", "difference", "minutes", "block-s", "wash-out-s", "restore", "until-winner"],
  results: ["test"],
  stop: ["test", "restore"],
};

/** Names of metrics as they are typed: `ratio`, `latency`, `quality`, or the field's own. */
function metricOf(text: string): LimitedMetric | null {
  return LIMITED_METRICS.find((metric) => metric === text || METRIC_NAMES[metric] === text) ?? null;
}

function listOf(value: string): string[] {
  return value.split(",").filter((each) => each !== "");
}

/** What `ab start` asks for; BAD_USAGE. */
function orderOf(values: ParsedArguments["values"]): Result<ControlBody<"ab-start">> {
  const [nodeA, nodeB, versionA, versionB] = ["node-a", "node-b", "version-a", "version-b"].map((name) => textOption(values, name));
  if (nodeA === undefined || nodeB === undefined || versionA === undefined || versionB === undefined) {
    return fail("BAD_USAGE", "ctl ab start takes --node-a, --node-b, --version-a and --version-b.");
  }
  const design = textOption(values, "design");
  if (design !== undefined && !DESIGNS.some((each) => each === design)) return fail("BAD_USAGE", `--design is ${DESIGNS.join(", ")}.`);
  const primary = metricOf(textOption(values, "metric") ?? "compressionRatio");
  if (primary === null) return fail("BAD_USAGE", "--metric is ratio, latency or quality.");
  const numbers: Record<string, number> = {};
  for (const [name, field, unitMs] of [["difference", "smallestDifference", 1], ["minutes", "longestMs", 60_000], ["block-s", "blockMs", 1_000], ["wash-out-s", "washOutMs", 1_000]] as const) {
    if (values[name] === undefined) continue;
    const value = numberOption(values, name, Number.NaN);
    if (!Number.isFinite(value) || value < 0) return fail("BAD_USAGE", `--${name} takes a number.`);
    numbers[field] = value * unitMs;
  }
  const parsed = v.safeParse(CONTROL_REQUESTS["ab-start"].body, {
    nodesA: listOf(nodeA),
    nodesB: listOf(nodeB),
    versionA,
    versionB,
    primary,
    ...numbers,
    ...(design === undefined ? {} : { design }),
    ...(textOption(values, "restore") === undefined ? {} : { restoreVersion: textOption(values, "restore") }),
    endAtWinner: values["until-winner"] === true,
    requestId: randomUUID(),
  });
  if (parsed.success) return ok(parsed.output);
  const [issue] = parsed.issues;
  return fail("BAD_USAGE", `${v.getDotPath(issue) ?? "ab start"}: ${issue.message}`);
}

function print(test: AbTestView, { isJson, io }: CtlCall): void {
  if (isJson) {
    io.stdout(`${JSON.stringify({ type: "ab-test", ...test })}\n`);
    return;
  }
  const { testId, versionA, versionB, nodesA, nodesB, design, state, stateReason, verdict, note } = test;
  io.stdout(`${testId} ${state}: ${versionA} against ${versionB}, ${design}, on ${[...nodesA, ...nodesB].join(", ")}\n${verdict.sentence}\n${note}\n`);
  if (stateReason !== null) io.stdout(`${stateReason}\n`);
  for (const { metric, role, sentence } of test.metrics) io.stdout(`  ${METRIC_NAMES[metric]} (${role}): ${sentence}\n`);
  if (test.timeToDecision !== null) io.stdout(`${test.timeToDecision.sentence}\n`);
  for (const { sentence } of test.changes) io.stdout(`  would change it: ${sentence}\n`);
  if (state === "ending" || state === "ended") for (const { sentence } of test.restore) io.stdout(`  ${sentence}\n`);
}

/** `./lydlr ctl ab start|results|stop`. */
export async function runAb(rest: readonly string[], call: CtlCall): Promise<Result<ExitCode>> {
  const [word = "", ...more] = rest;
  const answered = more.length > 0 ? null : await ask(word, call);
  if (answered === null) return fail("BAD_USAGE", "ctl ab takes start, results or stop. See ./lydlr ctl --help.");
  if (!answered.ok) return answered;
  print(answered.value.test, call);
  return ok(0);
}

async function ask(word: string, { path, values }: CtlCall): Promise<Result<{ readonly test: AbTestView }> | null> {
  const testId = textOption(values, "test");
  const of = testId === undefined ? {} : { testId };
  const restore = textOption(values, "restore");
  switch (word) {
    case "start": {
      const order = orderOf(values);
      return order.ok ? askControl(path, "ab-start", order.value, () => undefined) : order;
    }
    case "results":
      return askControl(path, "ab-results", of, () => undefined);
    case "stop":
      return askControl(path, "ab-stop", restore === undefined ? of : { ...of, restoreVersion: restore }, () => undefined);
    default:
      return null;
  }
}

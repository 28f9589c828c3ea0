// `npm run mutation -- [NAME ...]`: changes the code of the judge and of roll-outs one place at a time, and runs the tests
// that must notice. A change that no test notices is a survivor; docs/mutation.md has the scores and explains those that stay.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, scratchFolder } from "./paths.mjs";

const fleet = "shared/judge/fleet-judge.test.ts";
const metric = "shared/judge/metric-judge.test.ts";
const golden = "shared/judge/golden.test.ts";
const recording = "shared/judge/recording.test.ts";
const crossing = "shared/judge/crossing.test.ts";
const walks = "shared/rollout/golden.test.ts";

/** What is changed, and the tests that must notice. @type {Readonly<Record<string, readonly [string, ...string[]]>>} */
const modules = {
  decision: ["shared/rollout/decision.ts", "shared/rollout/decision.test.ts"],
  policy: ["shared/policy/policy.ts", "shared/policy/policy.test.ts"],
  baseline: ["shared/judge/baseline.ts", "shared/judge/baseline.test.ts"],
  budget: ["shared/judge/budget.ts", "shared/judge/budget.test.ts", golden],
  predict: ["shared/judge/predict.ts", golden],
  policyCost: ["shared/judge/policy-cost.ts", golden],
  chart: ["shared/judge/chart.ts", "shared/judge/chart.test.ts"],
  limits: ["shared/judge/limits.ts", "shared/judge/limits.test.ts"],
  metric: ["shared/judge/metric-judge.ts", metric, "shared/judge/metric-arming.test.ts", fleet, golden],
  node: ["shared/judge/node-judge.ts", "shared/judge/node-judge.test.ts", fleet, golden],
  fleet: ["shared/judge/fleet-judge.ts", fleet, golden],
  verdict: ["shared/judge/verdict.ts", "shared/judge/verdict.test.ts"],
  line: ["shared/judge/plain-line.ts", recording],
  recording: ["shared/judge/recording.ts", recording],
  sentences: ["shared/judge/sentences.ts", fleet, golden],
  reasons: ["shared/judge/reasons.ts", crossing, golden],
  path: ["shared/judge/statistic-path.ts", crossing, golden],
  guard: ["shared/rollout/guard.ts", "shared/rollout/guard.test.ts"],
  guardJournal: ["shared/rollout/guard-journal.ts", "shared/rollout/guard-journal.test.ts"],
  guardCommands: ["shared/rollout/guard-commands.ts", "shared/rollout/guard-journal.test.ts"],
  admission: ["shared/rollout/admission.ts", "shared/rollout/admission.test.ts"],
  command: ["shared/rollout/command.ts", "shared/rollout/command.test.ts", walks],
  replay: ["shared/rollout/replay.ts", "shared/rollout/replay.test.ts"],
  basis: ["shared/rollout/basis.ts", "shared/rollout/basis.test.ts"],
  decide: ["shared/rollout/phased/decide.ts", "shared/rollout/phased/decide.test.ts", walks],
  gate: ["shared/rollout/phased/gate.ts", walks],
  observe: ["shared/rollout/phased/observe.ts", "shared/rollout/phased/observe.test.ts", walks],
  plan: ["shared/rollout/phased/plan.ts", walks],
  rolloutState: ["shared/rollout/phased/state.ts", "shared/rollout/phased/state.test.ts", walks],
  rolloutJournal: ["shared/rollout/phased/journal.ts", "shared/rollout/phased/journal.test.ts", walks],
  rolloutWords: ["shared/rollout/phased/words.ts", walks],
  view: ["shared/rollout/phased/view.ts", walks],
};

const HELP = `usage: npm run mutation -- [NAME ...] [--share S] [--seed N]

Changes the code one place at a time and runs the tests that must notice. Without a name: all of
${Object.keys(modules).join(", ")}.

  --share S  of the changes of each file only this share, 0 to 1, drawn by seed (1)
  --seed N   another seed draws others (1)
`;

/**
 * @param {readonly string[]} words
 * @returns {{ readonly names: readonly string[]; readonly share: string; readonly seed: string } | string} or what is wrong
 */
function parse(words) {
  const names = [];
  const options = { share: "1", seed: "1" };
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (word === "--share" || word === "--seed") {
      index += 1;
      options[word === "--share" ? "share" : "seed"] = words[index] ?? "";
    } else if (Object.hasOwn(modules, word)) names.push(word);
    else return `there is no module '${word}': ${Object.keys(modules).join(", ")}`;
  }
  const share = Number(options.share);
  if (!(share > 0 && share <= 1)) return "--share takes more than 0, and at most 1";
  if (!/^\d+$/.test(options.seed)) return "--seed takes a whole number";
  return { names: names.length === 0 ? Object.keys(modules) : names, ...options };
}

/**
 * @param {string} mutated
 * @param {readonly string[]} tests
 * @param {Readonly<Record<string, string>>} draw
 * @returns {Promise<number>}
 */
function mutate(mutated, tests, draw) {
  return new Promise((resolve) => {
    const stryker = join(root, "node_modules", "@stryker-mutator", "core", "bin", "stryker.js");
    const child = spawn(process.execPath, [stryker, "run", join("setup", "stryker.config.mjs"), "--mutate", mutated, "--logLevel", "warn"], {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, ...draw, LYDLR_MUTATION_TESTS: tests.join(",") },
    });
    child.once("close", (code) => {
      resolve(code ?? 1);
    });
  });
}

/**
 * @typedef {{ readonly status: string; readonly statusReason?: string; readonly mutatorName: string; readonly replacement?: string;
 *   readonly location: { readonly start: { readonly line: number; readonly column: number }; readonly end: { readonly line: number; readonly column: number } } }} Change
 */

/** Prints every change that was not noticed, and the score of a file. @param {string} name @param {string} mutated */
function tell(name, mutated) {
  /** @type {{ readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Change[] }>> }} */
  const report = JSON.parse(readFileSync(join(scratchFolder, "mutation", `${name}.json`), "utf8"));
  const { source = "", mutants = [] } = report.files[mutated] ?? {};
  const lines = source.split("\n");
  const judged = mutants.filter(({ status }) => status !== "Ignored");
  const drawn = judged.filter(({ status }) => status !== "CompileError");
  const missed = drawn.filter(({ status }) => status === "Survived" || status === "NoCoverage");
  for (const { status, mutatorName, replacement = "", location } of missed) {
    const { start, end } = location;
    const isOneLine = start.line === end.line;
    const before = (lines[start.line - 1] ?? "").slice(start.column - 1, isOneLine ? end.column - 1 : undefined);
    process.stdout.write(`${mutated}:${start.line}:${start.column} ${status} ${mutatorName}: ${before}${isOneLine ? "" : " ..."} -> ${replacement}\n`);
  }
  const noticed = drawn.length - missed.length;
  process.stdout.write(`| ${name} | ${mutated} | ${drawn.length} of ${judged.length} | ${noticed} | ${((100 * noticed) / Math.max(1, drawn.length)).toFixed(1)} % |\n`);
}

const words = process.argv.slice(2);
const request = words.includes("--help") ? HELP : parse(words);
if (request === HELP) process.stdout.write(HELP);
else if (typeof request === "string") {
  process.stderr.write(`BAD_USAGE: ${request}\n`);
  process.exitCode = 2;
} else {
  for (const name of request.names) {
    const [mutated = "", ...tests] = modules[name] ?? [];
    const code = await mutate(mutated, tests, { LYDLR_MUTATION_NAME: name, LYDLR_MUTATION_SHARE: request.share, LYDLR_MUTATION_SEED: request.seed });
    if (code === 0) tell(name, mutated);
    else process.exitCode = code;
  }
}

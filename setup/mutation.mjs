// `npm run mutation [decision|policy|...]`: changes the judge's code one place at a time and runs the tests beside it.
// A change that no test notices is a survivor; docs/decisions/040-judge.md explains those that stay.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "./paths.mjs";

/** What is mutated, and the tests that must notice. @type {Readonly<Record<string, readonly [string, string]>>} */
const modules = {
  decision: ["shared/rollout/decision.ts", "shared/rollout/decision.test.ts"],
  policy: ["shared/policy/policy.ts", "shared/policy/policy.test.ts"],
  baseline: ["shared/judge/baseline.ts", "shared/judge/baseline.test.ts"],
  metric: ["shared/judge/metric-judge.ts", "shared/judge/metric-judge.test.ts,shared/judge/fleet-judge.test.ts"],
  node: ["shared/judge/node-judge.ts", "shared/judge/fleet-judge.test.ts"],
};

/**
 * @param {string} mutated
 * @param {string} tests
 * @returns {Promise<number>}
 */
function mutate(mutated, tests) {
  return new Promise((resolve) => {
    const stryker = join(root, "node_modules", "@stryker-mutator", "core", "bin", "stryker.js");
    const child = spawn(process.execPath, [stryker, "run", join("setup", "stryker.config.json"), "--mutate", mutated], {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, LYDLR_MUTATION_TESTS: tests },
    });
    child.once("close", (code) => {
      resolve(code ?? 1);
    });
  });
}

const words = process.argv.slice(2);
const chosen = words.length === 0 ? Object.keys(modules) : words;
const unknown = chosen.find((name) => !Object.hasOwn(modules, name));
if (unknown !== undefined) {
  process.stderr.write(`BAD_USAGE: there is no module '${unknown}': ${Object.keys(modules).join(", ")}\n`);
  process.exitCode = 2;
} else {
  for (const name of chosen) {
    const [mutated = "", tests = ""] = modules[name] ?? [];
    const code = await mutate(mutated, tests);
    if (code !== 0) process.exitCode = code;
  }
}

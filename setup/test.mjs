// `./lydlr test`: runs the suites in order and counts what they report.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startDisplay } from "./display.mjs";
import { ensureElectron } from "./electron-runtime.mjs";
import { root, scratchFolder } from "./paths.mjs";
import { playwrightTally } from "./playwright-tally.mjs";
import { SetupFailure } from "./progress.mjs";
import { closingText, judgedTally } from "./tally.mjs";

/** @typedef {import("./tally.mjs").Tally} Tally */
/** @typedef {{ readonly name: string; readonly run: () => Promise<Tally> }} Suite */

const usage = `usage: ./lydlr test [unit|e2e|ros2]

Without a word: lint, type-check, unit tests, build, end-to-end tests and the tests with ROS 2, in this order.
  unit   the tests beside the code
  e2e    the build, then the real application in its window, on a display of its own
  ros2   the build, then the tests with ROS 2 peers; installs the private ROS 2 where none is set up
The last line says how many passed and failed; the exit code is 1 when something failed.
`;

const tallyFolder = join(scratchFolder, "test");
/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
/** @type {NodeJS.Signals | undefined} */
let interruptedBy;

/**
 * Runs a program that prints for itself.
 *
 * @param {string} script relative to the project
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} [env]
 * @returns {Promise<number>} its exit code
 */
function runNode(script, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, script), ...args], { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
    running.add(child);
    child.once("close", (code, signal) => {
      running.delete(child);
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
}

/**
 * A step that counts as one test.
 *
 * @param {string} name
 * @param {string} script
 * @param {readonly string[]} args
 * @returns {Suite}
 */
function step(name, script, args) {
  return {
    name,
    run: async () => {
      const code = await runNode(script, args);
      if (code === 0) return { passed: 1, failures: [], skipped: [] };
      return { passed: 0, failures: [`${name} (exit code ${String(code)})`], skipped: [] };
    },
  };
}

/**
 * @param {string} name of the suite
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} [env]
 * @returns {Promise<Tally>}
 */
async function runVitest(name, args, env = {}) {
  const path = join(tallyFolder, `${name}.json`);
  rmSync(path, { force: true });
  const reporters = ["--reporter=default", `--reporter=${join(root, "setup", "vitest-tally.mjs")}`];
  const code = await runNode("node_modules/vitest/vitest.mjs", ["run", ...args, ...reporters], { ...env, LYDLR_TALLY: path });
  return judgedTally(name, code, () => JSON.parse(readFileSync(path, "utf8")));
}

/** @returns {Promise<Tally>} */
async function runRos2() {
  const isSetUp = (await runNode("dist/commands.cjs", ["ros2", "doctor"])) === 0;
  if (!isSetUp && (await runNode("dist/commands.cjs", ["ros2", "install"])) !== 0) {
    return { passed: 0, failures: ["ros2: there is no ROS 2 and none could be installed"], skipped: [] };
  }
  return withWindowTools((env) => runVitest("ros2", ["--config", "e2e/vitest-ros2.config.ts"], env));
}

/**
 * Gives a suite the Electron runtime and a display of its own.
 *
 * @param {(env: Readonly<Record<string, string>>) => Promise<Tally>} suite
 * @returns {Promise<Tally>}
 */
async function withWindowTools(suite) {
  const electron = await ensureElectron();
  const { display, stop } = await startDisplay();
  try {
    return await suite({
      DISPLAY: display,
      WAYLAND_DISPLAY: "",
      LYDLR_ELECTRON: electron.executable,
      LYDLR_ELECTRON_VERSION: electron.version,
      LYDLR_ELECTRON_SOURCE: electron.source,
    });
  } finally {
    await stop();
  }
}

/** @returns {Promise<Tally>} */
function runEndToEnd() {
  return withWindowTools(async (env) => {
    const path = join(tallyFolder, "e2e.json");
    rmSync(path, { force: true });
    const args = ["test", "--config", "e2e/playwright.config.ts", "--reporter=list,json"];
    const code = await runNode("node_modules/@playwright/test/cli.js", args, { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: path });
    return judgedTally("e2e", code, () => playwrightTally(path));
  });
}

const lint = step("lint", "node_modules/eslint/bin/eslint.js", [".", "--max-warnings", "0"]);
const types = step("type-check", "setup/typecheck.mjs", []);
/** Neither reads what the other writes, and the linter keeps one core only. */
const checks = {
  name: "lint and type-check",
  run: async () => {
    const [linted, typed] = await Promise.all([lint.run(), types.run()]);
    return { passed: linted.passed + typed.passed, failures: [...linted.failures, ...typed.failures], skipped: [] };
  },
};
const compile = step("build", "setup/build.mjs", []);
const unit = { name: "unit", run: () => runVitest("unit", []) };
const ros2 = { name: "ros2", run: runRos2 };
const endToEnd = { name: "e2e", run: runEndToEnd };

/**
 * @param {readonly string[]} words
 * @returns {readonly Suite[] | undefined} undefined when there is no such suite
 */
function suitesFor(words) {
  const [word, ...rest] = words;
  if (rest.length > 0) return undefined;
  if (word === undefined) return [checks, unit, compile, endToEnd, ros2];
  if (word === "unit") return [unit];
  if (word === "e2e") return [compile, endToEnd];
  if (word === "ros2") return [compile, ros2];
  return undefined;
}

/**
 * @param {Suite} suite
 * @returns {Promise<Tally>}
 */
async function runSuite(suite) {
  process.stdout.write(`\n== ${suite.name}\n`);
  const startedAtMs = Date.now();
  /** @type {Tally} */
  let tally;
  try {
    tally = await suite.run();
  } catch (error) {
    const sentence = error instanceof SetupFailure ? error.message : String(error instanceof Error ? error.stack : error);
    tally = { passed: 0, failures: [`${suite.name}: ${sentence}`], skipped: [] };
  }
  const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
  process.stdout.write(`== ${suite.name}: ${String(tally.passed)} passed, ${String(tally.failures.length)} failed (${seconds} s)\n`);
  return tally;
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
async function test(args) {
  /** @type {readonly string[]} */
  let words;
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { help: { type: "boolean", short: "h" } } });
    if (values.help === true) {
      process.stdout.write(usage);
      return 0;
    }
    words = positionals;
  } catch (error) {
    process.stderr.write(`BAD_USAGE: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  const suites = suitesFor(words);
  if (suites === undefined) {
    process.stderr.write(`BAD_USAGE: there is no suite '${words.join(" ")}'; ./lydlr test --help lists them\n`);
    return 2;
  }
  mkdirSync(tallyFolder, { recursive: true });
  /** @type {Tally[]} */
  const tallies = [];
  for (const suite of suites) {
    tallies.push(await runSuite(suite));
    if (interruptedBy !== undefined) {
      tallies.push({ passed: 0, failures: [`interrupted by ${interruptedBy}`], skipped: [] });
      break;
    }
  }
  process.stdout.write(`\n${closingText(tallies)}`);
  return tallies.every((tally) => tally.failures.length === 0) ? 0 : 1;
}

// The suite that runs is ended, its display is stopped, and what was counted is printed.
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, () => {
    interruptedBy ??= signal;
    // The one signal on which the test runners end their workers and report; a terminal's Ctrl-C has
    // reached them already, and a second one would make them give up at once.
    if (signal !== "SIGINT" || !process.stdin.isTTY) for (const child of running) child.kill("SIGINT");
  });
}
process.exitCode = await test(process.argv.slice(2));

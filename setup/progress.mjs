import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

const tailLines = 25;

/** A set-up step that could not be done; its message is for the person at the terminal. */
export class SetupFailure extends Error {}

/**
 * One line on stderr: stdout belongs to the command that follows the set-up.
 *
 * @param {string} sentence
 */
export function say(sentence) {
  process.stderr.write(`lydlr: ${sentence}\n`);
}

/**
 * Shows that a long step is alive: on a terminal one line that counts seconds, elsewhere a line at the
 * start, one every 15 s and one at the end, so that a log stays readable.
 *
 * @template Value
 * @param {string} what
 * @param {(detail: (text: string) => void) => Promise<Value>} step may call `detail` with what it is at
 * @returns {Promise<Value>}
 */
export async function withProgress(what, step) {
  const startedAtMs = Date.now();
  const isTerminal = process.stderr.isTTY;
  let detail = "";
  const seconds = () => `${String(Math.round((Date.now() - startedAtMs) / 1000))} s`;
  const line = () => `lydlr: ${what} ... ${seconds()}${detail === "" ? "" : `, ${detail}`}`;
  const show = () => process.stderr.write(isTerminal ? `\r\x1b[2K${line()}` : `${line()}\n`);
  if (isTerminal) show();
  else say(`${what} ...`);
  const timer = setInterval(show, isTerminal ? 500 : 15_000);
  const end = (/** @type {string} */ outcome) => {
    clearInterval(timer);
    process.stderr.write(`${isTerminal ? "\r\x1b[2K" : ""}lydlr: ${what}: ${outcome} (${seconds()})\n`);
  };
  try {
    const value = await step((text) => {
      detail = text;
    });
    end("done");
    return value;
  } catch (error) {
    end("not done");
    throw error;
  }
}

/**
 * Runs a program with everything it says in a log file.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ readonly logPath: string; readonly cwd: string; readonly env?: NodeJS.ProcessEnv;
 *   readonly timeLimitMs: number; readonly onSpawn?: (stop: (reason: string) => void) => () => void }} options
 *   `onSpawn` may watch the program and stop it early; what it returns is called at the end
 * @returns {Promise<void>} throws a SetupFailure with the log's tail
 */
export async function runLogged(program, args, options) {
  mkdirSync(dirname(options.logPath), { recursive: true });
  const log = createWriteStream(options.logPath);
  /** @type {string | undefined} */
  let stoppedFor;
  const exit = await new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const stop = (/** @type {string} */ reason) => {
      stoppedFor ??= reason;
      if (child.pid !== undefined) stopGroup(child.pid);
    };
    const unwatch = options.onSpawn?.(stop);
    const timer = setTimeout(() => {
      stop(`it took longer than ${String(options.timeLimitMs / 60_000)} minutes`);
    }, options.timeLimitMs);
    const onSignal = () => {
      stop("it was interrupted");
    };
    process.once("SIGINT", onSignal);
    process.once("SIGTERM", onSignal);
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const end = (/** @type {string} */ how) => {
      clearTimeout(timer);
      unwatch?.();
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
      log.end(() => {
        resolve(how);
      });
    };
    child.once("error", (error) => {
      end(error.message);
    });
    child.once("close", (code, signal) => {
      end(code === 0 ? "" : signal === null ? `exit code ${String(code)}` : `signal ${signal}`);
    });
  });
  if (exit === "" && stoppedFor === undefined) return;
  const tail = readFileSync(options.logPath, "utf8").trimEnd().split("\n").slice(-tailLines);
  const command = [program, ...args].join(" ");
  throw new SetupFailure(
    [`\`${command}\` failed: ${stoppedFor ?? String(exit)}. The end of ${options.logPath}:`, ...tail.map((text) => `  | ${text}`)].join("\n"),
  );
}

/**
 * Ends a program and what it started. Programs started with `detached` lead a process group.
 *
 * @param {number} processGroupId
 */
function stopGroup(processGroupId) {
  try {
    process.kill(-processGroupId, "SIGTERM");
  } catch {
    // It has ended by itself, which is what was wanted.
  }
}

import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { fail, ok, type Result } from "../../../../shared/result";

/** A program that is run as one step of the installation. */
export interface Step {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gets everything that the program writes. */
  readonly logPath: string;
  /** Ended after this long, ms. */
  readonly limitMs: number;
  /** Ends the step, and all that its program started. */
  readonly signal: AbortSignal;
}

/** Lines of a failed step's output that are told. */
const TOLD_LINES = 12;
const KEPT_CHARACTERS = 8_192;

/** After so long a program that was asked to end is ended, ms. */
const KILL_AFTER_MS = 5_000;

/** The answer of an installation that the operator ended. */
export function cancelled(): Result<never, "CANCELLED"> {
  return fail("CANCELLED", "The installation was ended. What was there before is as it was.");
}

/** Runs a step. @returns NOT_AVAILABLE with the end of its output, where it failed or took too long; CANCELLED. */
export async function runStep(step: Step): Promise<Result<null, "NOT_AVAILABLE" | "CANCELLED">> {
  if (isCancelled(step)) return cancelled();
  const log = createWriteStream(step.logPath, { flags: "a" });
  let end = "";
  const child = spawn(step.program, step.args, { cwd: step.cwd, env: step.env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      log.write(chunk);
      end = (end + chunk.toString("utf8")).slice(-KEPT_CHARACTERS);
    });
  }
  const reason = await ending(child, step);
  log.end();
  await once(log, "close");
  if (isCancelled(step)) return cancelled();
  if (reason === null) return ok(null);
  const lines = end.trimEnd().split("\n").slice(-TOLD_LINES);
  const told = [`${step.program} ${step.args.slice(0, 3).join(" ")} ${reason}. All of it is in ${step.logPath}; the end:`, ...lines];
  return fail("NOT_AVAILABLE", told.join("\n  "));
}

/** Asked anew each time: it becomes true while a step runs. */
function isCancelled({ signal }: Step): boolean {
  return signal.aborted;
}

/** Resolves with why it failed, or null. */
function ending(child: ReturnType<typeof spawn>, { limitMs, signal: cancel }: Step): Promise<string | null> {
  return new Promise((resolve) => {
    let stoppedFor: string | null = null;
    let killTimer: NodeJS.Timeout | undefined;
    const endGroup = (signal: "SIGTERM" | "SIGKILL"): void => {
      try {
        // The group: what the program started ends with it.
        if (child.pid !== undefined) process.kill(-child.pid, signal);
      } catch {
        // It has ended by itself, which is what was wanted.
      }
    };
    const stop = (why: string): void => {
      stoppedFor ??= why;
      endGroup("SIGTERM");
      killTimer ??= setTimeout(() => {
        endGroup("SIGKILL");
      }, KILL_AFTER_MS);
    };
    const onCancel = (): void => {
      stop("was interrupted");
    };
    const timer = setTimeout(() => {
      stop(`took longer than ${String(Math.round(limitMs / 60_000))} minutes`);
    }, limitMs);
    cancel.addEventListener("abort", onCancel);
    const settle = (reason: string | null): void => {
      clearTimeout(timer);
      clearTimeout(killTimer);
      cancel.removeEventListener("abort", onCancel);
      resolve(stoppedFor ?? reason);
    };
    child.once("error", (error) => {
      settle(`could not be started: ${error.message}`);
    });
    child.once("close", (code, signal) => {
      settle(code === 0 ? null : signal === null ? `failed with exit code ${String(code)}` : `was ended by ${signal}`);
    });
  });
}

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
}

/** Lines of a failed step's output that are told. */
const TOLD_LINES = 12;
const KEPT_CHARACTERS = 8_192;

/** Runs a step. @returns NOT_AVAILABLE with the end of its output, where it failed or took too long. */
export async function runStep(step: Step): Promise<Result<null, "NOT_AVAILABLE">> {
  const log = createWriteStream(step.logPath, { flags: "a" });
  let end = "";
  const child = spawn(step.program, step.args, { cwd: step.cwd, env: step.env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      log.write(chunk);
      end = (end + chunk.toString("utf8")).slice(-KEPT_CHARACTERS);
    });
  }
  const reason = await ending(child, step.limitMs);
  log.end();
  await once(log, "close");
  if (reason === null) return ok(null);
  const lines = end.trimEnd().split("\n").slice(-TOLD_LINES);
  const told = [`${step.program} ${step.args.slice(0, 3).join(" ")} ${reason}. All of it is in ${step.logPath}; the end:`, ...lines];
  return fail("NOT_AVAILABLE", told.join("\n  "));
}

/** Resolves with why it failed, or null; a signal to this process ends the step, too. */
function ending(child: ReturnType<typeof spawn>, limitMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    let stoppedFor: string | null = null;
    const stop = (why: string): void => {
      stoppedFor ??= why;
      try {
        // The group: what the program started ends with it.
        if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      } catch {
        // It has ended by itself, which is what was wanted.
      }
    };
    const onSignal = (): void => {
      stop("was interrupted");
    };
    const timer = setTimeout(() => {
      stop(`took longer than ${String(Math.round(limitMs / 60_000))} minutes`);
    }, limitMs);
    process.once("SIGINT", onSignal);
    process.once("SIGTERM", onSignal);
    const settle = (reason: string | null): void => {
      clearTimeout(timer);
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
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

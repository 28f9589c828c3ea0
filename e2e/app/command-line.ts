import { spawn, type ChildProcessByStdio } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { PROJECT } from "./ops-app";

/** A command of `./lydlr` that runs. */
export interface RunningCommand {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** What it has written to stdout so far. */
  stdout(): string;
  stderr(): string;
  /** Its exit code once it ended; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Starts a command as `./lydlr` does once everything is set up. */
export function runCommand(args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningCommand {
  const child = spawn(process.execPath, [join(PROJECT, "dist", "commands.cjs"), ...args], {
    cwd: PROJECT,
    // A ROS 2 that is set up on this machine is not found there: these tests are of the embedded fleet.
    env: { ...process.env, XDG_DATA_HOME: join(tmpdir(), "lydlr-e2e-without-ros"), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended: new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    }),
  };
}

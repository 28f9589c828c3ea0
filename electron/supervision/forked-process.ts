import { fork } from "node:child_process";
import { boundedLog } from "./bounded-log";
import { childEnvironment } from "./child-environment";
import type { ChildExit, Spawn } from "./process-spawner";

/** How long the end of a child may wait for the last of its output, ms. */
const OUTPUT_DRAIN_MS = 100;

/**
 * Starts children with plain Node (headless mode, tests). Typed arrays cross as such ("advanced"
 * serialization); the parent's Node flags are not handed on.
 */
export const forkedProcess: Spawn = (entry, options) => {
  const child = fork(entry, [], {
    serialization: "advanced",
    execArgv: [],
    env: childEnvironment(process.env, options.env),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const log = boundedLog();
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    log.append(text);
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    log.append(text);
  });

  const exitListeners = new Set<(exit: ChildExit) => void>();
  let ended: ChildExit | null = null;
  function end(exit: ChildExit): void {
    if (ended !== null) return;
    ended = exit;
    for (const listener of [...exitListeners]) listener(exit);
  }
  // "close" comes once its output was read, so that its last words are known; but not while a process
  // that it started in turn holds the pipe, and then its end must still be told.
  child.once("exit", (code, signal) => {
    const exit: ChildExit = { code, signal, error: null };
    const waited = setTimeout(end, OUTPUT_DRAIN_MS, exit);
    child.once("close", () => {
      clearTimeout(waited);
      end(exit);
    });
  });
  // Without a listener a failed spawn or a broken channel would be an uncaught exception of the parent.
  child.on("error", (error) => {
    log.append(`${error.message}\n`);
    if (child.pid === undefined) end({ code: null, signal: null, error: error.message });
  });

  return {
    pid: () => child.pid ?? null,
    post(message) {
      if (!child.connected) return;
      // The channel may close between the check and the write; the exit event tells the supervisor.
      child.send(message as object, () => undefined);
    },
    onMessage(listener) {
      child.on("message", listener);
      return () => {
        child.off("message", listener);
      };
    },
    onExit(listener) {
      exitListeners.add(listener);
      return () => {
        exitListeners.delete(listener);
      };
    },
    kill() {
      child.kill("SIGKILL");
    },
    recentOutput: () => log.text(),
  };
};

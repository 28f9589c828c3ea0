import { utilityProcess } from "electron";
import { boundedLog } from "./bounded-log";
import { childEnvironment } from "./child-environment";
import type { Spawn } from "./process-spawner";

/**
 * Starts children as Electron utility processes: a Node of their own, supervised from outside, that
 * may crash without the window. Usable once Electron's `ready` was reported.
 */
export const electronUtilityProcess: Spawn = (entry, options) => {
  const child = utilityProcess.fork(entry, [], {
    serviceName: options.name,
    env: childEnvironment(process.env, options.env),
    execArgv: [],
    stdio: "pipe",
  });
  const log = boundedLog();
  // Chunks may end within a character; a log for people can bear a replacement character.
  child.stdout?.on("data", (chunk: Buffer) => {
    log.append(chunk.toString("utf8"));
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    log.append(chunk.toString("utf8"));
  });

  return {
    pid: () => child.pid ?? null,
    post(message) {
      child.postMessage(message);
    },
    onMessage(listener) {
      child.on("message", listener);
      return () => {
        child.off("message", listener);
      };
    },
    onExit(listener) {
      const onExit = (code: number): void => {
        listener({ code, signal: null, error: null });
      };
      child.once("exit", onExit);
      return () => {
        child.off("exit", onExit);
      };
    },
    kill() {
      // Electron's own kill() asks politely (SIGTERM), which a stopped process does not hear.
      if (child.pid === undefined) {
        child.kill();
        return;
      }
      try {
        process.kill(child.pid, "SIGKILL");
      } catch {
        // It has gone already, which is what was wanted; the exit event tells.
      }
    },
    recentOutput: () => log.text(),
  };
};

// usage: node with-display.mjs PROGRAM ARGUMENTS...: runs a program with an X server of its own.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { startDisplay } from "./display.mjs";
import { say, SetupFailure } from "./progress.mjs";

try {
  const { display, stop } = await startDisplay();
  const [program = "", ...args] = process.argv.slice(2);
  const child = spawn(program, args, { stdio: "inherit", env: { ...process.env, DISPLAY: display } });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => child.kill(signal));
  }
  process.exitCode = await new Promise((resolve) => {
    child.once("error", (error) => {
      say(error.message);
      resolve(1);
    });
    child.once("exit", (code, signal) => {
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
  await stop();
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  process.stderr.write(`NOT_AVAILABLE: ${error.message}\n`);
  process.exitCode = 1;
}

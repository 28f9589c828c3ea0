import { spawn } from "node:child_process";
import { findProgram } from "./libraries.mjs";
import { SetupFailure } from "./progress.mjs";

const startLimitMs = 20_000;
const screen = "1920x1200x24";

/**
 * Starts an X server without a screen on a display number that is free.
 *
 * @returns {Promise<{ readonly display: string; readonly stop: () => Promise<void> }>} `display` as for DISPLAY
 */
export async function startDisplay() {
  const program = findProgram("Xvfb");
  if (program === undefined) throw new SetupFailure("Xvfb is missing; install it with:\n  sudo apt-get install xvfb");
  const numberPipe = 3;
  const server = spawn(program, ["-displayfd", String(numberPipe), "-screen", "0", screen, "-nolisten", "tcp", "-noreset"], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    // A terminal's Ctrl-C goes to the tests; the server ends when they have.
    detached: true,
  });
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => {
    server.once("exit", () => {
      resolve();
    });
  });
  const stop = async () => {
    server.kill("SIGTERM");
    await ended;
  };
  let complaint = "";
  server.stderr?.on("data", (/** @type {Buffer} */ chunk) => {
    complaint += chunk.toString();
  });
  try {
    const number = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new SetupFailure(`Xvfb did not start within ${String(startLimitMs / 1000)} s`));
      }, startLimitMs);
      server.once("error", reject);
      server.once("exit", () => {
        reject(new SetupFailure(`Xvfb ended at its start: ${complaint.trim()}`));
      });
      // Xvfb writes the number it took, and a newline, once it listens.
      let written = "";
      server.stdio[numberPipe]?.on("data", (/** @type {Buffer} */ chunk) => {
        written += chunk.toString();
        if (!written.includes("\n")) return;
        clearTimeout(timer);
        resolve(written.trim());
      });
    });
    return { display: `:${String(number)}`, stop };
  } catch (error) {
    server.kill("SIGTERM");
    throw error;
  }
}

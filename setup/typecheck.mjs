// Compiles each layer with only its own runtime's libraries: a layer that reaches for another's fails here.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { root, scratchFolder } from "./paths.mjs";

const layers = ["shared", "electron", "renderer", "e2e", "bench", "setup"];

/**
 * @param {string} layer
 * @returns {Promise<string>} the compiler's complaints; empty when there are none
 */
function check(layer) {
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const memory = join(scratchFolder, "tsc", `${layer}.tsbuildinfo`);
  const args = [compiler, "-p", layer, "--incremental", "--tsBuildInfoFile", memory, "--pretty", process.stdout.isTTY ? "true" : "false"];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.on("data", (/** @type {Buffer} */ chunk) => (said += chunk.toString()));
    child.stderr.on("data", (/** @type {Buffer} */ chunk) => (said += chunk.toString()));
    child.once("close", (code) => {
      resolve(code === 0 ? "" : said === "" ? `tsc -p ${layer} ended with ${String(code)}` : said);
    });
  });
}

mkdirSync(join(scratchFolder, "tsc"), { recursive: true });
const waiting = [...layers];
/** @type {string[]} */
const complaints = [];
const workers = Array.from({ length: Math.min(availableParallelism(), layers.length) }, async () => {
  for (let layer = waiting.shift(); layer !== undefined; layer = waiting.shift()) {
    const said = await check(layer);
    if (said !== "") complaints.push(said.trimEnd());
  }
});
await Promise.all(workers);
if (complaints.length > 0) {
  process.stdout.write(`${complaints.join("\n")}\n`);
  process.exitCode = 1;
}

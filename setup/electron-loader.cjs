// Goes to resources/app/ of a runtime that has no default app of its own, and does for it what the stock
// default app does: take the folder named on the command line as the application. The application finds
// the same process.argv as with a stock Electron: its own options follow that folder.
"use strict";

const electron = require("electron");
const { readFileSync } = require("node:fs");
const { join, resolve } = require("node:path");

/**
 * The stock default app calls two more functions than Electron's types name.
 *
 * @type {import("electron").App & { setVersion(version: string): void; setAppPath(path: string): void }}
 */
const app = /** @type {never} */ (electron.app);

/** Switches of the stock default app that take the next argument as their value. */
const requireSwitches = ["-r", "--require"];

/**
 * @param {string} sentence
 * @returns {never}
 */
function fail(sentence) {
  process.stderr.write(`electron: ${sentence}\n`);
  process.exit(1);
}

/** @returns {{ readonly folder: string; readonly required: readonly string[] }} */
function readCommandLine() {
  /** @type {string[]} */
  const required = [];
  const rest = process.argv.slice(1);
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (requireSwitches.includes(argument)) {
      required.push(rest.shift() ?? fail(`${argument} needs a file`));
    } else if (argument === "--version" || argument === "-v") {
      process.stdout.write(`v${process.versions.electron}\n`);
      process.exit(0);
    } else if (!argument.startsWith("-")) {
      return { folder: resolve(argument), required };
    }
  }
  return fail("no application folder was given");
}

/**
 * @param {string} folder
 * @returns {{ readonly name: string; readonly productName?: string; readonly desktopName?: string;
 *   readonly version: string; readonly main?: string }}
 */
function readManifest(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  } catch (error) {
    return fail(`${folder} is no application folder: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const { folder, required } = readCommandLine();
const manifest = readManifest(folder);
const name = manifest.productName ?? manifest.name;

Object.defineProperty(process, "defaultApp", { value: true, configurable: false, enumerable: true });
for (const file of required) require(resolve(file));
app.setName(name);
app.setVersion(manifest.version);
app.setDesktopName(manifest.desktopName ?? `${name}.desktop`);
app.setAppPath(folder);
app.setPath("userData", join(app.getPath("appData"), name));
require(join(folder, manifest.main ?? "index.js"));

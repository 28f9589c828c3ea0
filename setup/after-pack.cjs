// Called by electron-builder before it writes the fuses.
"use strict";

const { rmSync } = require("node:fs");
const { join } = require("node:path");

/**
 * Takes out the loader that the npm fallback runtime carries as its default app: the packed app is in
 * app.asar, and a folder resources/app would be found before it.
 *
 * @param {{ readonly appOutDir: string }} context
 */
exports.default = function removeLoader(context) {
  rmSync(join(context.appOutDir, "resources", "app"), { recursive: true, force: true });
};

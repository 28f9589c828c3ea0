// Called by `lydlr` with the names of the steps whose quick look found something missing.
import { ensureElectron } from "./electron-runtime.mjs";
import { ensureLibraries } from "./libraries.mjs";
import { withSetupLock } from "./lock.mjs";
import { ensurePackages } from "./packages.mjs";
import { say, SetupFailure } from "./progress.mjs";

/** @type {Readonly<Record<string, () => Promise<unknown>>>} */
const steps = {
  packages: ensurePackages,
  libraries: () => ensureLibraries({ ownDisplay: false }),
  "libraries-and-display": () => ensureLibraries({ ownDisplay: true }),
  electron: ensureElectron,
  build: async () => {
    // esbuild is there only after the packages step.
    const { build } = await import("./build.mjs");
    await build({ allowMissing: false });
  },
};

try {
  await withSetupLock(async () => {
    for (const name of process.argv.slice(2)) {
      const step = steps[name];
      if (step === undefined) throw new Error(`no such set-up step: ${name}`);
      await step();
    }
  });
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  say(error.message);
  process.exitCode = 1;
}

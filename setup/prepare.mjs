// Called by `lydlr` with the names of the steps whose quick look found something missing.
import { ensureElectron } from "./electron-runtime.mjs";
import { ensureLibraries } from "./libraries.mjs";
import { withSetupLock } from "./lock.mjs";
import { ensurePackages } from "./packages.mjs";
import { SetupFailure } from "./progress.mjs";

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

/** A folder of another user, a read-only disk, a full one. */
const unwritable = ["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT"];

try {
  await withSetupLock(async () => {
    for (const name of process.argv.slice(2)) {
      const step = steps[name];
      if (step === undefined) throw new Error(`no such set-up step: ${name}`);
      await step();
    }
  });
} catch (error) {
  const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? "";
  if (error instanceof SetupFailure) process.stderr.write(`NOT_AVAILABLE: ${error.message}\n`);
  else if (error instanceof Error && unwritable.includes(code)) process.stderr.write(`FILE_WRITE_FAILED: the set-up could not write: ${error.message}\n`);
  else throw error;
  process.exitCode = 1;
}

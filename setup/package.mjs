// `./lydlr package`: the application with its runtime in one folder, release/linux-unpacked.
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { ensureElectron } from "./electron-runtime.mjs";
import { withSetupLock } from "./lock.mjs";
import { root, scratchFolder } from "./paths.mjs";
import { runLogged, SetupFailure, withProgress } from "./progress.mjs";

const usage = `usage: ./lydlr package

Packs the built application, its native packages and the Electron runtime of this machine into
release/linux-unpacked. Nothing is installed; the folder can be copied and started by its lydlr-ops.
`;

const timeLimitMs = 15 * 60_000;

/** @returns {Promise<void>} */
async function pack() {
  if (process.platform !== "linux") throw new SetupFailure("packing is there for Linux only");
  const electron = await ensureElectron();
  if (electron.version === "unknown") {
    throw new SetupFailure(`${dirname(electron.executable)} has no file \`version\`, which the packer needs`);
  }
  const args = [
    join(root, "node_modules", "electron-builder", "cli.js"),
    "--linux",
    "dir",
    "--publish",
    "never",
    `-c.electronDist=${dirname(electron.executable)}`,
    `-c.electronVersion=${electron.version}`,
  ];
  await withProgress(`packing with Electron ${electron.version}`, () =>
    runLogged(process.execPath, args, { cwd: root, logPath: join(scratchFolder, "package.log"), timeLimitMs }),
  );
  process.stdout.write(`${join(root, "release", "linux-unpacked")}\n`);
}

try {
  const { values } = parseArgs({ options: { help: { type: "boolean", short: "h" } } });
  if (values.help === true) process.stdout.write(usage);
  else await withSetupLock(pack);
} catch (error) {
  if (error instanceof SetupFailure) {
    process.stderr.write(`NOT_AVAILABLE: ${error.message}\n`);
    process.exitCode = 1;
  } else if (error instanceof TypeError && "code" in error) {
    process.stderr.write(`BAD_USAGE: ${error.message}\n`);
    process.exitCode = 2;
  } else {
    throw error;
  }
}

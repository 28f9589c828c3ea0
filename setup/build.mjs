import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { withSetupLock } from "./lock.mjs";
import { root } from "./paths.mjs";
import { say, SetupFailure } from "./progress.mjs";

/**
 * @typedef {{ readonly entry: string; readonly output: string; readonly runsIn: "node" | "window" }} Bundle
 */

/** Every program of the product, from its first file to the bundle in dist/. @type {readonly Bundle[]} */
const bundles = [
  { entry: "electron/main.ts", output: "main.cjs", runsIn: "node" },
  { entry: "electron/preload.ts", output: "preload.cjs", runsIn: "node" },
  { entry: "electron/inference/host.ts", output: "inference-host.cjs", runsIn: "node" },
  { entry: "electron/comparison/host.ts", output: "comparison-host.cjs", runsIn: "node" },
  { entry: "electron/policy-cost/worker.ts", output: "policy-cost.cjs", runsIn: "node" },
  { entry: "electron/history/thread.ts", output: "history-thread.cjs", runsIn: "node" },
  { entry: "electron/selftest/host.ts", output: "selftest-host.cjs", runsIn: "node" },
  { entry: "electron/registry/verification/host.ts", output: "verifier-host.cjs", runsIn: "node" },
  { entry: "electron/link/ros2/host.ts", output: "ros2-host.cjs", runsIn: "node" },
  { entry: "electron/commands/main.ts", output: "commands.cjs", runsIn: "node" },
  { entry: "bench/main.ts", output: "bench.cjs", runsIn: "node" },
  { entry: "renderer/main.tsx", output: "renderer/main.js", runsIn: "window" },
];

/** Native code, which cannot be bundled, and tools that only tests and benchmarks load. */
const externals = ["electron", "onnxruntime-node", "libsql", "sharp", "rclnodejs", "playwright", "playwright-core", "@playwright/test"];

const page = "renderer/index.html";

/** The stamp that the quick look of `lydlr` compares sources with. */
const stampName = ".built";

/**
 * Bundles everything into a fresh dist/, which replaces the old one only when all of it succeeded.
 *
 * @param {{ readonly allowMissing: boolean }} options `allowMissing`: entries that do not exist are left out
 * @returns {Promise<void>} throws a SetupFailure when something is missing or does not compile
 */
export async function build(options) {
  await withSetupLock(async () => {
    const startedAt = new Date();
    const present = bundles.filter(({ entry }) => existsSync(join(root, entry)));
    const missing = [...bundles.map(({ entry }) => entry), page].filter((entry) => !existsSync(join(root, entry)));
    if (missing.length > 0) {
      const sentence = `the build lacks ${missing.join(", ")}`;
      if (!options.allowMissing) throw new SetupFailure(sentence);
      say(sentence);
    }
    const next = join(root, "dist-next");
    rmSync(next, { recursive: true, force: true });
    mkdirSync(next);
    const failures = (await Promise.all(present.map((bundle) => bundleOne(bundle, next)))).filter((text) => text !== "");
    if (failures.length > 0) throw new SetupFailure(`the build failed:\n${failures.join("\n")}`);
    if (existsSync(join(root, page))) {
      mkdirSync(join(next, "renderer"), { recursive: true });
      copyFileSync(join(root, page), join(next, "renderer", "index.html"));
    }
    writeFileSync(join(next, "build-info.json"), `${JSON.stringify(buildInfo(startedAt))}\n`);
    // Dated to the start, so that a source saved while this ran counts as newer.
    writeFileSync(join(next, stampName), "");
    utimesSync(join(next, stampName), startedAt, startedAt);
    replaceFolder(next, join(root, "dist"));
    say(`built dist/ (${String(((Date.now() - startedAt.getTime()) / 1000).toFixed(1))} s)`);
  });
}

/**
 * @param {Bundle} bundle
 * @param {string} outputFolder
 * @returns {Promise<string>} what esbuild complained about, readable; empty when nothing
 */
async function bundleOne(bundle, outputFolder) {
  const esbuild = await import("esbuild");
  const outfile = join(outputFolder, bundle.output);
  /** @type {import("esbuild").BuildOptions} */
  const shared = {
    absWorkingDir: root,
    entryPoints: [bundle.entry],
    bundle: true,
    sourcemap: true,
    logLevel: "silent",
    // In a CommonJS bundle import.meta.url is empty: a path made from it would be wrong only at run time.
    logOverride: { "empty-import-meta": "error" },
  };
  try {
    const result = await esbuild.build(
      bundle.runsIn === "node"
        ? { ...shared, outfile, platform: "node", format: "cjs", target: "node20", external: externals, keepNames: true }
        : {
            ...shared,
            outfile,
            platform: "browser",
            // A module script does not load from file: (its origin is opaque); a classic one does.
            format: "iife",
            target: "chrome130",
            minify: true,
            define: { "process.env.NODE_ENV": '"production"' },
            jsx: "automatic",
            loader: { ".woff2": "file", ".woff": "file", ".svg": "file", ".png": "file" },
            assetNames: "assets/[name]-[hash]",
            plugins: [keepSubsets(["latin", "greek"])],
          },
    );
    for (const text of await esbuild.formatMessages(result.warnings, { kind: "warning" })) say(text.trimEnd());
    return "";
  } catch (error) {
    const failure = /** @type {import("esbuild").BuildFailure} */ (error);
    if (!Array.isArray(failure.errors)) throw error;
    return (await esbuild.formatMessages(failure.errors, { kind: "error" })).join("\n");
  }
}

/**
 * Leaves out the faces of font packages whose scripts the interface never shows, and the woff copies of
 * woff2 files: Chromium reads woff2.
 *
 * @param {readonly string[]} subsets
 * @returns {import("esbuild").Plugin}
 */
function keepSubsets(subsets) {
  return {
    name: "keep-font-subsets",
    setup(setup) {
      setup.onLoad({ filter: /@fontsource(-variable)?[/\\].*\.css$/ }, ({ path }) => ({
        contents: keptFaces(readFileSync(path, "utf8"), subsets),
        loader: "css",
      }));
    },
  };
}

/**
 * @param {string} css of a @fontsource package: each face stands under a comment `/* family-subset-weight-style *\/`
 * @param {readonly string[]} subsets
 * @returns {string} throws when no face is left, because then the packages' form has changed
 */
export function keptFaces(css, subsets) {
  const faces = css.match(/\/\*[^*]*\*\/\s*@font-face\s*\{[^}]*\}/g) ?? [];
  const kept = faces
    .filter((face) => {
      const label = /\/\*\s*(\S+)\s*\*\//.exec(face)?.[1] ?? "";
      return subsets.some((subset) => new RegExp(`-${subset}-(?!ext-)`).test(label));
    })
    .map((face) => face.replace(/,\s*url\([^)]*\.woff\) format\('woff'\)/g, ""));
  if (kept.length === 0) throw new Error("no font face is left of the subsets that the interface needs");
  return kept.join("\n");
}

/** @param {Date} builtAt */
function buildInfo(builtAt) {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const commit = git(["rev-parse", "--short=12", "HEAD"]);
  const isChanged = git(["status", "--porcelain", "--untracked-files=no"]) !== "";
  return { version, commit: commit === "" ? "unknown" : `${commit}${isChanged ? "+changes" : ""}`, builtAt: builtAt.toISOString() };
}

/** @param {readonly string[]} args */
function git(args) {
  const asked = spawnSync("git", ["-C", root, ...args], { encoding: "utf8" });
  return asked.status === 0 ? asked.stdout.trim() : "";
}

/**
 * @param {string} from
 * @param {string} to
 */
function replaceFolder(from, to) {
  const old = `${to}-old`;
  rmSync(old, { recursive: true, force: true });
  if (existsSync(to)) renameSync(to, old);
  renameSync(from, to);
  rmSync(old, { recursive: true, force: true });
}

if (process.argv[1] !== undefined && relative(fileURLToPath(import.meta.url), process.argv[1]) === "") {
  try {
    await build({ allowMissing: process.argv.includes("--allow-missing") });
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error;
    process.stderr.write(`NOT_AVAILABLE: ${error.message}\n`);
    process.exitCode = 1;
  }
}

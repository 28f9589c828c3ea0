import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ESLint } from "eslint";
import ts from "typescript";
import tseslint from "typescript-eslint";
import { describe, expect, it } from "vitest";
import { root } from "./paths.mjs";

// The project's own configuration, less only the rules that need types: those would ask for files that
// exist, and the snippets here stand at paths that do not.
const eslint = new ESLint({ cwd: root, overrideConfig: [tseslint.configs.disableTypeChecked] });

/** The rules that fire for a snippet at a path of the project. */
async function firedRules(path: string, snippet: string): Promise<readonly (string | null)[]> {
  const [result] = await eslint.lintText(snippet, { filePath: join(root, path) });
  if (result === undefined) throw new Error(`${path} is not linted at all`);
  const parseError = result.messages.find((message) => message.fatal === true);
  if (parseError !== undefined) throw new Error(parseError.message);
  return result.messages.map((message) => message.ruleId);
}

const imports = "lydlr/imports";
const ipc = "lydlr/ipc";
const ambient = "lydlr/injected-time-and-chance";
const anyType = "@typescript-eslint/no-explicit-any";
const nonNull = "@typescript-eslint/no-non-null-assertion";
const defaultExport = "no-restricted-syntax";

const violations: readonly (readonly [path: string, snippet: string, rule: string])[] = [
  // layers
  ["shared/fleet/x.ts", `export { a } from "../../electron/a";`, imports],
  ["shared/fleet/x.ts", `export { a } from "../../renderer/a";`, imports],
  ["shared/fleet/x.test.ts", `export { a } from "../../electron/a";`, imports],
  ["electron/window/x.ts", `import { a } from "../../renderer/a"; a();`, imports],
  ["electron/window/x.ts", `export type A = import("../../renderer/a").A;`, imports],
  ["renderer/pages/x.tsx", `import type { A } from "../../electron/a"; export const b: A = 1;`, imports],
  ["renderer/pages/x.tsx", `export const load = () => import("../../electron/a");`, imports],
  ["renderer/pages/x.tsx", `import { readFileSync } from "node:fs"; readFileSync("a");`, imports],
  ["e2e/x.spec.ts", `export * from "../renderer/a";`, imports],
  // shared takes only what runs everywhere
  ["shared/fleet/x.ts", `import { readFileSync } from "node:fs"; readFileSync("a");`, imports],
  ["shared/fleet/x.ts", `import { z } from "zod"; z();`, imports],
  ["shared/fleet/x.ts", `import { expect } from "vitest"; expect(1);`, imports],
  // packages with one owner
  ["electron/inference/host.ts", `import * as ort from "onnxruntime-node"; ort.create();`, imports],
  ["electron/edge/node.ts", `import type { Tensor } from "onnxruntime-node"; export type A = Tensor;`, imports],
  ["electron/edge/node.ts", `export const load = () => require("onnxruntime-node");`, imports],
  ["electron/link/ros2/link.ts", `import { init } from "rclnodejs"; init();`, imports],
  ["electron/registry/x.ts", `import Database from "libsql"; new Database("a");`, imports],
  ["electron/operations/x.ts", `import { cpu } from "systeminformation"; cpu();`, imports],
  ["electron/journal/x.ts", `import { app } from "electron"; app.quit();`, imports],
  ["electron/supervision/supervisor.ts", `import electron = require("electron"); electron.app.quit();`, imports],
  ["renderer/pages/x.tsx", `import { shell } from "electron"; shell.beep();`, imports],
  // raw IPC
  ["electron/main.ts", `import { ipcMain } from "electron"; ipcMain.on("a", () => undefined);`, ipc],
  ["electron/window/x.ts", `import * as electron from "electron"; electron.ipcMain.on("a", () => undefined);`, ipc],
  ["electron/window/x.ts", `export const push = (window: Window) => window.webContents.send("a");`, ipc],
  ["electron/window/x.ts", `import { contextBridge } from "electron"; contextBridge.exposeInMainWorld("a", 1);`, ipc],
  // time and chance
  ["shared/judge/x.ts", `export const now = () => Date.now();`, ambient],
  ["shared/judge/x.ts", `export const now = () => new Date();`, ambient],
  ["shared/judge/x.ts", `export const now = () => performance.now();`, ambient],
  ["shared/judge/x.ts", `export const chance = () => Math.random();`, ambient],
  ["shared/judge/x.ts", `setTimeout(() => undefined, 1);`, ambient],
  ["shared/judge/x.test.ts", `setTimeout(() => undefined, 1);`, ambient],
  ["electron/operations/x.ts", `export const now = () => Date.now();`, ambient],
  ["electron/operations/x.ts", `export const chance = () => Math["random"]();`, ambient],
  // habits
  ["shared/fleet/x.ts", `export const a: any = 1;`, anyType],
  ["electron/edge/x.ts", `export const a: any = 1;`, anyType],
  ["renderer/pages/x.tsx", `export const a: any = 1;`, anyType],
  ["shared/fleet/x.ts", `export const first = (all: readonly number[]) => all[0]!;`, nonNull],
  ["renderer/pages/x.tsx", `export const first = (all: readonly number[]) => all[0]!;`, nonNull],
  ["electron/edge/x.ts", `const a = 1; export default a;`, defaultExport],
  ["renderer/pages/x.tsx", `const a = 1; export { a as default };`, defaultExport],
  ["shared/fleet/x.ts", `console.log(1);`, "no-console"],
  ["renderer/pages/x.tsx", `console.log(1);`, "no-console"],
  ["renderer/pages/x.tsx", `import { useState } from "react"; export function A(p: { b: boolean }) { if (p.b) useState(1); return null; }`, "react-hooks/rules-of-hooks"],
];

const allowed: readonly (readonly [path: string, snippet: string])[] = [
  ["shared/fleet/x.ts", `import { object } from "valibot"; import { ok } from "../result"; export const a = ok(object({}));`],
  ["shared/fleet/x.ts", `export const at = (tMs: number) => new Date(tMs).toISOString();`],
  ["shared/fleet/x.test.ts", `import { it } from "vitest"; import { readFileSync } from "node:fs"; it("a", () => { readFileSync("a"); });`],
  ["electron/inference/onnx-session.ts", `import * as ort from "onnxruntime-node"; ort.create();`],
  ["electron/link/ros2/host.ts", `import { init } from "rclnodejs"; init();`],
  ["electron/journal/store.ts", `import Database from "libsql"; new Database("a");`],
  ["electron/system/cpu.ts", `import { cpu } from "systeminformation"; cpu();`],
  ["electron/ipc/door.ts", `import { ipcMain } from "electron"; ipcMain.on("a", () => undefined);`],
  ["electron/preload.ts", `import { contextBridge } from "electron"; contextBridge.exposeInMainWorld("a", 1);`],
  ["electron/time/system.ts", `export const now = () => Date.now();`],
  ["renderer/pages/x.tsx", `import { ok } from "../../shared/result"; export const a = ok(1);`],
];

// Loading the configuration and the compiler takes seconds on a busy machine.
const slowTest = { timeout: 60_000 };

describe("the linter's walls", slowTest, () => {
  it.each(violations)("bites in %s on %s with %s", async (path, snippet, rule) => {
    expect(await firedRules(path, snippet)).toContain(rule);
  });

  it.each(allowed)("lets %s have %s", async (path, snippet) => {
    expect(await firedRules(path, snippet)).toEqual([]);
  });

  it("are not switched off by a comment anywhere", () => {
    const listed = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.ts", "*.tsx"], { cwd: root, encoding: "utf8" });
    const files = listed.stdout.split("\0").filter((path) => path !== "" && path !== "setup/walls.test.ts");
    expect(files.length).toBeGreaterThan(0);
    const offenders = files.filter((path) => /eslint-disable(?:-next-line|-line)?(?:\s*(?:\*\/|$|--)|.*\blydlr\/)/m.test(readFileSync(join(root, path), "utf8")));
    expect(offenders).toEqual([]);
  });
});

/** What the compiler says about a file added to a layer. */
function complaints(layer: string, source: string): readonly string[] {
  const configPath = join(root, layer, "tsconfig.json");
  const config = ts.getParsedCommandLineOfConfigFile(configPath, {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined });
  if (config === undefined) throw new Error(`${configPath} cannot be read`);
  const addedPath = join(root, layer, "added-by-a-test.ts");
  const host = ts.createCompilerHost(config.options);
  const readSource = host.getSourceFile.bind(host);
  host.getSourceFile = (path, options) => (path === addedPath ? ts.createSourceFile(path, source, options) : readSource(path, options));
  const program = ts.createProgram([addedPath, join(root, "shared", "ambient.d.ts")], config.options, host);
  const added = program.getSourceFile(addedPath);
  return program.getSemanticDiagnostics(added).map((diagnostic) => ts.flattenDiagnosticMessageText(diagnostic.messageText, " "));
}

describe("the compiler's walls", slowTest, () => {
  it.each([
    ["shared", "process", "export const a = process.cwd();"],
    ["shared", "document", "export const a = document.title;"],
    ["shared", "setTimeout", "setTimeout(() => undefined, 1);"],
    ["electron", "document", "export const a = document.title;"],
    ["renderer", "process", "export const a = process.cwd();"],
  ])("%s/ does not compile with %s", (layer, name, source) => {
    expect(complaints(layer, source).join("\n")).toContain(`Cannot find name '${name}'`);
  });

  it("shared/ compiles with the language alone", () => {
    expect(complaints("shared", "export const a = new TextEncoder().encode([1, 2].map(String).join());")).toEqual([]);
  });
});

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright";
import { isRunning, readProcessTree } from "../e2e/app/processes";
import type { OpsBridge } from "../shared/contract/channels";
import { NotAvailable } from "./benchmark";

declare global {
  interface Window {
    readonly ops: OpsBridge;
  }
}

/** The project's folder; the bundle lies in its dist/. */
export const PROJECT = join(__dirname, "..");

const BARE_WINDOW = join(PROJECT, "bench", "bare-window");
const STARTS_WITHIN_MS = 60_000;
const LEAVES_WITHIN_MS = 8_000;

/** An Electron application that was started for a measurement. */
export interface StartedWindow {
  readonly pid: number;
  /** Unix ms right before the process was started. */
  readonly spawnedAtMs: number;
  /** Connects to its window as a debugger does; only for what was started to be watched. */
  page(): Promise<Page>;
  /** Ends it and waits until none of its processes is left. */
  stop(): Promise<void>;
}

/** What to start and how. */
export interface StartWindow {
  readonly what: "app" | "bare";
  readonly dataDir: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Opens a debugging port, so that `page` can be asked for. */
  readonly isWatched: boolean;
}

/** The Electron that `./lydlr` resolved. @throws NotAvailable without one or without a display. */
export function electronPath(): string {
  const path = process.env["LYDLR_ELECTRON"];
  if (path === undefined || path === "") throw new NotAvailable("no Electron runtime was resolved; run this by ./lydlr bench");
  return path;
}

/** The switches that `./lydlr` found to be needed here. */
export function electronSwitches(): readonly string[] {
  return (process.env["LYDLR_ELECTRON_ARGS"] ?? "").split(" ").filter((word) => word !== "");
}

/** Starts the application, or the bare window it is compared with, the same way. */
export function startWindow({ what, dataDir, args = [], env = {}, isWatched }: StartWindow): StartedWindow {
  const debugging = isWatched ? ["--remote-debugging-port=0"] : [];
  const target = what === "app" ? [PROJECT, "--data-dir", dataDir, ...args] : [BARE_WINDOW, dataDir];
  const spawnedAtMs = Date.now();
  const child = spawn(electronPath(), [...electronSwitches(), ...debugging, ...target], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = `${stderr}${chunk.toString()}`.slice(-20_000);
  });
  let browser: Browser | null = null;
  const { pid } = child;
  if (pid === undefined) throw new NotAvailable(`${electronPath()} could not be started`);
  return {
    pid,
    spawnedAtMs,
    async page() {
      const address = await until(() => /DevTools listening on (ws:\S+)/.exec(stderr)?.[1], () => `the window did not start: ${stderr.trim()}`);
      browser = await chromium.connectOverCDP(address);
      const [context] = browser.contexts();
      if (context === undefined) throw new NotAvailable("the window has no pages to watch");
      return context.pages()[0] ?? (await context.waitForEvent("page"));
    },
    async stop() {
      const processes = readProcessTree(pid);
      await browser?.close();
      child.kill("SIGTERM");
      const untilMs = performance.now() + LEAVES_WITHIN_MS;
      while (processes.some(isRunning) && performance.now() < untilMs) await passed(50);
      for (const { pid: left } of processes.filter(isRunning)) process.kill(left, "SIGKILL");
    },
  };
}

/** Resolves after so many milliseconds. */
export function passed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

async function until<Value>(look: () => Value | undefined, complaint: () => string): Promise<Value> {
  const untilMs = performance.now() + STARTS_WITHIN_MS;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > untilMs) throw new NotAvailable(complaint());
    await passed(10);
  }
}

/** Runs something with a fresh data folder that goes away afterwards. */
export async function withDataDir<Value>(use: (dataDir: string) => Promise<Value>): Promise<Value> {
  const dataDir = mkdtempSync(join(tmpdir(), "lydlr-bench-"));
  try {
    return await use(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Starts the application once, so that the next start with the folder opens the fleet page. */
export async function leaveFirstStart(dataDir: string): Promise<void> {
  const started = startWindow({ what: "app", dataDir, isWatched: true });
  try {
    const page = await started.page();
    await page.waitForFunction(() => "ops" in window);
    await page.evaluate(() => window.ops.invoke("app/seen-first-start", {}));
  } finally {
    await started.stop();
  }
}

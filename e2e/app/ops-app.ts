import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { _electron, type ConsoleMessage, type ElectronApplication, type Page } from "@playwright/test";
import type { OpsBridge } from "../../shared/contract/channels";
import { isRunning, readProcessTree, type ProcessFact } from "./processes";

declare global {
  interface Window {
    readonly ops: OpsBridge;
  }
}

/** The project's folder, which is the application's. */
export const PROJECT = join(import.meta.dirname, "..", "..");

/** How an application is started for a test. */
export interface LaunchOptions {
  /** Added to the command line after the application's folder. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Kept afterwards; absent: a fresh folder that goes with the application. */
  readonly dataDir?: string;
  /** Records what the test does and the page at each step; without a film, which would cost a core. */
  readonly trace?: boolean;
}

/** The running application. */
export interface OpsApp {
  readonly electron: ElectronApplication;
  readonly page: Page;
  readonly dataDir: string;
  /** What the main process and its children wrote to stderr. */
  stderr(): string;
  /** Errors of the window's console and uncaught exceptions since the start; a refused resource is one. */
  troubles(): readonly string[];
  /** Forgets them: for a test that provokes refusals on purpose. */
  forgetTroubles(): void;
  /** Every process of the application. */
  processes(): readonly ProcessFact[];
  /** A PNG of the window as it is on screen; the page is not touched for it. */
  picture(): Promise<Buffer>;
  /** Quits as an operator does. @returns the processes that are still there after 5 s; none is right. */
  quit(): Promise<readonly ProcessFact[]>;
}

const LEAVES_WITHIN_MS = 5_000;

/** The Electron under test, as `./lydlr` resolved it. */
export function electronPath(): string {
  const path = process.env["LYDLR_ELECTRON"];
  if (path === undefined || path === "") throw new Error("LYDLR_ELECTRON is not set: run this by ./lydlr test e2e");
  return path;
}

/** Switches before the application's folder: root has no sandbox, and `./lydlr` knows of other places without one. */
export function electronSwitches(): readonly string[] {
  const given = process.env["LYDLR_ELECTRON_ARGS"];
  if (given !== undefined) return given.split(" ").filter((word) => word !== "");
  return process.getuid?.() === 0 ? ["--no-sandbox"] : [];
}

/** A fresh folder for the application's data. */
export function freshDataDir(): string {
  return mkdtempSync(join(tmpdir(), "lydlr-e2e-"));
}

/** Starts the application and waits for its window. */
export async function launchOps(options: LaunchOptions = {}): Promise<OpsApp> {
  const dataDir = options.dataDir ?? freshDataDir();
  const electron = await _electron.launch({
    executablePath: electronPath(),
    // The sandbox is as in a real start; Playwright would switch it off by itself.
    chromiumSandbox: !electronSwitches().includes("--no-sandbox"),
    args: [...electronSwitches(), PROJECT, "--data-dir", dataDir, "--seed", "7", ...(options.args ?? [])],
    // A ROS 2 that is set up on this machine is not found there: these tests are of the embedded fleet.
    env: { ...environment(), XDG_DATA_HOME: join(dataDir, "xdg"), ...options.env },
  });
  repeatWhatWasCollected(electron);
  let stderr = "";
  electron.process().stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const troubles: string[] = [];
  const onConsole = (message: ConsoleMessage): void => {
    if (message.type() === "error" || message.type() === "warning") troubles.push(`console ${message.type()}: ${message.text()}`);
  };
  const onWindow = (page: Page): void => {
    page.on("console", onConsole);
    page.on("pageerror", (error) => troubles.push(`uncaught: ${error.stack ?? error.message}`));
    page.on("crash", () => troubles.push("the window's process crashed"));
  };
  for (const page of electron.windows()) onWindow(page);
  electron.on("window", onWindow);
  if (options.trace === true) await electron.context().tracing.start({ snapshots: true });
  const page = await electron.firstWindow();
  const rootPid = electron.process().pid ?? 0;
  const processes = (): readonly ProcessFact[] => readProcessTree(rootPid);
  return {
    electron,
    page,
    dataDir,
    stderr: () => stderr,
    troubles: () => troubles,
    forgetTroubles() {
      troubles.length = 0;
    },
    processes,
    async picture() {
      const encoded = await electron.evaluate(async ({ BrowserWindow }) => {
        const [window] = BrowserWindow.getAllWindows();
        if (window === undefined) throw new Error("there is no window");
        return (await window.webContents.capturePage()).toPNG().toString("base64");
      });
      return Buffer.from(encoded, "base64");
    },
    async quit() {
      const before = processes();
      await electron.close();
      const left = await untilGone(before);
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
      return left;
    },
  };
}

/**
 * The debugger sometimes loses the promise of an answer to the main process's garbage collector, before it
 * could read it. What tests evaluate there can be done twice.
 */
function repeatWhatWasCollected(electron: ElectronApplication): void {
  const evaluate = electron.evaluate.bind(electron) as (...args: readonly unknown[]) => Promise<unknown>;
  Object.assign(electron, {
    evaluate: (...args: readonly unknown[]) =>
      evaluate(...args).catch((error: unknown) => {
        if (String(error).includes("promise was garbage collected")) return evaluate(...args);
        throw error;
      }),
  });
}

async function untilGone(processes: readonly ProcessFact[]): Promise<readonly ProcessFact[]> {
  const untilMs = performance.now() + LEAVES_WITHIN_MS;
  let left = processes.filter(isRunning);
  while (left.length > 0 && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    left = left.filter(isRunning);
  }
  return left;
}

function environment(): Record<string, string> {
  const kept = Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return Object.fromEntries(kept);
}

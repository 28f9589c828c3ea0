import { readFileSync } from "node:fs";
import { arch, platform, release } from "node:os";
import { join } from "node:path";
import { app, session, type BrowserWindow } from "electron";
import * as v from "valibot";
import type { Hello, WindowCommand } from "../shared/contract/channels";
import type { Failure } from "../shared/result";
import { openComparisonDesk } from "./comparison/desk";
import { startEngine, type Engine } from "./engine";
import { openPushes, type Pushes } from "./ipc/pushes";
import { registerRequests } from "./ipc/requests";
import { openPolicyCostDesk } from "./policy-cost/desk";
import { openSelftestDesk } from "./selftest/desk";
import { SetupDesk } from "./ros2-setup/setup-desk";
import { setupEvent } from "./ros2-setup/setup-event";
import { parseStartOptions, type StartOptions } from "./start-options";
import { electronUtilityProcess } from "./supervision/utility-process";
import { systemTimers } from "./time/system-timers";
import { appProcesses } from "./window/app-processes";
import { APP_ORIGIN } from "./window/app-files";
import { declareAppScheme, serveApp } from "./window/content";
import { applyTheme, openMainWindow } from "./window/main-window";
import { openAlertNotices } from "./window/alert-notices";
import { installMenu } from "./window/menu";
import { printPage } from "./window/print-page";
import { relaunchArguments } from "./window/relaunch-arguments";
import type { Ros2Desk } from "./window/ros2-handlers";
import { requestHandlers, type Surroundings } from "./window/request-handlers";

const WINDOW_FACT = "window";
/** A quit that takes longer than this is forced: the journal is synced at every write anyway. */
const QUIT_WITHIN_MS = 3_000;

/** The options follow the application's folder on the command line; an installed app has no folder there. */
function ownArguments(argv: readonly string[]): readonly string[] {
  if (app.isPackaged && !process.defaultApp) return argv.slice(1).filter((argument) => argument !== "--no-sandbox");
  const folder = argv.findIndex((argument, index) => index > 0 && !argument.startsWith("-"));
  return folder < 0 ? [] : argv.slice(folder + 1);
}

function fileText(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8")) as unknown;
}

const buildInfoSchema = v.object({ version: v.string(), commit: v.string() });
const sourceSchema = v.fallback(v.picklist(["override", "download", "npm-fallback"]), "download");

function surroundings({ domainId }: StartOptions): Surroundings {
  const build = v.parse(buildInfoSchema, fileText(join(__dirname, "build-info.json")));
  const { electron, chrome, node } = process.versions;
  const source: Hello["electronSource"] = app.isPackaged && !process.defaultApp
    ? "packaged"
    : process.env["LYDLR_ELECTRON_SOURCE"] === undefined
      ? "unknown"
      : v.parse(sourceSchema, process.env["LYDLR_ELECTRON_SOURCE"]);
  return {
    appVersion: build.version,
    commit: build.commit,
    electron,
    chromium: chrome,
    node,
    electronSource: source,
    platform: `${platform()} ${release()} ${arch()}`,
    domainOption: domainId,
  };
}

function refuse({ code, message }: Failure): void {
  process.stderr.write(`${code}: ${message}\n`);
  app.exit(code === "BAD_USAGE" ? 2 : 1);
}

/** Builds everything that has a window, and takes it down in order: window, engine, journal. */
async function run(options: StartOptions): Promise<void> {
  const around = surroundings(options);
  const started = await startEngine({
    options,
    appVersion: around.appVersion,
    runtimeProcesses: appProcesses(systemTimers),
    modelsDir: join(app.getAppPath(), "models"),
    inferenceEntry: join(__dirname, "inference-host.cjs"),
    verifierEntry: join(__dirname, "verifier-host.cjs"),
    ros2Entry: join(__dirname, "ros2-host.cjs"),
    historyEntry: join(__dirname, "history-thread.cjs"),
    spawn: electronUtilityProcess,
    environment: process.env,
  });
  if (!started.ok) {
    refuse(started.error);
    return;
  }
  const engine: Engine = started.value;
  let window: BrowserWindow | null = null;
  let pushes: Pushes | null = null;
  const comparison = openComparisonDesk({
    spawn: electronUtilityProcess,
    entry: join(__dirname, "comparison-host.cjs"),
    timers: systemTimers,
    places: engine.registry.places,
    tell: (view) => pushes?.send("push/comparison", view),
  });

  const selftest = openSelftestDesk({
    spawn: electronUtilityProcess,
    entry: join(__dirname, "selftest-host.cjs"),
    tell: (progress) => pushes?.send("push/selftest", progress),
  });

  const setup = new SetupDesk({
    commands: app.isPackaged && !process.defaultApp ? null : join(__dirname, "commands.cjs"),
    environment: process.env,
    clock: systemTimers,
    tell: (view) => {
      pushes?.send("push/ros2-set-up", view);
      const draft = setupEvent(view);
      if (draft !== null) engine.operations.note(draft);
    },
  });
  const ros2: Ros2Desk = {
    setup,
    trial: { spawn: electronUtilityProcess, entry: join(__dirname, "ros2-host.cjs"), timers: systemTimers, environment: process.env },
    relaunch: (link) => {
      app.relaunch({ args: relaunchArguments(process.argv, link) });
      app.quit();
    },
  };

  engine.reports.usePrinter(printPage);
  serveApp(session.defaultSession, join(__dirname, "renderer"));
  applyTheme(engine.operations.settings().theme);
  const policyCost = openPolicyCostDesk(join(__dirname, "policy-cost.cjs"));
  registerRequests(requestHandlers(engine, comparison, ros2, policyCost, selftest, () => window, around), {
    isTrusted: (event) =>
      window !== null &&
      event.senderFrame === window.webContents.mainFrame &&
      event.senderFrame.origin === APP_ORIGIN,
    onTrouble: (sentence) => {
      process.stderr.write(`lydlr: ${sentence}\n`);
      engine.operations.note({ event: "trouble", nodeId: null, actor: "engine", sentence: sentence.slice(0, 400), detail: {} });
    },
  });
  const tell = (command: WindowCommand): void => {
    pushes?.send("push/window-command", command);
  };
  installMenu(tell);

  const open = (): void => {
    window = openMainWindow({
      preload: join(__dirname, "preload.cjs"),
      query: process.env["LYDLR_MEASURE"] === "1" ? "?measure=1" : "",
      memory: {
        read: () => engine.journal.readFact(WINDOW_FACT),
        write: (text) => {
          engine.journal.writeFact(WINDOW_FACT, text);
        },
      },
    });
    pushes = openPushes(window.webContents);
    window.webContents.on("render-process-gone", (_event, details) => {
      process.stderr.write(`lydlr: the window's process ended (${details.reason}); it is loaded again\n`);
      if (details.reason !== "clean-exit") window?.webContents.reload();
    });
    window.on("closed", () => {
      pushes?.dispose();
      pushes = null;
      window = null;
    });
  };
  open();
  const notify = openAlertNotices({
    window: () => window,
    isWanted: () => engine.operations.settings().desktopNotifications,
    first: engine.alerts.view(),
    open: (alertId) => {
      window?.show();
      window?.focus();
      pushes?.send("push/open-alert", { alertId });
    },
  });
  engine.alerts.onChange((view) => {
    pushes?.send("push/alerts", view);
    notify(view);
  });
  engine.operations.onSnapshot((snapshot) => pushes?.snapshot(snapshot));
  engine.system.onView((view) => pushes?.send("push/system", view));
  engine.history.onProgress((progress) => pushes?.send("push/history", progress));
  engine.registry.onPush((push) => pushes?.send("push/models", push));
  engine.operations.rollouts.onChange((views) => pushes?.send("push/rollouts", views));
  engine.operations.abTests.onChange((push) => pushes?.send("push/abtest", push));
  engine.reports.onChange((view) => pushes?.send("push/report", view));
  engine.operations.policy.onChange((policy) => pushes?.send("push/policy", policy));
  engine.operations.onSettings((settings) => {
    applyTheme(settings.theme);
    pushes?.send("push/settings", settings);
  });
  app.on("second-instance", () => {
    if (window === null) return;
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on("activate", () => {
    if (window === null) open();
  });

  let isQuitting = false;
  app.on("will-quit", (event) => {
    if (isQuitting) return;
    isQuitting = true;
    event.preventDefault();
    setTimeout(() => {
      app.exit(0);
    }, QUIT_WITHIN_MS);
    comparison.close();
    selftest.close();
    void Promise.all([engine.stop(), setup.cancel()]).finally(() => {
      app.exit(0);
    });
  });
}

function main(): void {
  const options = parseStartOptions(ownArguments(process.argv), process.env);
  if (!options.ok) {
    refuse(options.error);
    return;
  }
  app.setPath("userData", join(options.value.dataDir, "window"));
  declareAppScheme();
  // As root Chromium's own sandbox cannot start (--no-sandbox); forcing it would end every process.
  if (!app.commandLine.hasSwitch("no-sandbox")) app.enableSandbox();
  app.on("web-contents-created", (_event, contents) => {
    contents.on("will-attach-webview", (event) => {
      event.preventDefault();
    });
  });
  app.on("window-all-closed", () => {
    app.quit();
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      app.quit();
    });
  }
  if (!app.requestSingleInstanceLock()) {
    process.stderr.write("lydlr: it is already running with this data folder; its window was brought to the front\n");
    app.exit(0);
    return;
  }
  void app.whenReady().then(() => run(options.value));
}

main();

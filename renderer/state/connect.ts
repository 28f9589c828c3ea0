import type { Dispose } from "../../shared/time";
import { readAbTests, takeAbTests } from "./abtests";
import { openAlert, readAlerts, takeAlerts } from "./alerts";
import { readComparison, takeComparison } from "./comparison";
import { takeHistoryProgress } from "./history";
import { readPolicy, takePolicy } from "./policy";
import { goByName, isGoing, openOverlay } from "./navigation";
import { request, subscribe } from "./ops";
import { readFleet, takeFailure, takeHello, takeSettings, takeSnapshot } from "./store";
import { takeRegistryPush } from "./registry";
import { takeSelftestProgress } from "./selftest";
import { saveSettings } from "./settings";
import { openReport, readReport, takeReport } from "./reports";
import { readRollouts, takeRollouts } from "./rollouts";
import { readSetup, takeSetup } from "./ros2-setup";
import { readSystem, takeSystem, takeSystemFailure } from "./system";
import type { WindowCommand } from "../../shared/contract/channels";
import { assertNever } from "../../shared/result";

/** Asks who the main process is and what the fleet looks like now; a failure is shown, and can be retried. */
export async function introduce(): Promise<void> {
  const hello = await request("app/hello", {});
  if (hello.ok) takeHello(hello.value);
  else takeFailure(hello.error);
  const arrivedAtMs = performance.now();
  const snapshot = await request("fleet/snapshot", {});
  if (snapshot.ok) takeSnapshot(snapshot.value, arrivedAtMs);
}

/** Feeds the store from the pushes. */
export function connect(): Dispose {
  const disposals = [
    subscribe("push/snapshot", (snapshot) => takeSnapshot(snapshot, performance.now()), takeFailure),
    subscribe("push/settings", takeSettings, takeFailure),
    subscribe("push/window-command", obey, takeFailure),
    subscribe("push/comparison", takeComparison, takeFailure),
    subscribe("push/rollouts", takeRollouts, takeFailure),
    subscribe("push/abtest", takeAbTests, takeFailure),
    subscribe("push/report", takeReport, takeFailure),
    subscribe("push/ros2-set-up", takeSetup, takeFailure),
    subscribe("push/models", takeRegistryPush, takeFailure),
    subscribe("push/policy", takePolicy, takeFailure),
    subscribe("push/selftest", takeSelftestProgress, takeFailure),
    subscribe("push/system", takeSystem, takeSystemFailure),
    subscribe("push/history", takeHistoryProgress, takeFailure),
    subscribe("push/alerts", takeAlerts, takeFailure),
    subscribe("push/open-alert", ({ alertId }) => openAlert(alertId), takeFailure),
  ];
  void introduce();
  void readSetup();
  void readComparison();
  void readPolicy();
  void readRollouts();
  void readAbTests();
  void readSystem();
  void readReport();
  void readAlerts();
  return () => {
    for (const dispose of disposals) dispose();
  };
}

/** Does what a menu item asks. */
function obey(command: WindowCommand): void {
  if (isGoing(command)) return goByName(command);
  switch (command) {
    case "open-palette":
      return openOverlay("palette");
    case "open-keys":
      return openOverlay("keys");
    case "open-faults":
      return openOverlay("faults");
    case "open-report":
      return openReport([]);
    case "toggle-theme":
      return toggleTheme();
    default:
      return assertNever(command);
  }
}

/** From what is shown now to the other theme. */
export function toggleTheme(): void {
  const { theme } = readFleet().settings;
  const isDark = theme === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
  void saveSettings({ theme: isDark ? "light" : "dark" });
}

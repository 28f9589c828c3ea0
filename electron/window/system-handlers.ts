import { dialog, type BrowserWindow } from "electron";
import { fail, ok } from "../../shared/result";
import type { RequestHandlers } from "../ipc/answer";
import type { SystemMonitor } from "../system/system-monitor";

type SystemRequests = Pick<RequestHandlers, "system/now" | "system/summary" | "system/series" | "system/export">;

/** Answers the window's requests about machines. */
export function systemHandlers(monitor: SystemMonitor, window: () => BrowserWindow | null): SystemRequests {
  return {
    "system/now": () => ok(monitor.view()),
    "system/summary": () => ok(monitor.getPerformanceSummary()),
    "system/series": ({ rangeMs, maxPoints }) => ok(monitor.getSeries(rangeMs, maxPoints)),
    "system/export": async () => {
      const parent = window();
      if (parent === null) return fail("NOT_AVAILABLE", "There is no window to ask for a file name in.");
      const { host, atMs } = monitor.getSystemStats();
      const chosen = await dialog.showSaveDialog(parent, {
        title: "Export the performance report",
        defaultPath: `lydlr-${host.hostname}-${new Date(atMs).toISOString().slice(0, 16).replace(":", "")}.json`,
        filters: [{ name: "JSON", extensions: ["json"] }],
      });
      if (chosen.canceled || chosen.filePath === "") return fail("CANCELLED", "Nothing was exported.");
      return monitor.exportReport(chosen.filePath);
    },
  };
}

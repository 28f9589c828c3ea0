import { dialog, type BrowserWindow } from "electron";
import type { SystemSeries } from "../../shared/contract/system";
import { RecordedBuckets } from "../../shared/system/recorded-series";
import { fail, ok } from "../../shared/result";
import type { RequestHandlers } from "../ipc/answer";
import { breathe } from "../reports/breathe";
import type { MachineLog } from "../system/machine-log";
import type { SystemMonitor } from "../system/system-monitor";

type SystemRequests = Pick<RequestHandlers, "system/now" | "system/summary" | "system/series" | "system/export">;

/** A stretch that is over. What rose is told of now alone. */
async function recordedSeries(recorded: Pick<MachineLog, "read">, fromMs: number, toMs: number, maxPoints: number): Promise<SystemSeries> {
  const buckets = new RecordedBuckets(fromMs, toMs, maxPoints);
  for await (const batch of recorded.read(fromMs, toMs)) {
    buckets.take(batch);
    await breathe();
  }
  const { columns, ...rest } = buckets.series();
  return { fromMs, toMs, ...rest, columns: { ...columns }, cpuBusy: null, fleetSlow: null };
}

/** Answers the window's requests about machines. */
export function systemHandlers(monitor: SystemMonitor, recorded: Pick<MachineLog, "read">, window: () => BrowserWindow | null): SystemRequests {
  return {
    "system/now": () => ok(monitor.view()),
    "system/summary": () => ok(monitor.getPerformanceSummary()),
    "system/series": async ({ rangeMs, maxPoints, toMs }) => ok(toMs === undefined ? monitor.getSeries(rangeMs, maxPoints) : await recordedSeries(recorded, toMs - rangeMs, toMs, maxPoints)),
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

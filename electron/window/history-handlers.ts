import { dialog, type BrowserWindow } from "electron";
import type { HISTORY_REQUESTS } from "../../shared/contract/history";
import { fail, ok, type Result } from "../../shared/result";
import type { Engine } from "../engine";
import type { RequestHandlers } from "../ipc/answer";

/** Answers the window's requests about the history. */
export function historyHandlers({ history }: Engine, window: () => BrowserWindow | null): Pick<RequestHandlers, keyof typeof HISTORY_REQUESTS> {
  /** The window never names a path: the system's own dialog does. */
  const fileName = async (title: string, defaultPath: string, extension: string): Promise<Result<string>> => {
    const parent = window();
    if (parent === null) return fail("NOT_AVAILABLE", "There is no window to ask for a file name in.");
    const chosen = await dialog.showSaveDialog(parent, { title, defaultPath, filters: [{ name: extension.toUpperCase(), extensions: [extension] }] });
    return chosen.canceled || chosen.filePath === "" ? fail("CANCELLED", "No file was written.") : ok(chosen.filePath);
  };
  return {
    "history/status": async () => ok(await history.status()),
    "history/retain": (retention) => history.retain(retention),
    "history/range": (asked) => history.range(asked),
    "history/check": async () => {
      const checked = await history.check();
      return checked.ok ? ok({ ...checked.value }) : checked;
    },
    "history/backup": async () => {
      const path = await fileName("Back up the history", "history-backup.db", "db");
      if (!path.ok) return path;
      const written = await history.backUp(path.value);
      return written.ok ? ok({ ...written.value }) : written;
    },
    "history/export": async ({ nodeIds, fromMs, toMs }) => {
      const path = await fileName("Export samples", `${nodeIds.length === 1 ? (nodeIds[0] ?? "samples") : "samples"}.csv`, "csv");
      if (!path.ok) return path;
      const written = await history.exportCsv({ fleet: null, nodeIds, fromMs, toMs }, path.value);
      return written.ok ? ok({ ...written.value }) : written;
    },
    "history/cancel": () => {
      history.cancel();
      return ok({});
    },
  };
}

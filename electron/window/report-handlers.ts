import { existsSync } from "node:fs";
import { dialog, shell, type BrowserWindow } from "electron";
import type { REPORT_REQUESTS } from "../../shared/contract/reports";
import { endingOf, formatOfFile, type ReportFormat } from "../../shared/report/formats";
import type { ReportScope } from "../../shared/report/scope";
import { fail, ok, type Result } from "../../shared/result";
import type { Engine } from "../engine";
import type { RequestHandlers } from "../ipc/answer";

const NAMES: Readonly<Record<ReportFormat, string>> = {
  html: "Web page",
  pdf: "PDF",
  json: "JSON",
  csv: "CSV, samples",
  "summary-csv": "CSV, figures",
  "events-csv": "CSV, events",
  "host-csv": "CSV, this machine",
  mcap: "MCAP",
};

/** A name for the file: `lydlr-report-20261124-1405-1505`, in UTC as everything in it. */
function proposedName({ fromMs, toMs }: ReportScope, format: ReportFormat): string {
  const minute = (atMs: number): string => new Date(atMs).toISOString().slice(0, 16).replaceAll(/[-:]/g, "").replace("T", "-");
  const from = minute(fromMs);
  const to = minute(toMs);
  return `lydlr-report-${from}-${to.startsWith(from.slice(0, 8)) ? to.slice(9) : to}${endingOf(format)}`;
}

async function choosePath(parent: BrowserWindow, scope: ReportScope, format: ReportFormat): Promise<Result<string>> {
  const ending = endingOf(format);
  const chosen = await dialog.showSaveDialog(parent, {
    title: "Write the report to",
    defaultPath: proposedName(scope, format),
    filters: [{ name: NAMES[format], extensions: [ending.slice(ending.lastIndexOf(".") + 1)] }],
  });
  if (chosen.canceled || chosen.filePath === "") return fail("CANCELLED", "No report was written.");
  const { filePath } = chosen;
  const asked = formatOfFile(filePath);
  if (asked.ok && asked.value === format) return ok(filePath);
  // The dialog has asked whether the name as it was typed may be replaced, not this one.
  const completed = filePath + ending;
  if (existsSync(completed)) return fail("FILE_WRITE_FAILED", `${completed} is there already. Choose it in the dialog to replace it, or another name.`);
  return ok(completed);
}

/** Answers the window's requests about reports. */
export function reportHandlers({ reports, operations, models }: Engine, window: () => BrowserWindow | null): Pick<RequestHandlers, keyof typeof REPORT_REQUESTS> {
  return {
    "reports/survey": async () => {
      const nodes = await reports.source.nodes();
      if (!nodes.ok) return nodes;
      const ran = operations.snapshot().nodes.flatMap(({ history }) => history.map(({ version }) => version));
      const registered = (await models()).map(({ version }) => version);
      const versions = [...new Set([...registered, ...ran.filter((version) => version !== null)])];
      return ok({ nodeIds: [...nodes.value], versions, store: await reports.source.store(), whyNoPdf: reports.whyNoPdf });
    },
    "reports/state": () => ok(reports.view),
    "reports/write": async ({ format, ...scope }) => {
      const parent = window();
      if (parent === null) return fail("NOT_AVAILABLE", "There is no window to ask for a file name in.");
      const path = await choosePath(parent, scope, format);
      if (!path.ok) return path;
      const ended = reports.write({ scope, path: path.value, by: "window" });
      const { view } = reports;
      if (view.phase === "writing" && view.path === path.value) return ok({ path: path.value });
      // It was refused: nothing was begun.
      const refused = await ended;
      return refused.ok ? ok({ path: path.value }) : refused;
    },
    "reports/cancel": () => {
      reports.cancel();
      return ok({});
    },
    "reports/show": () => {
      const { view } = reports;
      if (view.phase !== "done") return fail("NOT_AVAILABLE", "No report was written yet.");
      shell.showItemInFolder(view.file.path);
      return ok({});
    },
  };
}

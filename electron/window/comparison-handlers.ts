import { basename } from "node:path";
import { dialog, type BrowserWindow } from "electron";
import type { COMPARISON_REQUESTS } from "../../shared/contract/comparison";
import { fail, ok, type Result } from "../../shared/result";
import type { ComparisonDesk } from "../comparison/desk";
import { comparisonReport } from "../comparison/report";
import { folderScenes } from "../comparison/frame-sets";
import type { RequestHandlers } from "../ipc/answer";
import { writeFileAtomically } from "../reports/atomic-file";

/** Answers the window's requests about the comparison of two versions. */
export function comparisonHandlers(
  desk: ComparisonDesk,
  window: () => BrowserWindow | null,
): Pick<RequestHandlers, keyof typeof COMPARISON_REQUESTS> {
  // The window never names a path: it can only compare what was chosen in the system's own dialog.
  let imagesFolder: string | null = null;
  return {
    "comparison/start": (order) => desk.start(order, imagesFolder),
    "comparison/cancel": () => {
      desk.cancel();
      return ok({});
    },
    "comparison/state": () => ok(desk.view()),
    "comparison/frame": ({ comparisonId, frame, levelA, levelB }) => desk.show(comparisonId, frame, levelA, levelB),
    "comparison/choose-images": async () => {
      const parent = window();
      if (parent === null) return noWindow();
      const chosen = await dialog.showOpenDialog(parent, {
        title: "A folder of pictures (png, jpg) to compare on",
        properties: ["openDirectory"],
      });
      const [folder] = chosen.filePaths;
      if (chosen.canceled || folder === undefined) return fail("CANCELLED", "No folder was chosen.");
      const scenes = await folderScenes(folder);
      if (!scenes.ok) return scenes;
      imagesFolder = folder;
      return ok({ folder: basename(folder), pictures: scenes.value.length });
    },
    "comparison/export": async () => {
      const view = desk.view();
      if (view.phase !== "done") return fail("NOT_AVAILABLE", "Nothing has been compared yet.");
      const parent = window();
      if (parent === null) return noWindow();
      const chosen = await dialog.showSaveDialog(parent, {
        title: `Export the comparison of ${view.versionA} and ${view.versionB}`,
        defaultPath: `compare-${view.versionA}-${view.versionB}.json`,
        filters: [{ name: "JSON", extensions: ["json"] }],
      });
      if (chosen.canceled || chosen.filePath === "") return fail("CANCELLED", "Nothing was exported.");
      const written = await writeFileAtomically(chosen.filePath, comparisonReport(view.comparison));
      return written.ok ? ok({ path: chosen.filePath }) : written;
    },
  };
}

function noWindow(): Result<never> {
  return fail("NOT_AVAILABLE", "There is no window to ask for a file name in.");
}

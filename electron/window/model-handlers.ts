import { dialog, type BrowserWindow } from "electron";
import { fail, ok } from "../../shared/result";
import type { MODEL_REQUESTS } from "../../shared/contract/models";
import type { RequestHandlers } from "../ipc/answer";
import type { ModelDesk } from "../registry/model-desk";

/** Answers the window's requests about the registry. */
export function modelHandlers(registry: ModelDesk, window: () => BrowserWindow | null): Pick<RequestHandlers, keyof typeof MODEL_REQUESTS> {
  return {
    "models/registry": () => registry.view(),
    "models/verify": ({ key }) => registry.verify(key),
    "models/set-alias": ({ alias, version }) => registry.setAlias(alias, version),
    "models/import": async ({ paths }) => ok([...(await registry.importPaths(paths))]),
    "models/choose-import": async ({ what }) => {
      const parent = window();
      if (parent === null) return fail("NOT_AVAILABLE", "There is no window to ask for a file in.");
      const chosen = await dialog.showOpenDialog(parent, {
        title: what === "folder" ? "Import the version in a folder" : "Import versions",
        properties: what === "folder" ? ["openDirectory"] : ["openFile", "multiSelections"],
        filters: [{ name: "Model versions", extensions: ["zip", "tgz", "gz", "pth"] }],
      });
      if (chosen.canceled || chosen.filePaths.length === 0) return fail("CANCELLED", "Nothing was imported.");
      return ok([...(await registry.importPaths(chosen.filePaths))]);
    },
  };
}

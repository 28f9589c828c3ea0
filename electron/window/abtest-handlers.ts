import { dialog, type BrowserWindow } from "electron";
import type { ABTEST_REQUESTS } from "../../shared/contract/abtest";
import { fail, ok } from "../../shared/result";
import type { RequestHandlers } from "../ipc/answer";
import type { Operations } from "../operations/operations";
import { writeFileAtomically } from "../reports/atomic-file";

/** Answers the window's requests about A/B tests. */
export function abTestHandlers({ abTests }: Pick<Operations, "abTests">, window: () => BrowserWindow | null): Pick<RequestHandlers, keyof typeof ABTEST_REQUESTS> {
  return {
    "abtests/list": () => ok(abTests.list()),
    "abtests/preview": async (setup) => ok(await abTests.preview(setup)),
    "abtests/start": ({ setup, requestId }) => abTests.start(setup, requestId),
    "abtests/stop": ({ testId, restoreVersion }) => abTests.stop(testId, restoreVersion),
    "abtests/view": ({ testId }) => abTests.view(testId),
    "abtests/traces": ({ testId, maxPoints }) => abTests.traces(testId, maxPoints),
    "abtests/promotion": ({ testId }) => abTests.promotion(testId),
    "abtests/promote": ({ testId, plan }) => abTests.promote(testId, plan),
    "abtests/reproduce": ({ testId }) => abTests.reproduce(testId),
    "abtests/export": async ({ testId }) => {
      const report = abTests.report(testId);
      if (!report.ok) return report;
      const parent = window();
      if (parent === null) return fail("NOT_AVAILABLE", "There is no window to ask for a file name in.");
      const chosen = await dialog.showSaveDialog(parent, { title: `Export ${testId}`, defaultPath: `${testId}.json`, filters: [{ name: "JSON", extensions: ["json"] }] });
      if (chosen.canceled || chosen.filePath === "") return fail("CANCELLED", "Nothing was exported.");
      const written = await writeFileAtomically(chosen.filePath, report.value);
      return written.ok ? ok({ path: chosen.filePath }) : written;
    },
  };
}

import { clipboard, dialog, type BrowserWindow } from "electron";
import type { Hello } from "../../shared/contract/channels";
import { fail, ok } from "../../shared/result";
import type { ComparisonDesk } from "../comparison/desk";
import type { Engine } from "../engine";
import type { RequestHandlers } from "../ipc/answer";
import { writeFileAtomically } from "../reports/atomic-file";
import type { PolicyCostDesk } from "../policy-cost/desk";
import { alertHandlers } from "./alert-handlers";
import { judgingHandlers } from "./judging-handlers";
import type { SelftestDesk } from "../selftest/desk";
import { modelHandlers } from "./model-handlers";
import { policyHandlers } from "./policy-handlers";
import { samplesCsv } from "../reports/samples-csv";
import { abTestHandlers } from "./abtest-handlers";
import { comparisonHandlers } from "./comparison-handlers";
import { reportHandlers } from "./report-handlers";
import { historyHandlers } from "./history-handlers";
import { rolloutHandlers } from "./rollout-handlers";
import { ros2Handlers, type Ros2Desk } from "./ros2-handlers";
import { systemHandlers } from "./system-handlers";

/** The journal's note that the operator has left the first-start page. */
const SEEN_FIRST_START = "seen-first-start";

/** What the window asks about its surroundings, but for what the engine knows. */
export type Surroundings = Omit<Hello, "settings" | "findings" | "firstStart" | "dataDir" | "modelsDir">;

/** Answers the window's requests from the engine and the desktop. */
export function requestHandlers(
  engine: Engine,
  comparison: ComparisonDesk,
  ros2: Ros2Desk,
  policyCost: PolicyCostDesk,
  selftest: SelftestDesk,
  window: () => BrowserWindow | null,
  around: Surroundings,
): RequestHandlers {
  const { operations, journal } = engine;
  return {
    "app/hello": async () =>
      ok({
        ...around,
        dataDir: engine.dataDir,
        modelsDir: engine.modelsDir,
        settings: operations.settings(),
        findings: [...(await engine.findings())],
        firstStart: journal.readFact(SEEN_FIRST_START) === null,
      }),
    "app/seen-first-start": () => {
      const written = journal.writeFact(SEEN_FIRST_START, "yes");
      return written.ok ? ok({}) : written;
    },
    "app/copy-text": async ({ text }) => {
      await clipboard.writeText(text);
      return ok({});
    },
    "settings/change": (change) => operations.changeSettings(change),
    "fleet/snapshot": () => ok(operations.snapshot()),
    "fleet/deploy": (body) => operations.deployModel(body),
    "fleet/rollback": (body) => operations.rollbackModel(body),
    "fleet/deployment-status": () => ok(operations.getDeploymentStatus()),
    "fleet/malformed": ({ nodeId }) => ok(operations.malformedTally(nodeId ?? null)),
    "node/performance": ({ nodeId }) => operations.getNodePerformance(nodeId),
    "node/history": ({ nodeId, window: size }) => {
      const history = operations.getNodePerformanceHistory(nodeId, size);
      return history.ok ? ok([...history.value]) : history;
    },
    "node/series": ({ nodeId, rangeMs, maxPoints, toMs }) => operations.getSeries(nodeId, rangeMs, maxPoints, toMs),
    "node/export-csv": async ({ nodeId }) => {
      const rows = operations.exportRows(nodeId);
      if (!rows.ok) return rows;
      const parent = window();
      if (parent === null) return fail("NOT_AVAILABLE", "There is no window to ask for a file name in.");
      const chosen = await dialog.showSaveDialog(parent, {
        title: `Export the samples of ${nodeId}`,
        defaultPath: `${nodeId}.csv`,
        filters: [{ name: "CSV", extensions: ["csv"] }],
      });
      if (chosen.canceled || chosen.filePath === "") return fail("CANCELLED", "Nothing was exported.");
      const written = await writeFileAtomically(chosen.filePath, samplesCsv(nodeId, rows.value));
      return written.ok ? ok({ path: chosen.filePath, rows: rows.value.length }) : written;
    },
    "models/list": async () => ok([...(await engine.models())]),
    ...comparisonHandlers(comparison, window),
    ...historyHandlers(engine, window),
    ...ros2Handlers(ros2),
    ...modelHandlers(engine.registry, window),
    ...judgingHandlers(operations),
    ...alertHandlers(engine.alerts, engine.timeline),
    ...rolloutHandlers(operations),
    ...abTestHandlers(operations, window),
    ...reportHandlers(engine, window),
    ...policyHandlers(operations, policyCost, window),
    "selftest/run": () => selftest.run(),
    ...systemHandlers(engine.system, engine.machineLog, window),
    "faults/list": () => (engine.faults === null ? notEmbedded() : ok([...engine.faults.list()])),
    "faults/set": ({ nodeId, fault, level }) => {
      if (engine.faults === null) return notEmbedded();
      const set = engine.faults.set(nodeId, fault, level);
      if (!set.ok) return set;
      operations.note({
        event: level === 0 ? "fault-off" : "fault-on",
        nodeId,
        actor: "operator",
        sentence: level === 0 ? `Fault ${fault} switched off.` : `Fault ${fault} switched on, level ${level}.`,
        detail: { fault, level },
      });
      return ok([...engine.faults.list()]);
    },
    "link/retry": () => {
      engine.retryLink();
      return ok({});
    },
    "process/retry": () => {
      engine.retryInference();
      return ok({});
    },
    "events/recent": ({ limit }) => ok([...operations.recentEvents(limit)]),
  };
}

function notEmbedded(): ReturnType<typeof fail<"NOT_EMBEDDED">> {
  return fail("NOT_EMBEDDED", "Faults can be put on the embedded fleet only, never on real nodes.");
}

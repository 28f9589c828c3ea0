import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { LinkView } from "../../shared/contract/snapshot";
import type { Timers } from "../../shared/time";
import type { Journal } from "../journal/port";
import type { Operations } from "../operations/operations";
import { historyOr, type KeptHistory } from "./history-samples";
import { journalEvents } from "./journal-events";
import { recentSamples } from "./recent-samples";
import { ReportDesk } from "./report-desk";
import type { HostSource } from "./source";
import { openUnfinishedFiles } from "./unfinished";

/** What reports are made of. */
export interface ReportsParts {
  readonly operations: Operations;
  readonly journal: Journal;
  readonly history: KeptHistory;
  readonly host: HostSource;
  readonly timers: Timers;
  readonly dataDir: string;
}

const buildInfoSchema = v.object({ version: v.string(), commit: v.string() });

/** The version of the built program that runs. */
function appVersion(): string {
  const path = join(__dirname, "build-info.json");
  if (!existsSync(path)) return "unknown";
  const { version, commit } = v.parse(buildInfoSchema, JSON.parse(readFileSync(path, "utf8")));
  return `${version} (${commit})`;
}

/** What the samples of a link are of. */
function linkWords({ kind, seed, domainId }: LinkView): string {
  switch (kind) {
    case "embedded":
      return `embedded fleet, seed ${seed ?? "unknown"}`;
    case "ros2":
      return `ROS 2, domain ${domainId ?? "unknown"}`;
    case "recorded":
      return "recorded frames";
  }
}

/** Opens the desk that writes reports, and takes away what a killed application left half written. */
export async function openReports({ operations, journal, history, host, timers, dataDir }: ReportsParts): Promise<ReportDesk> {
  const unfinished = openUnfinishedFiles(join(dataDir, "exports"));
  for (const path of await unfinished.clear()) {
    operations.note({ event: "report-cleared", nodeId: null, actor: "engine", sentence: `The application ended while a report was written; its half file ${path} was taken away.`, detail: { path } });
  }
  return new ReportDesk({
    samples: historyOr(history, recentSamples(operations)),
    events: journalEvents(journal),
    host,
    origin: () => {
      const { link } = operations.snapshot();
      return { appVersion: appVersion(), link: linkWords(link), isEmbedded: link.kind === "embedded" };
    },
    timers,
    unfinished,
    note: (draft) => {
      operations.note(draft);
    },
  });
}

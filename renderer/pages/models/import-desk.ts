import { create } from "zustand";
import type { ImportOutcome } from "../../../shared/contract/models";
import type { Failure } from "../../../shared/result";
import { say } from "../../state/announce";
import { countOf } from "../../format/number";
import { request } from "../../state/ops";
import { readRegistry } from "../../state/registry";
import { changeDesk } from "./desk";

/** What became of the import that was asked for last. */
interface ImportDesk {
  readonly isRunning: boolean;
  readonly outcomes: readonly ImportOutcome[];
  /** Why nothing could be asked for at all. */
  readonly failure: Failure | null;
}

const useImportDesk = create<ImportDesk>(() => ({ isRunning: false, outcomes: [], failure: null }));

/** Paths that one request may carry. */
const MOST_PATHS = 16;

/** Reads what became of the last import. */
export function useImports(): ImportDesk {
  return useImportDesk();
}

/** Takes the outcomes off the screen. */
export function dismissImports(): void {
  useImportDesk.setState({ outcomes: [], failure: null });
}

type Asked = Awaited<ReturnType<typeof request<"models/import">>>;

async function follow(asked: Promise<Asked>): Promise<void> {
  useImportDesk.setState({ isRunning: true, outcomes: [], failure: null });
  const answer = await asked;
  if (!answer.ok) {
    useImportDesk.setState({ isRunning: false, failure: answer.error.code === "CANCELLED" ? null : answer.error });
    return;
  }
  useImportDesk.setState({ isRunning: false, outcomes: answer.value });
  const imported = answer.value.filter((outcome) => outcome.ok);
  const [first] = imported;
  if (first !== undefined) changeDesk({ selectedKey: first.key });
  say(importSentence(imported.length, answer.value.length - imported.length));
  await readRegistry();
}

function importSentence(imported: number, refused: number): string {
  if (refused === 0) return `${countOf(imported, "bundle")} imported.`;
  return imported === 0 ? `Nothing was imported: ${countOf(refused, "refusal")}.` : `${imported} imported, ${refused} refused.`;
}

/** Imports what lies at the paths. Too many or none are refused here. */
export async function importPaths(paths: readonly string[]): Promise<void> {
  const known = paths.filter((path) => path !== "");
  if (known.length === 0) {
    useImportDesk.setState({ outcomes: [], failure: { code: "NOT_A_MODEL", message: "What was dropped is no file or folder of this machine." } });
    return;
  }
  if (known.length > MOST_PATHS) {
    const message = `${known.length} files were dropped; at most ${MOST_PATHS} are imported at once. Drop the folder or archive of a bundle, not its files.`;
    useImportDesk.setState({ outcomes: [], failure: { code: "BAD_REQUEST", message } });
    return;
  }
  await follow(request("models/import", { paths: known }));
}

/** Asks for files or a folder and imports them. */
export async function chooseImport(what: "archives" | "folder"): Promise<void> {
  await follow(request("models/choose-import", { what }));
}

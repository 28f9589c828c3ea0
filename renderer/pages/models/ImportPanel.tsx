import { FileDown, FolderDown } from "lucide-react";
import type { ReactNode } from "react";
import type { ImportOutcome } from "../../../shared/contract/models";
import { Button, Glyph, Problem, VersionTag } from "../../design";
import { countOf } from "../../format/number";
import { useRegistry, useRegistryActivities } from "../../state/registry";
import { chooseImport, dismissImports, useImports } from "./import-desk";

/** Import by the system's own dialog: the way that needs no pointer. */
export function ImportButtons(): ReactNode {
  const { isRunning } = useImports();
  return (
    <>
      <Button kind="outline" isDisabled={isRunning} onPress={() => void chooseImport("folder")}>
        <FolderDown size={16} strokeWidth={1.75} aria-hidden />
        Import a folder…
      </Button>
      <Button kind="outline" isDisabled={isRunning} onPress={() => void chooseImport("archives")}>
        <FileDown size={16} strokeWidth={1.75} aria-hidden />
        Import archives…
      </Button>
    </>
  );
}

/** What is being imported, and how each path of the last import ended. */
export function ImportPanel(): ReactNode {
  const { isRunning, outcomes, failure } = useImports();
  const activities = useRegistryActivities();
  const hint = useRegistry()?.importHint;
  const doing = activities.find((activity) => activity.kind === "import");
  if (!isRunning && outcomes.length === 0 && failure === null) return null;
  const refused = outcomes.filter((outcome) => !outcome.ok).length;
  return (
    <section className="panel import-panel" aria-label="Import">
      <div className="import-head">
        <h2>Import</h2>
        <p className="note" role="status">
          {isRunning ? (doing === undefined ? "reading what was chosen" : `${doing.subject}: ${doing.sentence}`) : summaryOf(outcomes.length - refused, refused)}
        </p>
        {isRunning ? null : (
          <Button kind="quiet" size="small" onPress={dismissImports}>
            Dismiss
          </Button>
        )}
      </div>
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
      {outcomes.length === 0 ? null : (
        <ul className="import-outcomes">
          {outcomes.map((outcome) => (
            <li key={outcome.path}>
              <Outcome outcome={outcome} />
            </li>
          ))}
        </ul>
      )}
      {(refused > 0 || failure !== null) && hint !== undefined ? <p className="note">{hint}</p> : null}
    </section>
  );
}

function summaryOf(imported: number, refused: number): string {
  if (imported + refused === 0) return "nothing was imported";
  return `${countOf(imported, "bundle")} imported, ${refused} refused`;
}

function Outcome({ outcome }: { readonly outcome: ImportOutcome }): ReactNode {
  const name = (
    <span className="mono import-path truncate" title={outcome.path}>
      {outcome.path.split(/[\\/]/).at(-1)}
    </span>
  );
  if (!outcome.ok) {
    return (
      <div className="import-outcome">
        {name}
        <Problem code={outcome.code} sentence={outcome.sentence} detail={outcome.path} />
      </div>
    );
  }
  return (
    <div className="import-outcome">
      {name}
      <p className="import-done">
        <Glyph name="verified" />
        <VersionTag version={outcome.version} />
        <span>
          {outcome.sentence}
          {outcome.leftOut.length === 0 ? "" : ` Left out: ${outcome.leftOut.join(", ")}.`}
        </span>
      </p>
    </div>
  );
}

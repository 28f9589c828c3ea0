import { GitCompareArrows } from "lucide-react";
import { useEffect, type ReactNode } from "react";
import type { RegistryView } from "../../../shared/contract/models";
import { Button, Problem } from "../../design";
import { countOf } from "../../format/number";
import { Guard } from "../../frame/Guard";
import { go } from "../../state/navigation";
import { readRegistry, useRegistry, useRegistryFailure } from "../../state/registry";
import { comparableRows } from "./desk";
import { ImportButtons, ImportPanel } from "./ImportPanel";
import { ModelDetail } from "./ModelDetail";
import { ModelsTable } from "./ModelsTable";
import { useSelectedRow } from "./use-selected-row";
import "./models.css";

/** Which versions are there, can they be trusted, and where do they run? */
export function ModelsPage(): ReactNode {
  const registry = useRegistry();
  const failure = useRegistryFailure();
  useEffect(() => void readRegistry(), []);
  return (
    <>
      <ModelsHead registry={registry} />
      <div className="page-scroll models-scroll">
        {failure === null ? null : (
          <Problem
            code={failure.code}
            sentence={failure.message}
            actions={
              <Button kind="outline" size="small" onPress={() => void readRegistry()}>
                Read again
              </Button>
            }
          />
        )}
        <ImportPanel />
        {registry === null ? <Loading hasFailed={failure !== null} /> : <Registry registry={registry} />}
      </div>
    </>
  );
}

function ModelsHead({ registry }: { readonly registry: RegistryView | null }): ReactNode {
  const lacks = registry === null ? "" : whyNotComparable(registry);
  return (
    <div className="page-head">
      <div className="page-head-title">
        <h1>Models</h1>
        <p className="note">{registry === null ? "reading the registry" : headFacts(registry)}</p>
      </div>
      <span className="note">{lacks}</span>
      <ImportButtons />
      <Button kind="primary" isDisabled={registry === null || lacks !== ""} onPress={() => go({ page: "models", view: "compare" })}>
        <GitCompareArrows size={16} strokeWidth={1.75} aria-hidden />
        Compare two versions
      </Button>
    </div>
  );
}

function headFacts({ rows }: RegistryView): string {
  const verified = rows.filter((row) => row.verification.state === "verified" && row.deployable.ok).length;
  const refused = rows.filter((row) => row.verification.state === "refused" || (row.kind === "model" && !row.deployable.ok)).length;
  const parts = [countOf(rows.length, "entry", "entries"), `${verified} verified on this machine`];
  if (refused > 0) parts.push(`${refused} refused`);
  parts.push("drop a bundle anywhere to import it");
  return parts.join(" · ");
}

function whyNotComparable(registry: RegistryView): string {
  const count = comparableRows(registry).length;
  return count >= 2 ? "" : count === 1 ? "Comparing needs a second version." : "There is no version to compare.";
}

function Loading({ hasFailed }: { readonly hasFailed: boolean }): ReactNode {
  return hasFailed ? null : (
    <p className="empty-line" role="status">
      Reading the registry: every file is checked against its manifest.
    </p>
  );
}

function Registry({ registry }: { readonly registry: RegistryView }): ReactNode {
  const selected = useSelectedRow(registry);
  if (registry.rows.length === 0) {
    return (
      <div className="panel empty-panel">
        <h2>The registry is empty.</h2>
        <p>{registry.importHint}</p>
        <p className="note selectable">Imports go to {registry.importDir}.</p>
      </div>
    );
  }
  return (
    <>
      <Guard what="The table of versions">
        <ModelsTable registry={registry} selected={selected} />
      </Guard>
      {selected === null ? null : (
        <Guard what={`The details of ${selected.version}`} key={selected.key}>
          <ModelDetail row={selected} registry={registry} />
        </Guard>
      )}
    </>
  );
}

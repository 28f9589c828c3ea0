import { ArrowLeftRight, ChevronRight, Download, RefreshCw, Rocket } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { RegistryRow, RegistryView } from "../../../shared/contract/models";
import type { Failure } from "../../../shared/result";
import { openDeploy } from "../../commands/desk";
import { ArmTag, Button, Problem, Select, Tag } from "../../design";
import { say } from "../../state/announce";
import { go } from "../../state/navigation";
import { request } from "../../state/ops";
import { changeDesk, chooseVersions, comparableRows, exchangeVersions } from "./desk";

/** The header's parts. */
export interface CompareHeadProps {
  readonly registry: RegistryView;
  readonly versions: { readonly a: string; readonly b: string };
  /** One line under the title. */
  readonly facts: string;
  /** What was found to be better, which may be deployed from here; null while nothing is shown. */
  readonly better: string | null;
  readonly isShown: boolean;
  readonly isMeasuring: boolean;
}

/** Which two versions, and what can be done with what was found. */
export function CompareHead({ registry, versions, facts, better, isShown, isMeasuring }: CompareHeadProps): ReactNode {
  return (
    <div className="page-head compare-head">
      <div className="page-head-title">
        <nav aria-label="Breadcrumb">
          <Button kind="quiet" size="small" className="node-breadcrumb-link" onPress={() => go({ page: "models", view: "list" })}>
            Models
          </Button>
          <ChevronRight size={12} strokeWidth={1.75} aria-hidden />
        </nav>
        <div className="compare-title">
          <h1>Compare models</h1>
          <VersionChoice side="a" registry={registry} versions={versions} isDisabled={isMeasuring} />
          <VersionChoice side="b" registry={registry} versions={versions} isDisabled={isMeasuring} />
        </div>
        <p className="note">{facts}</p>
      </div>
      <Button kind="quiet" isDisabled={isMeasuring} onPress={() => exchangeVersions(versions)}>
        <ArrowLeftRight size={16} strokeWidth={1.75} aria-hidden />
        Swap A and B
      </Button>
      {isShown ? (
        <>
          <Button kind="quiet" onPress={() => changeDesk({ isSettingUp: true })}>
            <RefreshCw size={16} strokeWidth={1.75} aria-hidden />
            Compare again…
          </Button>
          <ExportButton />
        </>
      ) : null}
      {better === null ? null : (
        <Button kind="primary" onPress={() => openDeploy({ nodeId: null, version: better })}>
          <Rocket size={16} strokeWidth={1.75} aria-hidden />
          Deploy {better}…
        </Button>
      )}
    </div>
  );
}

function factOf(row: RegistryRow | undefined): ReactNode {
  if (row === undefined) return <span className="note">not in the registry</span>;
  if (row.drill) return <Tag name="DRILL" />;
  const names = row.aliases.filter((alias) => alias !== "latest");
  return <span className="note truncate">{(names.length > 0 ? names : row.aliases).join(", ")}</span>;
}

function VersionChoice(props: {
  readonly side: "a" | "b";
  readonly registry: RegistryView;
  readonly versions: { readonly a: string; readonly b: string };
  readonly isDisabled: boolean;
}): ReactNode {
  const { side, registry, versions } = props;
  const rows = comparableRows(registry);
  const choices = rows.map((row) => ({
    value: row.version,
    label: row.deployable.ok ? row.version : `${row.version}, ${row.deployable.code}`,
  }));
  return (
    <span className="version-choice">
      <ArmTag side={side} />
      {props.isDisabled ? (
        <span className="mono">{versions[side]}</span>
      ) : (
        <Select
          label={side === "a" ? "Version A" : "Version B"}
          value={versions[side]}
          choices={choices}
          onChange={(version) => chooseVersions(side === "a" ? version : versions.a, side === "b" ? version : versions.b)}
        />
      )}
      {factOf(rows.find((row) => row.version === versions[side]))}
    </span>
  );
}

/** Writes the whole comparison into a file that the operator names. */
function ExportButton(): ReactNode {
  const [failure, setFailure] = useState<Failure | null>(null);
  const run = async (): Promise<void> => {
    const answer = await request("comparison/export", {});
    setFailure(answer.ok || answer.error.code === "CANCELLED" ? null : answer.error);
    if (answer.ok) say(`The comparison was written to ${answer.value.path}.`);
  };
  return (
    <>
      <Button kind="outline" onPress={() => void run()}>
        <Download size={16} strokeWidth={1.75} aria-hidden />
        Export…
      </Button>
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
    </>
  );
}

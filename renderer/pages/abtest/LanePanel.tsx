import type { ReactNode } from "react";
import type { AbTestCandidate, AbTestPreview } from "../../../shared/contract/abtest";
import type { RegistryRow } from "../../../shared/contract/models";
import { ArmTag, Glyph, Select, Tag, type ArmSide } from "../../design";
import { changeForm, useDesk } from "./desk";
import { NodeChips } from "./NodeChips";
import { versionFact } from "./version-fact";

/** An arm of the set-up. */
export interface LanePanelProps {
  readonly side: ArmSide;
  /** The product's own models; null until the registry was read. */
  readonly rows: readonly RegistryRow[] | null;
  readonly candidates: ReadonlyMap<string, AbTestCandidate>;
  readonly preview: AbTestPreview | null;
}

/** One arm: its version with what is proven of it, and its nodes. */
export function LanePanel({ side, rows, candidates, preview }: LanePanelProps): ReactNode {
  const nodeIds = useDesk(({ form }) => (side === "a" ? form.nodesA : form.nodesB));
  const version = useDesk(({ form }) => (side === "a" ? form.versionA : form.versionB));
  const letter = side.toUpperCase();
  return (
    <section className={`panel ab-lane ab-lane-${side}`} aria-labelledby={`ab-lane-${side}-title`}>
      <h2 id={`ab-lane-${side}-title`}>
        <ArmTag side={side} />
        {side === "a" ? "Arm A, today’s version" : "Arm B, the candidate"}
      </h2>
      <div className="ab-lane-version">
        <span className="field-label" aria-hidden="true">
          Version
        </span>
        {rows === null || version === null ? (
          <p className="note">{rows === null ? "Reading the registry." : "The registry has no second version."}</p>
        ) : (
          <>
            <Select
              label={`Version of arm ${letter}`}
              value={version}
              choices={rows.map((row) => ({ value: row.version, label: row.version, fact: choiceFact(row) }))}
              onChange={(chosen) => changeForm(side === "a" ? { versionA: chosen } : { versionB: chosen })}
            />
            <Verification row={rows.find((row) => row.version === version)} preview={preview?.versions.find((each) => each.version === version && each.arm === letter)} />
          </>
        )}
      </div>
      <span className="field-label" aria-hidden="true">
        Nodes
      </span>
      <NodeChips lane={side} label={`Nodes of arm ${letter}`} nodeIds={nodeIds} candidates={candidates} empty="Drop a node here" />
      {nodeIds.length === 0 ? null : (
        <p className="chips-more" aria-hidden="true">
          Drop a node here
        </p>
      )}
    </section>
  );
}

function choiceFact({ aliases, deployable }: RegistryRow): string {
  if (!deployable.ok) return deployable.code;
  return aliases.filter((alias) => alias !== "latest").join(", ");
}

function Verification({ row, preview }: { readonly row: RegistryRow | undefined; readonly preview: AbTestPreview["versions"][number] | undefined }): ReactNode {
  if (row === undefined) return <p className="note">Not in the registry.</p>;
  const { glyph, hue, text } = versionFact(row, preview);
  return (
    <p className={`ab-verification hue-${hue}`}>
      <Glyph name={glyph} />
      <span>
        {row.drill ? <Tag name="DRILL" /> : null} {text}
      </span>
    </p>
  );
}

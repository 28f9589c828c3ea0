import type { ReactNode } from "react";
import { useShallow } from "zustand/react/shallow";
import type { RegistryRow, RegistryView, VerificationView } from "../../../shared/contract/models";
import { ArmTag, Panel, Tag, VersionTag } from "../../design";
import { formatClock, formatUtcInstant } from "../../format/time";
import { useFleet, useSettings } from "../../state/store";
import { comparableRows } from "./desk";
import { idsInWords, nodesRunning } from "./runs";

/** Which nodes run which version by their own report, the two that are compared first. */
export function WhereTheyRun({ registry, names }: { readonly registry: RegistryView; readonly names: { readonly a: string; readonly b: string } }): ReactNode {
  const rank = (row: RegistryRow): number => (row.version === names.a ? 0 : row.version === names.b ? 1 : 2);
  const rows = comparableRows(registry).toSorted((one, other) => rank(one) - rank(other));
  return (
    <Panel title="Where they run" fact="by the nodes' own report" className="where-panel">
      <ul className="where-list">
        {rows.map((row) => (
          <li key={row.key}>
            <span>{row.version === names.a ? <ArmTag side="a" /> : row.version === names.b ? <ArmTag side="b" /> : null}</span>
            <VersionTag version={row.version} />
            <WhereItRuns row={row} />
            <VerifiedAt verification={row.verification} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function WhereItRuns({ row }: { readonly row: RegistryRow }): ReactNode {
  const ids = useFleet(useShallow(({ fleet }) => nodesRunning(row.version, fleet?.nodes.values() ?? [])));
  const words = ids.length === 0 ? "nowhere" : idsInWords(ids);
  return (
    <span className="where-nodes truncate" title={words}>
      {row.drill ? <Tag name="DRILL" /> : null} {words}
    </span>
  );
}

function VerifiedAt({ verification }: { readonly verification: VerificationView }): ReactNode {
  const { clock } = useSettings();
  switch (verification.state) {
    case "verified":
      return (
        <span className="note" title={formatUtcInstant(verification.atMs)}>
          verified {formatClock(verification.atMs, clock).slice(0, 5)}
        </span>
      );
    case "refused":
      return <span className="hue-high note">refused</span>;
    case "running":
      return <span className="note">verifying</span>;
    case "never":
      return <span className="note">hashes match</span>;
  }
}

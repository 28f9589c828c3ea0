import type { ReactNode } from "react";
import { useShallow } from "zustand/react/shallow";
import type { RegistryRow, RegistryView } from "../../../shared/contract/models";
import { Glyph, Tag, VersionTag } from "../../design";
import { formatBytes } from "../../format/number";
import { useFleet } from "../../state/store";
import { moveFocusOnArrow, ROVING } from "../fleet/focus";
import { changeDesk } from "./desk";
import { idsInWords, nodesRunning } from "./runs";
import { verificationWord } from "./verification-words";

const KIND_WORDS: Readonly<Record<RegistryRow["kind"], string>> = {
  model: "",
  "original-bundle": "original bundle",
  checkpoint: "checkpoint",
};

/** The registry as a table. Arrow keys move between rows; the row under the focus is explained below. */
export function ModelsTable({ registry, selected }: { readonly registry: RegistryView; readonly selected: RegistryRow | null }): ReactNode {
  return (
    <div className="table-frame panel">
      <table className="models-table" role="grid" aria-label="Versions" aria-rowcount={registry.rows.length + 1} onKeyDown={moveFocusOnArrow}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">Version</th>
            <th scope="col">Family</th>
            <th scope="col">Verified</th>
            <th scope="col">Aliases</th>
            <th scope="col">Runs on</th>
            <th scope="col">SHA-256</th>
            <th scope="col" className="numeric">
              Size
            </th>
            <th scope="col">From</th>
          </tr>
        </thead>
        <tbody>
          {registry.rows.map((row, index) => (
            <ModelRow key={row.key} row={row} rowIndex={index + 2} isSelected={row.key === selected?.key} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ModelRow({ row, rowIndex, isSelected }: { readonly row: RegistryRow; readonly rowIndex: number; readonly isSelected: boolean }): ReactNode {
  const { word, glyph, hue, code } = verificationWord(row);
  const select = (): void => changeDesk({ selectedKey: row.key });
  return (
    <tr
      className="model-row"
      data-model-key={row.key}
      aria-rowindex={rowIndex}
      aria-selected={isSelected}
      tabIndex={isSelected ? 0 : -1}
      {...{ [ROVING]: "" }}
      onFocus={select}
      onClick={select}
    >
      <th scope="row">
        <span className="model-version">
          <VersionTag version={row.version} />
          {row.drill ? <Tag name="DRILL" /> : null}
        </span>
      </th>
      <td className="model-family" title={row.family}>
        {row.family}
        {KIND_WORDS[row.kind] === "" ? null : <span className="note"> {KIND_WORDS[row.kind]}</span>}
      </td>
      <td>
        <span className={`state hue-${hue}`}>
          <Glyph name={glyph} />
          <span>
            {word}
            {code === null ? null : <code className="model-code"> {code}</code>}
          </span>
        </span>
      </td>
      <td className="model-aliases" title={row.aliases.join(", ")}>
        {row.aliases.length === 0 ? <span className="note">none</span> : row.aliases.join(", ")}
      </td>
      <RunsOnCell version={row.version} />
      <td className="mono model-hash" title={row.hash ?? undefined}>
        {row.hash === null ? <span className="note">none</span> : row.hash.slice(0, 12)}
      </td>
      <td className="numeric">{formatBytes(row.bytes)}</td>
      <td className="note">{row.place}</td>
    </tr>
  );
}

function RunsOnCell({ version }: { readonly version: string }): ReactNode {
  const ids = useFleet(useShallow(({ fleet }) => nodesRunning(version, fleet?.nodes.values() ?? [])));
  const words = idsInWords(ids);
  return (
    <td className="model-runs" title={words === "" ? undefined : words}>
      {words === "" ? <span className="note">nowhere</span> : words}
    </td>
  );
}

import type { ReactNode } from "react";
import { modalityRows } from "../../../shared/comparison/modality-rows";
import type { Comparison, Side } from "../../../shared/contract/comparison";
import { ArmTag } from "../../design";
import { formatNumber } from "../../format/number";

/** Every modality of both versions, each at the level that is shown. */
export function ModalityPanel({ comparison, levels }: { readonly comparison: Comparison; readonly levels: Readonly<Record<Side, number>> }): ReactNode {
  const rows = modalityRows(comparison, levels);
  return (
    <div className="panel table-frame">
      <table className="modality-table" aria-label="Modalities">
        <thead>
          <tr>
            <th scope="col">Modality</th>
            <th scope="col">
              <span className="visually-hidden">Made of</span>
            </th>
            <th scope="col" className="numeric">
              Ratio <ArmTag side="a" />
            </th>
            <th scope="col" className="numeric">
              Ratio <ArmTag side="b" />
            </th>
            <th scope="col" className="numeric">
              Bytes <span className="note">B to A</span>
            </th>
            <th scope="col" className="numeric">
              Quality <ArmTag side="a" />
            </th>
            <th scope="col" className="numeric">
              Quality <ArmTag side="b" />
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.modality}>
              <th scope="row">{row.name}</th>
              <td className="note">{row.detail}</td>
              <td className="numeric">{formatNumber(row.a.ratio, 1)}</td>
              <td className="numeric modality-b">{formatNumber(row.b.ratio, 1)}</td>
              <td className="numeric">{percentText(row.bytesPercent)}</td>
              <td className="numeric modality-quality">{row.a.quality}</td>
              <td className="numeric modality-quality">{row.b.quality}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function percentText(percent: number): string {
  if (Math.abs(percent) < 0.05) return "same";
  return `${percent > 0 ? "+" : ""}${formatNumber(percent, Math.abs(percent) < 9.95 ? 1 : 0)} %`;
}

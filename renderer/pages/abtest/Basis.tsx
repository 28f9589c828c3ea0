import type { ReactNode } from "react";
import type { AbTestBasis, AbTestPreview } from "../../../shared/contract/abtest";
import { gapPath } from "../../charts/gap-path";
import { METRIC_TITLES, formatValue } from "../../charts/metric-words";
import { shareOf, type Scale } from "../../charts/scales";
import { useSize } from "../../charts/use-size";
import { formatNumber } from "../../format/number";
import { useDesk } from "./desk";
import { lengthText } from "./block-times";

const ROW_PX = 34;

/** The nodes' own recent samples, which the prediction rests on. */
export function Basis({ preview }: { readonly preview: AbTestPreview }): ReactNode {
  const primary = useDesk((desk) => desk.form.primary);
  const spanMs = Math.max(0, ...preview.basis.map((each) => each.spanMs));
  const scale = scaleOf(preview.basis);
  const title = METRIC_TITLES[primary];
  return (
    <div className="ab-basis">
      <h3 className="note">
        What the prediction rests on: {title.name.toLowerCase()}
        {primary === "latencyMs" ? ", ms" : ""}, last {lengthText(spanMs)}
      </h3>
      <table>
        <colgroup>
          <col className="ab-basis-id" />
          <col />
          <col className="ab-basis-fact" />
          <col className="ab-basis-fact" />
          <col className="ab-basis-fact" />
        </colgroup>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Trace</th>
            <th scope="col">Median</th>
            <th scope="col">Standard deviation</th>
            <th scope="col">Autocorrelation</th>
          </tr>
        </thead>
        <tbody>
          {preview.basis.map((basis) => (
            <tr key={basis.nodeId}>
              <th scope="row" className="mono" title={basis.nodeId}>
                {basis.nodeId}
              </th>
              <td className="ab-basis-trace">
                <Trace basis={basis} scale={scale} />
              </td>
              <td className="note">{basis.median === null ? "no sample yet" : `median ${formatValue(primary, basis.median)}`}</td>
              <td className="note">{basis.sd === null ? "" : `sd ${formatNumber(basis.sd, basis.sd < 0.1 ? 3 : 2)}`}</td>
              <td className="note">{basis.rho === null ? `${basis.samples} values, 60 needed` : `autocorr. ${formatNumber(basis.rho, 2)}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function scaleOf(basis: readonly AbTestBasis[]): Scale {
  const values = basis.flatMap((each) => [...each.values]).filter(Number.isFinite);
  if (values.length === 0) return { min: 0, max: 1 };
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const room = (max - min || Math.abs(max) || 1) * 0.05;
  return { min: min - room, max: max + room };
}

function Trace({ basis, scale }: { readonly basis: AbTestBasis; readonly scale: Scale }): ReactNode {
  const [sizeRef, size] = useSize();
  const { atMs, values, median, sd } = basis;
  const width = size?.width ?? 0;
  const [from, to] = [atMs[0] ?? 0, atMs.at(-1) ?? 1];
  const x = (ms: number): number => 2 + ((ms - from) / Math.max(1, to - from)) * (width - 8);
  const y = (value: number): number => ROW_PX - 3 - shareOf(value, scale) * (ROW_PX - 6);
  const last = values.at(-1) ?? Number.NaN;
  return (
    <div ref={sizeRef} style={{ height: ROW_PX }} aria-hidden="true">
      {width < 40 || atMs.length === 0 ? null : (
        <svg className="chart-layer ab-svg" width={width} height={ROW_PX} focusable="false">
          {median === null || sd === null ? null : <rect className="chart-baseline" x={2} y={y(median + sd)} width={width - 8} height={Math.max(2, y(median - sd) - y(median + sd))} />}
          <path className="ab-basis-line" d={gapPath(atMs, values, x, y)} />
          {Number.isFinite(last) ? <circle className="ab-basis-mark" cx={x(to)} cy={y(last)} r={2.5} /> : null}
        </svg>
      )}
    </div>
  );
}

import type { ReactNode } from "react";
import type { Metric } from "../../shared/fleet/sample";
import { formatClock, formatUtcInstant, type ClockKind } from "../format/time";
import type { ChartRow, Limit } from "./chart-rows";
import { formatValue, limitLabel, METRIC_TITLES } from "./metric-words";
import { isBeyond } from "./scales";

/** Samples of 10 Hz are told apart by their tenths. */
function formatTenths(atMs: number, clock: ClockKind): string {
  return `${formatClock(atMs, clock)}.${Math.floor(((atMs % 1_000) + 1_000) % 1_000 / 100)}`;
}

/** A chart's points as a table. */
export interface SampleTableProps {
  readonly metric: Metric;
  readonly rows: readonly ChartRow[];
  readonly limit: Limit | null;
  readonly clock: ClockKind;
}

/** The points of a chart as a table, newest first; a gap is a row of its own. */
export function SampleTable({ metric, rows, limit, clock }: SampleTableProps): ReactNode {
  const { name, unit } = METRIC_TITLES[metric];
  return (
    <div className="sample-table" role="region" aria-label={`${name}, table of samples`} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col" className="numeric">
              {name} <span className="note">{unit}</span>
            </th>
            <th scope="col">{limit === null ? "Limit: none" : `Limit: ${limitLabel(metric, limit)}`}</th>
          </tr>
        </thead>
        <tbody>
          {rows.toReversed().map(({ atMs, value }) => (
            <tr key={atMs}>
              <td title={formatUtcInstant(atMs)}>{formatTenths(atMs, clock)}</td>
              <td className="numeric">{value === null ? "no data" : formatValue(metric, value)}</td>
              <td>
                {value === null || limit === null ? "" : isBeyond(value, limit.value, limit.side) ? "beyond" : "within"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

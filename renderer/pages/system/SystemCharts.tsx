import type { ReactNode } from "react";
import type { SystemSeries } from "../../../shared/contract/system";
import { ChartPanel } from "../../charts/ChartPanel";
import { formatClock, formatUtcInstant, type ClockKind } from "../../format/time";
import { CPU_LANE, hasValues, LATENCY_LANE, newestRow, OTHER_LANES, valuesAt, type Lane } from "./lanes";
import { LaneStack, type LaneMark } from "./LaneStack";

/** What both panels share. */
export interface SystemChartsProps {
  readonly series: SystemSeries;
  readonly maxLatencyMs: number;
  /** What rose, in words. */
  readonly fact: string | null;
  readonly cursorMs: number | null;
  readonly onCursor: (atMs: number | null) => void;
  readonly clock: ClockKind;
}

/** Processor and fleet latency on one time axis: a rise of the one beside a rise of the other is seen at a glance. */
export function CoincidenceChart(props: SystemChartsProps): ReactNode {
  const { series, maxLatencyMs, fact } = props;
  const marks: LaneMark[] = [];
  const [risen, passed] = [series.cpuBusy?.sinceMs ?? null, series.fleetSlow?.sinceMs ?? null];
  if (risen !== null) marks.push({ lane: "cpu", atMs: risen, label: "CPU rises" });
  if (passed !== null) marks.push({ lane: "latency", atMs: passed, label: "over limit" });
  return (
    <LanePanel
      {...props}
      className="coincidence-panel"
      title="CPU and fleet latency on one time axis"
      fact={fact ?? "percent above, ms below"}
      lanes={[CPU_LANE, LATENCY_LANE]}
      limits={{ latency: { value: maxLatencyMs, label: `max ${maxLatencyMs} ms` } }}
      marks={marks}
    />
  );
}

/** What else the machine does, on the same axis and under the same cursor. What it does not have takes no lane. */
export function MachineChart(props: SystemChartsProps): ReactNode {
  const lanes = OTHER_LANES.filter((lane) => hasValues(lane, props.series));
  if (lanes.length === 0) return null;
  return (
    <LanePanel
      {...props}
      className={`machine-panel machine-panel-${lanes.length}`}
      title="The rest of the machine, same axis"
      fact="networks without the loop-back"
      lanes={lanes}
      limits={{}}
      marks={[]}
    />
  );
}

interface LanePanelProps extends SystemChartsProps {
  readonly className: string;
  readonly title: string;
  readonly fact: string | null;
  readonly lanes: readonly Lane[];
  readonly limits: Parameters<typeof LaneStack>[0]["limits"];
  readonly marks: readonly LaneMark[];
}

function LanePanel(props: LanePanelProps): ReactNode {
  const { className, title, fact, lanes, series, clock, cursorMs } = props;
  return (
    <ChartPanel
      className={className}
      title={title}
      fact={fact ?? ""}
      figure={<span className="lane-cursor note">{cursorMs === null ? "" : `at ${formatClock(cursorMs, clock)}`}</span>}
      summary={summaryOf(lanes, series, clock)}
      table={<LaneTable lanes={lanes} series={series} clock={clock} />}
    >
      {(summaryId) => <LaneStack {...props} label={title} summaryId={summaryId} />}
    </ChartPanel>
  );
}

function summaryOf(lanes: readonly Lane[], series: SystemSeries, clock: ClockKind): string {
  const newest = newestRow(series);
  const parts = lanes.flatMap((lane) => {
    const values = valuesAt(lane, series, newest);
    return lane.lines.map(({ column, label }, index) => {
      const known = [...series.columns[column]].filter((value) => !Number.isNaN(value)).map((value) => value / lane.per);
      if (known.length === 0) return `${lane.title}, ${label}: no data`;
      const [least, most] = [Math.min(...known), Math.max(...known)];
      const now = values[index] ?? null;
      return `${lane.title}, ${label}: ${now === null ? "no data now" : `${lane.text(now)} ${lane.unit} now`}, from ${lane.text(least)} to ${lane.text(most)}`;
    });
  });
  return `${formatClock(series.fromMs, clock)} to ${formatClock(series.toMs, clock)}. ${parts.join(". ")}.`;
}

function LaneTable({ lanes, series, clock }: { readonly lanes: readonly Lane[]; readonly series: SystemSeries; readonly clock: ClockKind }): ReactNode {
  const lines = lanes.flatMap((lane) => lane.lines.map((line) => ({ lane, line })));
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Time</th>
          {lines.map(({ lane, line }) => (
            <th key={`${lane.key} ${line.column}`} scope="col" className="numeric">
              {lane.title}, {line.label} <span className="note">{lane.unit}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...series.atMs.keys()].toReversed().map((row) => {
          const at = series.atMs[row] ?? 0;
          return (
            <tr key={row}>
              <td title={formatUtcInstant(at)}>{formatClock(at, clock)}</td>
              {lines.map(({ lane, line }) => {
                const value = (series.columns[line.column][row] ?? Number.NaN) / lane.per;
                return (
                  <td key={`${lane.key} ${line.column}`} className="numeric">
                    {Number.isNaN(value) ? "no data" : lane.text(value)}
                  </td>
                );
              })}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

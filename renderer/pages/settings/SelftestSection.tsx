import { useState, type ReactNode } from "react";
import type { SelftestReport, SelftestRow } from "../../../shared/contract/selftest";
import { Button, CopyButton, Glyph, Panel, Problem, Switch } from "../../design";
import { countOf, formatNumber } from "../../format/number";
import { formatClock, formatDuration } from "../../format/time";
import { runSelftest, useSelftest, type SelftestState } from "../../state/selftest";
import { useSettings } from "../../state/store";
import "./selftest.css";

/** Published values of the statistics, recomputed on this machine: expected, got, tolerance, verdict. */
export function SelftestSection(): ReactNode {
  const state = useSelftest();
  const { clock } = useSettings();
  return (
    <div className="settings-stack">
      <Panel title="Self-test" fact={state.phase === "done" ? <CopyButton text={asText(state.report)} /> : null}>
        <p className="settings-lead">
          Every limit of the engine is computed. Here the same functions compute values that others have published, and say how far
          they lie apart. It takes some ten seconds in a process of its own; the fleet runs on.
        </p>
        <div className="settings-actions">
          <Button kind={state.phase === "none" ? "primary" : "outline"} isPending={state.phase === "running"} onPress={() => void runSelftest()}>
            {state.phase === "none" ? "Run the self-test" : "Run it again"}
          </Button>
          <Progress state={state} />
          {state.phase === "done" ? (
            <span className="selftest-sum" role="status">
              {sumText(state.report)} {formatDuration(state.report.tookMs)}, at {formatClock(state.atMs, clock)}.
            </span>
          ) : null}
        </div>
        {state.phase === "failed" ? <Problem code={state.failure.code} sentence={state.failure.message} /> : null}
      </Panel>
      {state.phase === "done" ? <Groups report={state.report} /> : null}
    </div>
  );
}

function Progress({ state }: { readonly state: SelftestState }): ReactNode {
  if (state.phase !== "running") return null;
  const { progress } = state;
  if (progress === null) return <span className="note">Starting the process.</span>;
  return (
    <>
      <progress className="selftest-progress" max={progress.total} value={progress.done} aria-label="Computed" />
      <span className="note">
        {progress.done} of {countOf(progress.total, "value")}
      </span>
    </>
  );
}

function sumText({ rows }: SelftestReport): string {
  const failed = rows.filter(({ passed }) => !passed).length;
  return failed === 0 ? `All ${countOf(rows.length, "value")} agree.` : `${formatNumber(failed, 0)} of ${countOf(rows.length, "value")} ${failed === 1 ? "differs" : "differ"}: do not rely on this installation.`;
}

/** A value as it is compared: enough figures to see the difference. */
export function valueText(value: number): string {
  if (!Number.isFinite(value)) return "no number";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) return value.toExponential(4).replace("-", "−").replace("e+", "e");
  const text = String(Number(value.toPrecision(8)));
  return text.replace("-", "−");
}

function asText({ rows }: SelftestReport): string {
  return rows.map(({ group, name, expected, got, tolerance, passed, source }) => [passed ? "pass" : "FAIL", group, name, expected, got, tolerance, source].join("\t")).join("\n");
}

function Groups({ report }: { readonly report: SelftestReport }): ReactNode {
  const [isFailedOnly, setFailedOnly] = useState(false);
  const titles = [...new Set(report.rows.map(({ group }) => group))];
  const hasFailed = report.rows.some(({ passed }) => !passed);
  return (
    <>
      {hasFailed ? (
        <Switch isOn={isFailedOnly} onChange={setFailedOnly}>
          Only what differs
        </Switch>
      ) : null}
      {titles.map((title) => (
        <Group key={title} title={title} rows={report.rows.filter((row) => row.group === title)} isFailedOnly={isFailedOnly} />
      ))}
    </>
  );
}

function Group({ title, rows, isFailedOnly }: { readonly title: string; readonly rows: readonly SelftestRow[]; readonly isFailedOnly: boolean }): ReactNode {
  const failed = rows.filter(({ passed }) => !passed);
  const shown = isFailedOnly ? failed : rows;
  if (shown.length === 0) return null;
  return (
    <section className="panel" aria-label={title}>
      <details className="selftest-group" open={failed.length > 0}>
        <summary>
          <span className={failed.length === 0 ? "hue-low" : "hue-high"}>
            <Glyph name={failed.length === 0 ? "verified" : "failing"} />
          </span>
          <h2>{title}</h2>
          <span className="note">{failed.length === 0 ? `${countOf(rows.length, "value")} agree` : `${failed.length} of ${countOf(rows.length, "value")} ${failed.length === 1 ? "differs" : "differ"}`}</span>
        </summary>
        <table className="selftest-table">
          <thead>
            <tr>
              <th scope="col">Verdict</th>
              <th scope="col">Value</th>
              <th scope="col" className="numeric">
                Expected
              </th>
              <th scope="col" className="numeric">
                Got
              </th>
              <th scope="col" className="numeric">
                Tolerance
              </th>
              <th scope="col">Published in</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={`${row.name} ${row.source}`}>
                <td className={row.passed ? undefined : "selftest-failed"}>{row.passed ? "agrees" : "differs"}</td>
                <th scope="row">{row.name}</th>
                <td className="numeric">{valueText(row.expected)}</td>
                <td className="numeric">{valueText(row.got)}</td>
                <td className="numeric">{valueText(Number(row.tolerance.toPrecision(2)))}</td>
                <td className="note">{row.source}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}

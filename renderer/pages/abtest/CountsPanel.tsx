import type { ReactNode } from "react";
import type { AbTestView } from "../../../shared/contract/abtest";
import { formatValue } from "../../charts/metric-words";
import { ArmTag, Glyph, Panel } from "../../design";
import { formatNumber, nameOf } from "../../format/number";

/** Samples and blocks of both arms, and whether they are what was planned. */
export function CountsPanel({ view }: { readonly view: AbTestView }): ReactNode {
  const { counts, primary } = view;
  const metric = view.metrics.find(({ role }) => role === "primary");
  const { medianA, medianB, better } = metric ?? { medianA: null, medianB: null, better: null };
  return (
    <Panel title="Counts and balance" className="ab-counts">
      <div className="ab-counts-scroll" tabIndex={0} role="region" aria-label="Counts by node">
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">What is counted</span>
              </th>
              <th scope="col" className="numeric">
                <ArmTag side="a" />
              </th>
              <th scope="col" className="numeric">
                <ArmTag side="b" />
              </th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">Samples used</th>
              <td className="numeric">{formatNumber(counts.samplesA, 0)}</td>
              <td className="numeric">{formatNumber(counts.samplesB, 0)}</td>
            </tr>
            {counts.nodes.map(({ nodeId, blocksA, blocksB }) => (
              <tr key={nodeId}>
                <th scope="row" title={nodeId}>
                  Blocks on <span className="mono">{nodeId}</span>
                </th>
                <td className="numeric">{blocksA}</td>
                <td className="numeric">{blocksB}</td>
              </tr>
            ))}
            <tr>
              <th scope="row">
                Median {nameOf(primary).toLowerCase()}
                {primary === "latencyMs" ? ", ms" : ""}
              </th>
              <td className={better === "A" ? "numeric ab-better" : "numeric"}>{medianA === null ? "none" : formatValue(primary, medianA)}</td>
              <td className={better === "B" ? "numeric ab-better" : "numeric"}>{medianB === null ? "none" : formatValue(primary, medianB)}</td>
            </tr>
          </tbody>
        </table>
      </div>
      <p className="ab-line">
        <Glyph name={counts.isAsPlanned ? "verified" : "failing"} />
        {counts.sentence}
      </p>
      {view.blocksDropped === 0 ? null : (
        <p className="ab-line note">
          <Glyph name="waiting" />
          {view.blocksDropped} {view.blocksDropped === 1 ? "block" : "blocks"} did not count: cut by a pause, or with too few samples.
        </p>
      )}
    </Panel>
  );
}

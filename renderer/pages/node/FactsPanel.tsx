import type { ReactNode } from "react";
import type { NodePerformance } from "../../../shared/contract/channels";
import type { NodeView } from "../../../shared/contract/snapshot";
import { METRICS, type Metric } from "../../../shared/fleet/sample";
import { formatValue } from "../../charts/metric-words";
import { Button, Panel, Problem } from "../../design";
import { countOf, formatRate, NOT_REPORTED } from "../../format/number";
import { formatClock } from "../../format/time";
import { isUnknown } from "../../format/words";
import { openMalformed } from "../../state/navigation";
import { useSettings, useSnapshotMeta } from "../../state/store";
import { allottedText, bandwidthText, DIALECT_WORDS, missedText } from "./fact-words";
import { usePerformance } from "./use-series";

const ROW_WORDS: Readonly<Record<Metric, string>> = {
  compressionRatio: "Ratio",
  latencyMs: "Latency, ms",
  qualityScore: "Quality",
  bandwidthKbps: "kbit/s",
};

/** Plain facts of the node: how it speaks, how often, and its running version in numbers. */
export function FactsPanel({ node }: { readonly node: NodeView }): ReactNode {
  const { clock } = useSettings();
  const meta = useSnapshotMeta();
  const tick = meta?.tick ?? 0;
  const missed = missedText(node.missedFrames);
  const allotted = allottedText(node.coordination, meta?.atMs ?? 0);
  const { value: performance, failure } = usePerformance(node.nodeId, tick);
  return (
    <Panel title="Facts">
      <dl className="node-fact-list">
        <Fact term="Speaks">{node.dialect === null ? NOT_REPORTED : DIALECT_WORDS[node.dialect]}</Fact>
        <Fact term="Rate">{rateText(node)}</Fact>
        <Fact term="Bandwidth">{bandwidthText(node)}</Fact>
        <Fact term="Allotted">
          {allotted === null ? (
            "no coordinator heard"
          ) : (
            <>
              {allotted.value}
              <span className="note node-fact-source">{allotted.source}</span>
            </>
          )}
        </Fact>
        <Fact term="Missed frames">
          {missed.value}
          <span className="note node-fact-source">{missed.source}</span>
        </Fact>
        <Fact term="Malformed">
          {node.malformed === 0 ? (
            "none"
          ) : (
            <Button kind="quiet" size="small" className="node-fact-button" onPress={() => openMalformed(node.nodeId)}>
              {countOf(node.malformed, "message")} since the start
            </Button>
          )}
        </Fact>
        <Fact term="Last heard">{formatClock(node.lastHeardAtMs, clock)}</Fact>
      </dl>
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
      {performance === null || performance.samples === 0 ? null : <Summary performance={performance} />}
    </Panel>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function rateText({ liveness, sampleRateHz, profileRateHz }: NodeView): string {
  const unmeasured = isUnknown(liveness) ? "none" : "not measured yet";
  const measured = sampleRateHz === null ? unmeasured : `${formatRate(sampleRateHz)} Hz`;
  return profileRateHz === null ? measured : `${measured}, profile ${formatRate(profileRateHz)} Hz`;
}

/** Mean, extremes and 95th percentile of the version now running. */
function Summary({ performance }: { readonly performance: NodePerformance }): ReactNode {
  const { samples, modelVersion } = performance;
  return (
    <table className="node-summary">
      <caption>
        Last {countOf(samples, "tick")} of {modelVersion ?? "the version that it does not report"}
      </caption>
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">Metric</span>
          </th>
          {(["mean", "min", "max", "p95"] as const).map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {METRICS.map((metric) => (
          <tr key={metric}>
            <th scope="row">{ROW_WORDS[metric]}</th>
            {(["mean", "min", "max", "p95"] as const).map((name) => {
              const value = performance[metric][name];
              return <td key={name}>{value === null ? "none" : formatValue(metric, value)}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

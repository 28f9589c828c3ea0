import { useEffect, useState, type ReactNode } from "react";
import type { RolloutEvidence, RolloutView } from "../../../shared/contract/rollouts";
import type { Failure } from "../../../shared/result";
import { Sparkline } from "../../charts/Sparkline";
import { Glyph, Problem } from "../../design";
import { countOf, formatLimit, formatMetric, formatNumber, JUDGED_METRICS, limitOf, type JudgedMetric } from "../../format/number";
import { keepAsking } from "../../state/keep-asking";
import { request } from "../../state/ops";
import { useFleet } from "../../state/store";
import { aroundSwap, changeOf, scaleOf } from "./swap-lines";
import { SwapChart } from "./SwapChart";

/** The samples are asked for anew so often while nodes are still swapped. */
const LOOK_MS = 2_000;

const NAMES: Readonly<Record<JudgedMetric, readonly [name: string, unit: string]>> = {
  compressionRatio: ["Compression ratio", ""],
  latencyMs: ["Latency", "ms"],
  qualityScore: ["Quality", ""],
};

/** The evidence of a roll-out, asked for again and again until it has ended. */
function useEvidence({ rolloutId, endedAtMs }: RolloutView): { readonly evidence: RolloutEvidence | null; readonly failure: Failure | null } {
  const [known, setKnown] = useState<{ readonly evidence: RolloutEvidence | null; readonly failure: Failure | null }>({ evidence: null, failure: null });
  const isOver = endedAtMs !== null;
  useEffect(
    () =>
      keepAsking(
        () => request("rollouts/evidence", { rolloutId }),
        (answer) => setKnown(answer.ok ? { evidence: answer.value, failure: null } : { evidence: null, failure: answer.error }),
        { everyMs: isOver ? null : LOOK_MS },
      ),
    [rolloutId, isOver],
  );
  return known;
}

/** Is it better? Medians before and after on the same nodes, and every node's samples from its own swap. */
export function Evidence({ view }: { readonly view: RolloutView }): ReactNode {
  const { evidence, failure } = useEvidence(view);
  return (
    <section className="panel evidence" aria-labelledby="evidence-title">
      <div className="panel-head">
        <h2 id="evidence-title">{evidence === null || evidence.nodes === 0 ? "Before and after, on the same nodes" : `Before and after, on the same ${countOf(evidence.nodes, "judged node")}`}</h2>
        <span className="note">
          {evidence !== null && evidence.traces.length > 0 && evidence.nodes === 0
            ? "no node has 12 samples on each side of its swap yet"
            : `median of at most ${evidence?.samples ?? 120} samples each, warm-up left out`}
        </span>
      </div>
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
      {evidence === null ? null : evidence.traces.length === 0 ? (
        <p className="evidence-none">No node has been swapped in this run yet: there is nothing to compare.</p>
      ) : (
        <>
          <BeforeAfter view={view} evidence={evidence} />
          <SwapChart view={view} evidence={evidence} />
        </>
      )}
    </section>
  );
}

function BeforeAfter({ view, evidence }: { readonly view: RolloutView; readonly evidence: RolloutEvidence }): ReactNode {
  const from = view.fromVersions.length === 1 ? view.fromVersions[0] : "before";
  return (
    <table className="before-after">
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col" className="numeric mono">
            {from}
          </th>
          <th scope="col" className="numeric mono">
            {view.version}
          </th>
          <th scope="col" className="numeric">
            Change
          </th>
          <th scope="col">Swap in the middle</th>
          <th scope="col">Limit</th>
          <th scope="col">Guard</th>
        </tr>
      </thead>
      <tbody>
        {JUDGED_METRICS.map((metric) => (
          <MetricRow key={metric} metric={metric} evidence={evidence} />
        ))}
        <tr>
          <th scope="row">
            Bandwidth <span className="note">kbit/s</span>
          </th>
          <Values values={evidence.medians.bandwidthKbps} format={(value) => formatNumber(value, value < 10 ? 1 : 0)} />
          <td />
          <td className="note">no limit</td>
          <td />
        </tr>
      </tbody>
    </table>
  );
}

function Values(props: { readonly values: { readonly before: number | null; readonly after: number | null }; readonly format: (value: number) => string }): ReactNode {
  const { before, after } = props.values;
  const change = changeOf(props.values);
  const sign = change !== null && change > 0 ? "+" : "";
  return (
    <>
      <td className="numeric">{before === null ? "none" : props.format(before)}</td>
      <td className="numeric before-after-now">{after === null ? "none" : props.format(after)}</td>
      <td className="numeric">{change === null ? "none" : `${sign}${formatNumber(change * 100, 1)} %`}</td>
    </>
  );
}

function MetricRow({ metric, evidence }: { readonly metric: JudgedMetric; readonly evidence: RolloutEvidence }): ReactNode {
  const limits = useFleet(({ fleet }) => fleet?.meta.limits);
  const standing = useFleet(({ fleet }) => {
    const judged = evidence.traces.flatMap(({ nodeId }) => fleet?.nodes.get(nodeId)?.guard?.verdict ?? []);
    const failing = judged.filter((verdict) => verdict.outcome === "fail" && verdict.metric === metric).length;
    if (failing > 0) return `${failing} fail now`;
    return judged.length > 0 && judged.every(({ outcome }) => outcome === "pass" || outcome === "warn") ? "pass" : "not judged yet";
  });
  const [name, unit] = NAMES[metric];
  const values = aroundSwap(evidence.traces, metric);
  const scale = scaleOf(values);
  return (
    <tr>
      <th scope="row">
        {name} {unit === "" ? null : <span className="note">{unit}</span>}
      </th>
      <Values values={evidence.medians[metric]} format={(value) => formatMetric(metric, value)} />
      <td>
        {scale === null ? (
          <span className="note">none</span>
        ) : (
          <Sparkline
            values={values}
            limit={null}
            limitSide={limits === undefined ? "min" : limitOf(metric, limits).side}
            emphasis="normal"
            width={140}
            height={22}
            scale={scale}
            label={`${name}, median of all swapped nodes from 20 s before to 20 s after their own swap`}
          />
        )}
      </td>
      <td className="before-after-limit">{limits === undefined ? "" : formatLimit(metric, limits)}</td>
      <td>
        <span className="state">
          <Glyph name={standing === "pass" ? "verified" : standing === "not judged yet" ? "waiting" : "failing"} />
          {standing}
        </span>
      </td>
    </tr>
  );
}

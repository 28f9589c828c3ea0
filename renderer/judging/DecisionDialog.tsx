import { useEffect, useMemo, useReducer, useState, type ReactNode } from "react";
import type { DecisionView } from "../../shared/contract/judging";
import { MetricChart } from "../charts/MetricChart";
import type { BaselineBand } from "../charts/metric-words";
import type { ChartControl } from "../charts/chart-view";
import { StatisticChart } from "../charts/StatisticChart";
import { CopyButton, Dialog, DialogBody, Problem } from "../design";
import { countOf, JUDGED_METRICS, limitOf, nameOf, type JudgedMetric } from "../format/number";
import { formatClock, formatUtcInstant } from "../format/time";
import type { Failure } from "../../shared/result";
import { closeOverlay, useDecisionOf, useOverlay } from "../state/navigation";
import { request } from "../state/ops";
import { useSettings } from "../state/store";
import { DEFAULT_LIMITS } from "../../shared/contract/settings";
import { decisionSeries } from "./decision-series";
import { ReasonList } from "./ReasonList";
import "./decision.css";

/** What a decision was made of: samples, statistic, limit, baseline, policy, reasons for and against. */
export function DecisionDialog(): ReactNode {
  const isOpen = useOverlay() === "decision";
  const eventId = useDecisionOf();
  return (
    <Dialog title="Why was this decided?" isOpen={isOpen} onClose={closeOverlay} width="table">
      {isOpen && eventId !== null ? <Inspected key={eventId} eventId={eventId} /> : null}
    </Dialog>
  );
}

function Inspected({ eventId }: { readonly eventId: number }): ReactNode {
  const [decision, setDecision] = useState<DecisionView | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void request("decision/inspect", { eventId }).then((answer) => {
      if (!isCurrent) return;
      if (answer.ok) setDecision(answer.value);
      else setFailure(answer.error);
    });
    return () => {
      isCurrent = false;
    };
  }, [eventId]);
  return (
    <DialogBody>
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
      {decision === null ? (
        failure === null ? (
          <p className="note" role="status">
            Reading the journal.
          </p>
        ) : null
      ) : (
        <Decision decision={decision} />
      )}
    </DialogBody>
  );
}

function Decision({ decision }: { readonly decision: DecisionView }): ReactNode {
  const { clock } = useSettings();
  const { event, policyRevision } = decision;
  return (
    <>
      <div>
        <p className="decision-facts note">
          <span title={formatUtcInstant(event.tMs)}>{formatClock(event.tMs, clock)}</span>
          {event.nodeId === null ? null : <span className="mono">{event.nodeId}</span>}
          <span className="mono">{event.event}</span>
          <span>by {event.actor}</span>
          <span>{policyRevision === null ? "no policy was kept with it" : `policy revision ${policyRevision}`}</span>
        </p>
        <p className="decision-sentence">{event.sentence}</p>
      </div>
      <div className="decision-columns">
        <div>
          <h3>Why</h3>
          <ReasonList reasons={decision.why} />
        </div>
        <div>
          <h3>Why not</h3>
          <ReasonList reasons={decision.whyNot} />
        </div>
        <Numbers decision={decision} />
      </div>
      <Charts decision={decision} />
      <PolicyText decision={decision} />
    </>
  );
}

/** What it was held against, in numbers. */
function Numbers({ decision }: { readonly decision: DecisionView }): ReactNode {
  const { metric, limit, baseline, samples, statistic } = decision;
  const rows = [
    { name: "Metric", value: metric === null ? "the whole node" : nameOf(metric) },
    { name: "Limit", value: limit === null ? "none" : String(limit) },
    { name: "Baseline", value: baseline === null ? "none" : `${Number(baseline.median.toPrecision(4))} ± ${Number(baseline.spread.toPrecision(2))}, n = ${baseline.n}` },
    { name: "Statistic", value: statistic === null ? "none" : `${statistic.name}${statistic.limit === null ? "" : `, limit ${Number(statistic.limit.toPrecision(4))}`}` },
    { name: "Samples kept", value: samples.atMs.length === 0 ? "none" : countOf(samples.atMs.length, "sample") },
  ];
  return (
    <dl className="decision-numbers">
      {rows.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A cursor over what is fixed in time: there is nothing to zoom to. */
function controlOf(pointAt: (atMs: number | null) => void): ChartControl {
  const nothing = (): void => undefined;
  return { pointAt, select: nothing, zoom: nothing, move: nothing, reset: nothing };
}

function Charts({ decision }: { readonly decision: DecisionView }): ReactNode {
  const { clock } = useSettings();
  const [cursorMs, pointAt] = useReducer((_before: number | null, atMs: number | null) => atMs, null);
  const control = useMemo(() => controlOf(pointAt), []);
  const series = useMemo(() => decisionSeries(decision), [decision]);
  const { statistic } = decision;
  if (series === null) return <p className="note">No samples were kept with this decision, so there is nothing to draw.</p>;
  const metrics = decision.metric === null ? JUDGED_METRICS : [decision.metric];
  const view = { spanMs: series.toMs - series.fromMs, endMs: series.toMs };
  return (
    <div className="decision-charts">
      {metrics.map((metric) => (
        <MetricChart
          key={metric}
          metric={metric}
          series={series}
          view={view}
          limit={limitFor(decision, metric)}
          baseline={bandFor(decision, metric)}
          onsetMs={null}
          emphasis="normal"
          newest={newestOf(series[metric])}
          newestMs={series.toMs}
          cursorMs={cursorMs}
          clock={clock}
          scaleEpoch={0}
          control={control}
        />
      ))}
      {statistic === null || statistic.atMs.length === 0 ? null : (
        <StatisticChart
          title={`Statistic: ${statistic.name}`}
          fact="up to the decision"
          atMs={statistic.atMs}
          values={statistic.values}
          limit={statistic.limit}
          limitWord="limit"
          emphasis="normal"
          onsetMs={null}
          crossing={null}
          clock={clock}
        />
      )}
    </div>
  );
}

function newestOf(values: Float64Array): number | null {
  const newest = values.findLast((value) => !Number.isNaN(value));
  return newest ?? null;
}

/** The side of a limit is the metric's own, whatever the limit. */
function limitFor({ metric, limit }: DecisionView, shown: JudgedMetric): { readonly value: number; readonly side: "min" | "max" } | null {
  return limit === null || metric !== shown ? null : { value: limit, side: limitOf(shown, DEFAULT_LIMITS).side };
}

function bandFor({ metric, baseline }: DecisionView, shown: JudgedMetric): BaselineBand | null {
  if (baseline === null || metric !== shown) return null;
  return { ...baseline, heldFrom: null, ageMs: null };
}

/** The policy as it was, to be read and copied. */
function PolicyText({ decision }: { readonly decision: DecisionView }): ReactNode {
  const { policy, policyRevision } = decision;
  if (policy === null) return null;
  const text = prettyJson(policy);
  return (
    <details className="decision-policy">
      <summary>Policy revision {policyRevision ?? "not known"} as JSON</summary>
      <div className="decision-policy-text">
        <pre className="mono" tabIndex={0}>
          {text}
        </pre>
        <CopyButton text={text} />
      </div>
    </details>
  );
}

/** Indented; as it was kept where it is no JSON. */
function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

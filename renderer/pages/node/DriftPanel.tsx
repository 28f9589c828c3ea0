import { useState, type ReactNode } from "react";
import type { Judgement, MetricJudgement } from "../../../shared/contract/judging";
import { StatisticChart } from "../../charts/StatisticChart";
import type { Emphasis } from "../../charts/scales";
import { Problem } from "../../design";
import { formatNumber, nameOf } from "../../format/number";
import { baselineText } from "../../judging/shown";
import { pathOfChart, spokenChart, type SpokenChart } from "../../judging/spoken-chart";
import type { JudgementAnswer } from "../../judging/use-judgement";
import { useSettings } from "../../state/store";

const CHART_WORDS: Readonly<Record<SpokenChart["name"], { readonly title: string; readonly fact: string }>> = {
  "drift-slow": { title: "Drift", fact: "slow CUSUM" },
  "drift-fast": { title: "Drift", fact: "fast CUSUM" },
  spread: { title: "Spread", fact: "CUSUM of neighbours' differences" },
};

/** The statistic of the metric that speaks, against the limit at which the engine acts. */
export function DriftPanel({ answer }: { readonly answer: JudgementAnswer }): ReactNode {
  const { judgement, failure } = answer;
  const [before, setBefore] = useState<SpokenChart | null>(null);
  if (judgement === null) {
    return (
      <section className="panel drift-panel drift-panel-empty" aria-label="Drift">
        {failure === null ? (
          <p className="note" role="status">
            Asking how it is judged.
          </p>
        ) : failure.code === "UNKNOWN_NODE" ? (
          <p className="note">{failure.message}</p>
        ) : (
          <Problem code={failure.code} sentence={failure.message} />
        )}
      </section>
    );
  }
  const spoken = spokenChart(judgement, before);
  // Adjusted while rendering, as React recommends for state that follows other state.
  if (spoken?.metric !== before?.metric || spoken?.name !== before?.name) setBefore(spoken);
  const judged = judgement.metrics.find(({ metric }) => metric === spoken?.metric);
  if (spoken === null || judged === undefined || judged.path.atMs.length === 0) {
    return (
      <section className="panel drift-panel drift-panel-empty" aria-label="Drift">
        <p className="note">{baselineText(judgement.guard) ?? "No drift chart yet."} Drift is judged against a baseline of the version that runs.</p>
      </section>
    );
  }
  return <Drift judgement={judgement} judged={judged} spoken={spoken} />;
}

function Drift({ judgement, judged, spoken }: { readonly judgement: Judgement; readonly judged: MetricJudgement; readonly spoken: SpokenChart }): ReactNode {
  const { clock } = useSettings();
  const { guard, crossing } = judgement;
  const chart = judged.charts.find(({ name }) => name === spoken.name);
  const { title, fact } = CHART_WORDS[spoken.name];
  const rho = judged.baseline === null ? "" : `, autocorrelation ${formatNumber(judged.baseline.rho, 1)} accounted for`;
  const isLoud = guard.verdict.reason === spoken.name || (chart?.limit != null && chart.statistic >= chart.limit);
  const isCrossing = crossing !== null && crossing.metric === spoken.metric && crossing.rule === spoken.name;
  return (
    <StatisticChart
      className="drift-panel"
      title={`${title} of ${nameOf(spoken.metric).toLowerCase()}`}
      fact={`${fact}, k = ${formatNumber(chart?.k ?? 0, 2)}${rho}`}
      atMs={judged.path.atMs}
      values={pathOfChart(judged, spoken.name)}
      limit={chart?.limit ?? null}
      limitWord={judged.role === "guardrail" ? "rolls back at" : judged.role === "signal" ? "warns at" : "muted; limit"}
      emphasis={isLoud ? emphasisOf(judged) : "normal"}
      onsetMs={guard.verdict.metric === spoken.metric ? guard.verdict.sinceMs : null}
      crossing={isCrossing ? { inMs: crossing.inMs, sentence: crossing.sentence } : null}
      clock={clock}
    />
  );
}

/** A metric's colour by its own outcome. */
export function emphasisOf({ outcome }: Pick<MetricJudgement, "outcome">): Emphasis {
  if (outcome === "fail") return "high";
  return outcome === "warn" ? "medium" : "normal";
}

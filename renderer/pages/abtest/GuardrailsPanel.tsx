import type { ReactNode } from "react";
import type { AbTestMetric, AbTestView } from "../../../shared/contract/abtest";
import { hatchPath } from "../../charts/hatch";
import { METRIC_TITLES } from "../../charts/metric-words";
import { shareOf } from "../../charts/scales";
import { useSize } from "../../charts/use-size";
import { Glyph, Panel } from "../../design";
import { guardrailBar } from "./guardrail-bar";
import { standingWord } from "./words";

const HEIGHT_PX = 24;

/** What may not get worse: each interval beside its limit. */
export function GuardrailsPanel({ view }: { readonly view: AbTestView }): ReactNode {
  const guardrails = view.metrics.filter(({ role }) => role === "guardrail");
  return (
    <Panel title="Guardrails, B − A" className="ab-guardrails-live">
      {guardrails.length === 0 ? <p className="note">None: the test watches its primary metric alone. The judge stays armed.</p> : null}
      {guardrails.map((each) => (
        <section key={each.metric} className="ab-guardrail" aria-label={METRIC_TITLES[each.metric].name} data-standing={each.standing}>
          <div className="ab-guardrail-head">
            <h3>
              {each.metric === "compressionRatio" ? "Ratio" : METRIC_TITLES[each.metric].name} {each.metric === "latencyMs" ? <span className="note">ms</span> : null}
            </h3>
            <span className={`state hue-${each.standing === "breached" ? "high" : "none"}`}>
              <Glyph name={standingWord(each.standing, view).glyph} />
              {standingWord(each.standing, view).word}
            </span>
          </div>
          <Bar metric={each} />
          <p className="note">{each.sentence}</p>
        </section>
      ))}
    </Panel>
  );
}

function Bar({ metric }: { readonly metric: AbTestMetric }): ReactNode {
  const [sizeRef, size] = useSize();
  const { effect, low, high, allowed, standing } = metric;
  const width = size?.width ?? 0;
  return (
    <div ref={sizeRef} className="ab-bar" style={{ height: HEIGHT_PX }} aria-hidden="true">
      {width < 60 || allowed === null ? null : <BarPicture metric={metric.metric} effect={effect} low={low} high={high} allowed={allowed} isBreached={standing === "breached"} width={width} />}
    </div>
  );
}

interface BarPictureProps extends Pick<AbTestMetric, "metric" | "effect" | "low" | "high"> {
  readonly allowed: number;
  readonly isBreached: boolean;
  readonly width: number;
}

function BarPicture({ metric, effect, low, high, allowed, isBreached, width }: BarPictureProps): ReactNode {
  const { scale, limit, forbidden } = guardrailBar(metric, allowed, low, high);
  const x = (value: number): number => shareOf(value, scale) * width;
  const middle = HEIGHT_PX / 2;
  const limitX = x(limit);
  return (
    <svg className="chart-layer ab-svg" width={width} height={HEIGHT_PX} focusable="false">
      <path className="ab-hatch" d={forbidden === "above" ? hatchPath(limitX, 2, width, HEIGHT_PX - 2) : hatchPath(0, 2, limitX, HEIGHT_PX - 2)} />
      <path className="ab-bar-axis" d={`M0 ${middle}H${width}`} />
      {low === null || high === null ? null : <rect className={isBreached ? "ab-bar-interval ab-bar-breached" : "ab-bar-interval"} x={x(low)} y={middle - 4} width={Math.max(2, x(high) - x(low))} height={8} rx={1} />}
      <path className="ab-bar-zero" d={`M${x(0)} ${middle - 8}v16`} />
      <path className="chart-limit" d={`M${limitX} 1V${HEIGHT_PX - 1}`} />
      {effect === null ? null : <path className="ab-bar-effect" d={`M${x(effect)} ${middle - 7}v14`} />}
    </svg>
  );
}

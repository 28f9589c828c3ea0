import type { ReactNode } from "react";
import type { PolicyCost } from "../../../../shared/contract/policy";
import { Panel, Problem, Slider, Tag } from "../../../design";
import { countOf, formatNumber } from "../../../format/number";
import { formatDuration } from "../../../format/time";
import { BUDGET_MARKS, daysAtShare, shareOfDays } from "./budget-scale";
import { edit } from "./desk";
import { FLEET_NUMBERS, fleetValueOf, numberText } from "./fields";
import { FleetNumberField } from "./FleetNumberField";
import { pathOf } from "./leaves";
import type { Draft } from "./use-draft";
import type { CostAnswer } from "./use-policy-cost";

/** Steps of the slider from end to end. */
const STEPS = 100;

/** How often the engine may be wrong, and what that costs. */
export function BudgetPanel({ draft, answer }: { readonly draft: Draft; readonly answer: CostAnswer }): ReactNode {
  const days = fleetValueOf(draft.leaves, "budget/days");
  const shownDays = typeof days === "number" && Number.isFinite(days) ? days : null;
  const set = (position: number): void => edit(pathOf("budget/days"), daysAtShare(position / STEPS));
  return (
    <Panel title="False-rollback budget" fact={<Tag name="PREDICTED" />}>
      <div className="policy-budget">
        <div className="policy-slider">
          <Slider
            label="At most one false rollback of the whole fleet in"
            value={STEPS * shareOfDays(shownDays ?? 1)}
            minValue={0}
            maxValue={STEPS}
            step={1}
            valueText={shownDays === null ? "no number" : numberText(shownDays, FLEET_NUMBERS["budget/days"])}
            onChange={set}
            onChangeEnd={set}
          />
          <div className="policy-slider-marks" aria-hidden="true">
            {BUDGET_MARKS.map((mark) => (
              <span key={mark} style={{ left: `${100 * shareOfDays(mark)}%` }}>
                {mark}
              </span>
            ))}
          </div>
        </div>
        <FleetNumberField draft={draft} name="budget/days" showName={false} />
      </div>
      <div className="policy-numbers policy-budget-more">
        <FleetNumberField draft={draft} name="budget/nodes" />
        <FleetNumberField draft={draft} name="budget/baselinesPerDay" />
      </div>
      <Figures draft={draft} answer={answer} />
    </Panel>
  );
}

function Figures({ draft, answer }: { readonly draft: Draft; readonly answer: CostAnswer }): ReactNode {
  const { cost, failure } = answer;
  const isOfDraft = draft.policy !== null && answer.of === draft.policy;
  if (failure !== null && isOfDraft) return <Problem code={failure.code} sentence={failure.message} />;
  if (draft.policy === null) {
    return <p className="note policy-figures-state">No prediction: {draft.problems[0] === undefined ? "the policy is not one yet" : `${draft.problems[0].name} is not a value that it can have`}.</p>;
  }
  if (cost === null) {
    return (
      <p className="note policy-figures-state" role="status">
        Computing what it costs…
      </p>
    );
  }
  return (
    <>
      <div className={isOfDraft ? "policy-figures" : "policy-figures policy-figures-old"} aria-busy={!isOfDraft}>
        <Figure value={rateText(cost.falseRollbacksPerDay)} unit="">
          false rollbacks a day, {countOf(cost.nodes, "node")}, {countOf(cost.metrics, "metric")}
        </Figure>
        <Figure value={formatDuration(cost.dropDelayMs).replace(" s", "")} unit="s">
          to see a 30 % drop, {countOf(cost.dropDelaySamples, "sample")} at 5 % spread
        </Figure>
        <Figure value={formatNumber(cost.hardRun, 0)} unit="">
          in a row beyond a limit before it counts
        </Figure>
      </div>
      <p className="note policy-figures-state" role="status">
        {isOfDraft ? `Drift chart's limit ${formatNumber(cost.driftLimit, 1)}. Computed, never measured.` : "These are of the policy before; computing…"}
      </p>
    </>
  );
}

/** Two figures, so that a small rate does not read 0. */
function rateText(perDay: number): string {
  const decimals = perDay <= 0 ? 0 : Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(perDay))));
  return formatNumber(perDay, decimals);
}

function Figure({ value, unit, children }: { readonly value: string; readonly unit: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <p className="policy-figure">
        {value}
        {unit === "" ? null : <span> {unit}</span>}
      </p>
      <p className="note">{children}</p>
    </div>
  );
}

/** The cost that is of this draft; null while another one is computed. */
export function costOfDraft(draft: Draft, answer: CostAnswer): PolicyCost | null {
  return answer.of === draft.policy && answer.failure === null ? answer.cost : null;
}

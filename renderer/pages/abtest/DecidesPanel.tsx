import { ChevronDown } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Disclosure, DisclosurePanel } from "react-aria-components/Disclosure";
import { Heading } from "react-aria-components/Heading";
import type { AbTestPreview } from "../../../shared/contract/abtest";
import { LIMITED_METRICS, type LimitedMetric } from "../../../shared/judge/limits";
import { METRIC_TITLES } from "../../charts/metric-words";
import { Check, NumberCell, NumberField, Panel, Select } from "../../design";
import { formatNumber } from "../../format/number";
import { changeForm, changeGuardrail, choosePrimary, useDesk } from "./desk";
import { ADVANCED, guardrailMetrics, problemsOf, type AdvancedField, type NumberName } from "./form";
import { METRIC_CHOICES, shareText } from "./metric-texts";
import "./decides.css";

type Problems = ReadonlyMap<NumberName, string>;

/**
 * A suggestion that stands still while its field has the focus: it is asked for anew every other second, and another one
 * would take away what is being typed.
 */
function useHeld(suggestion: number): readonly [number, { readonly onFocus: () => void; readonly onBlur: () => void }] {
  const [held, setHeld] = useState<number | null>(null);
  return [held ?? suggestion, { onFocus: () => setHeld(suggestion), onBlur: () => setHeld(null) }];
}

/** Which metric decides, which difference matters, what may not get worse; and, folded, blocks, time and error. */
export function DecidesPanel({ preview }: { readonly preview: AbTestPreview | null }): ReactNode {
  const form = useDesk((desk) => desk.form);
  const problems = problemsOf(form);
  const [suggested, holdDifference] = useHeld(preview?.smallestDifference ?? Number.NaN);
  const difference = form.smallestDifference ?? suggested;
  const alpha = form.alphaPercent / 100 / Math.max(1, guardrailMetrics(form).length);
  const note = shareText(difference, preview?.median ?? null, form.primary);
  return (
    <Panel title="What decides" className="ab-decides">
      <div className="field">
        <span className="field-label" aria-hidden="true">
          Primary metric
        </span>
        <Select label="Primary metric" value={form.primary} choices={METRIC_CHOICES} onChange={choosePrimary} />
      </div>
      <div className="ab-difference" {...holdDifference}>
        <NumberField
          label="Smallest difference that matters"
          value={difference}
          minValue={0}
          maxValue={1_000_000}
          maxDecimals={4}
          {...(form.primary === "latencyMs" ? { unit: "ms" } : {})}
          problem={problems.get("smallestDifference") ?? ""}
          onChange={(value) => changeForm({ smallestDifference: value })}
        />
        <span className="note">{note === "" ? (Number.isNaN(difference) ? "suggested once the arms have samples" : "") : note}</span>
      </div>
      <h3 className="note">Guardrails{Number.isFinite(alpha) ? `, each with α = ${formatNumber(alpha, 3)}` : ""}</h3>
      <ul className="ab-guardrails">
        {LIMITED_METRICS.filter((metric) => metric !== form.primary).map((metric) => (
          <GuardrailRow key={metric} metric={metric} preview={preview} problem={problems.get(`allowed ${metric}`) ?? ""} />
        ))}
      </ul>
      <Disclosure className="ab-advanced">
        <Heading level={3}>
          <AriaButton slot="trigger" className="ab-advanced-button">
            <ChevronDown size={16} strokeWidth={1.75} aria-hidden />
            Blocks, time and error
          </AriaButton>
        </Heading>
        <DisclosurePanel>
          <div className="ab-advanced-fields">
            {ADVANCED.map((field) => (
              <AdvancedNumber key={field.name} field={field} problems={problems} />
            ))}
          </div>
        </DisclosurePanel>
      </Disclosure>
    </Panel>
  );
}

function GuardrailRow({ metric, preview, problem }: { readonly metric: LimitedMetric; readonly preview: AbTestPreview | null; readonly problem: string }): ReactNode {
  const { isOn, allowed } = useDesk((desk) => desk.form.guardrails[metric]);
  const [suggested, hold] = useHeld(useDesk((desk) => desk.suggested[metric] ?? Number.NaN));
  const said = preview?.guardrails.find((each) => each.metric === metric)?.sentence;
  const name = METRIC_TITLES[metric].name;
  return (
    <li {...hold}>
      <Check label={metric === "compressionRatio" ? "Ratio" : name} isOn={isOn} onChange={(next) => changeGuardrail(metric, { isOn: next })} />
      {isOn ? (
        <>
          <span className="note ab-guardrail-words">{metric === "latencyMs" ? "not above +" : "not below −"}</span>
          <NumberCell
            label={`${name}: B may be worse by`}
            value={allowed ?? suggested}
            maxDecimals={4}
            tone={allowed === null ? "quiet" : "plain"}
            {...(metric === "latencyMs" ? { unit: "ms" } : {})}
            problem={problem}
            onChange={(value) => changeGuardrail(metric, { allowed: value })}
          />
          {said === undefined ? null : <span className="note ab-guardrail-said">{said}</span>}
        </>
      ) : (
        <span className="note ab-guardrail-off">not watched by the test; the judge stays armed</span>
      )}
    </li>
  );
}

function AdvancedNumber({ field, problems }: { readonly field: AdvancedField; readonly problems: Problems }): ReactNode {
  const value = useDesk((desk) => desk.form[field.name]);
  return (
    <NumberField
      label={field.label}
      value={value}
      unit={field.unit}
      minValue={field.min}
      maxValue={field.max}
      maxDecimals={field.decimals}
      problem={problems.get(field.name) ?? ""}
      onChange={(next) => changeForm({ [field.name]: next })}
    />
  );
}

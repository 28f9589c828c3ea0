import type { ReactNode } from "react";
import { NumberField } from "../../design";
import { FIELDS, problemsOf, type Form } from "./start-form";
import "./rollouts.css";

/** The numbers of a phased roll-out: its phases and gates, and when it stops by itself. */
export function PlanFields({ form, onChange }: { readonly form: Form; readonly onChange: (part: Partial<Form>) => void }): ReactNode {
  const problems = problemsOf(form);
  return (
    <>
      <fieldset className="start-fields">
        <legend>Phases and gates</legend>
        {FIELDS.phases.map((field) => (
          <FormNumber key={field.name} field={field} form={form} problem={problems.get(field.name)} onChange={onChange} />
        ))}
      </fieldset>
      <fieldset className="start-fields">
        <legend>Stops by itself, and at once when every canary failed</legend>
        {FIELDS.stop.map((field) => (
          <FormNumber key={field.name} field={field} form={form} problem={problems.get(field.name)} onChange={onChange} />
        ))}
      </fieldset>
    </>
  );
}

function FormNumber(props: { readonly field: (typeof FIELDS)["phases" | "stop"][number]; readonly form: Form; readonly problem: string | undefined; readonly onChange: (part: Partial<Form>) => void }): ReactNode {
  const { field, form, problem, onChange } = props;
  return (
    <NumberField
      label={field.label}
      value={form[field.name]}
      unit={field.unit}
      minValue={field.min}
      maxValue={field.max}
      maxDecimals={field.decimals}
      problem={problem ?? ""}
      onChange={(value) => onChange({ [field.name]: value })}
    />
  );
}

import type { ReactNode } from "react";
import { FieldError } from "react-aria-components/FieldError";
import { Group } from "react-aria-components/Group";
import { Input } from "react-aria-components/Input";
import { NumberField } from "react-aria-components/NumberField";
import "./field.css";

/** A number cell's properties. */
export interface NumberCellProps {
  /** For screen readers: the table's heads say it to the eye. */
  readonly label: string;
  /** NaN while the field is empty. */
  readonly value: number;
  readonly unit?: string;
  readonly minDecimals?: number;
  readonly maxDecimals: number;
  /** Why the value cannot be used; empty when it can. What is out of range is said, never changed. */
  readonly problem?: string;
  /** The problem is said in words elsewhere in the table; here only for screen readers. */
  readonly isProblemBelow?: boolean;
  /** `quiet`: the value comes from elsewhere. */
  readonly tone?: "plain" | "quiet";
  readonly onChange: (value: number) => void;
}

/** A number in a table: narrow, without a label of its own. */
export function NumberCell(props: NumberCellProps): ReactNode {
  const problem = props.problem ?? "";
  return (
    <NumberField
      className={`field number-cell number-cell-${props.tone ?? "plain"}`}
      aria-label={props.label}
      value={props.value}
      isInvalid={problem !== ""}
      formatOptions={{ minimumFractionDigits: props.minDecimals ?? 0, maximumFractionDigits: props.maxDecimals, useGrouping: false }}
      onChange={props.onChange}
    >
      <Group className="field-box">
        <Input className="field-input" />
        {props.unit === undefined ? null : <span className="field-unit">{props.unit}</span>}
      </Group>
      <FieldError className={props.isProblemBelow === true ? "visually-hidden" : "field-error"}>{problem}</FieldError>
    </NumberField>
  );
}

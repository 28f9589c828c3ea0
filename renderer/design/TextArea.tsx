import type { ReactNode } from "react";
import { FieldError } from "react-aria-components/FieldError";
import { Label } from "react-aria-components/Label";
import { TextArea as AriaTextArea } from "react-aria-components/TextArea";
import { TextField } from "react-aria-components/TextField";
import "./field.css";

/** A text area's properties. */
export interface TextAreaProps {
  readonly label: string;
  readonly value: string;
  readonly maxLength: number;
  readonly autoFocus?: boolean;
  /** Why the text cannot be used; empty when it can. */
  readonly problem?: string;
  readonly onChange: (value: string) => void;
}

/** A few lines of text, such as a reason. */
export function TextArea(props: TextAreaProps): ReactNode {
  const isInvalid = props.problem !== undefined && props.problem !== "";
  return (
    <TextField
      className="field"
      value={props.value}
      maxLength={props.maxLength}
      isInvalid={isInvalid}
      autoFocus={props.autoFocus ?? false}
      onChange={props.onChange}
    >
      <Label className="field-label">{props.label}</Label>
      <AriaTextArea className="field-area" rows={3} />
      <FieldError className="field-error">{props.problem}</FieldError>
    </TextField>
  );
}

import { Check as CheckIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Checkbox } from "react-aria-components/Checkbox";
import "./field.css";

/** A checkbox's properties. */
export interface CheckProps {
  readonly label: string;
  /** False: the label is for screen readers alone, a column's head says it. */
  readonly showLabel?: boolean;
  readonly isOn: boolean;
  readonly className?: string;
  readonly onChange: (isOn: boolean) => void;
}

/** Yes or no, with its word beside it. */
export function Check({ label, showLabel = true, isOn, className = "", onChange }: CheckProps): ReactNode {
  return (
    <Checkbox className={`check ${className}`} isSelected={isOn} {...(showLabel ? {} : { "aria-label": label })} onChange={onChange}>
      <span className="check-box">
        <CheckIcon size={14} strokeWidth={2.5} aria-hidden />
      </span>
      {showLabel ? <span>{label}</span> : null}
    </Checkbox>
  );
}

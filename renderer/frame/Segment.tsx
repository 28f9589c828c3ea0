import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Explainer } from "../design";

/** A segment of the strip. */
export interface SegmentProps {
  readonly label: string;
  /** Names its explanation for screen readers. */
  readonly name: string;
  readonly value: ReactNode;
  /** Its explanation. */
  readonly children: ReactNode;
}

/** A fact in the strip that opens its explanation. */
export function Segment(props: SegmentProps): ReactNode {
  return (
    <Explainer
      label={props.name}
      trigger={
        <AriaButton className="segment">
          <span className="segment-label">{props.label}</span>
          {props.value}
        </AriaButton>
      }
    >
      {props.children}
    </Explainer>
  );
}

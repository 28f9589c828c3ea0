import type { ReactElement, ReactNode } from "react";
import { Dialog, DialogTrigger } from "react-aria-components/Dialog";
import { Popover as AriaPopover } from "react-aria-components/Popover";
import { Tooltip as AriaTooltip, TooltipTrigger } from "react-aria-components/Tooltip";
import "./popover.css";

/** An explanation that a button opens beside itself. */
export interface ExplainerProps {
  /** The button. */
  readonly trigger: ReactElement;
  /** Names the popover for screen readers. */
  readonly label: string;
  readonly children: ReactNode | ((close: () => void) => ReactNode);
}

/** A button and the small dialog that explains it. */
export function Explainer({ trigger, label, children }: ExplainerProps): ReactNode {
  return (
    <DialogTrigger>
      {trigger}
      <AriaPopover className="popover" placement="bottom start" offset={4}>
        <Dialog className="popover-dialog" aria-label={label}>
          {({ close }) => <>{typeof children === "function" ? children(close) : children}</>}
        </Dialog>
      </AriaPopover>
    </DialogTrigger>
  );
}

/** A word or two shown when the button inside is hovered or focused; never the only place of a fact. */
export function Tooltip({ text, children }: { readonly text: string; readonly children: ReactElement }): ReactNode {
  return (
    <TooltipTrigger delay={500}>
      {children}
      <AriaTooltip className="tooltip" placement="bottom" offset={6}>
        {text}
      </AriaTooltip>
    </TooltipTrigger>
  );
}

import type { ReactNode, Ref } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components/Button";
import "./button.css";

/** What a button is for: the one main act, an act, a lesser act, or one that cannot be undone. */
export type ButtonKind = "primary" | "outline" | "quiet" | "danger";

/** A button's own properties beside those of react-aria's. */
export interface ButtonProps extends Omit<AriaButtonProps, "children" | "className" | "style"> {
  readonly kind: ButtonKind;
  /** `small` is 28 px high, for tables. */
  readonly size?: "regular" | "small";
  /** Only an icon: give `aria-label` too. */
  readonly isSquare?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A button. Its label is verb and object, with "..." only where more is asked. */
export function Button({ kind, size = "regular", isSquare = false, className, ...rest }: ButtonProps): ReactNode {
  const classes = ["button", `button-${kind}`];
  if (size === "small") classes.push("button-small");
  if (isSquare) classes.push("button-square");
  if (className !== undefined) classes.push(className);
  return <AriaButton {...rest} className={classes.join(" ")} />;
}

/** A key as it stands on the keyboard. */
export function Kbd({ children }: { readonly children: ReactNode }): ReactNode {
  return <kbd className="kbd">{children}</kbd>;
}

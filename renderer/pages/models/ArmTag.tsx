import type { ReactNode } from "react";
import type { Side } from "../../../shared/contract/comparison";

/** The letter of a version in its colour. */
export function ArmTag({ side }: { readonly side: Side }): ReactNode {
  return <span className={`arm-tag arm-tag-${side}`}>{side === "a" ? "A" : "B"}</span>;
}

import type { ReactNode } from "react";
import "./arm.css";

/** One of two versions that are held against each other. */
export type ArmSide = "a" | "b";

/** The letter of a version in its colour. */
export function ArmTag({ side }: { readonly side: ArmSide }): ReactNode {
  return <span className={`arm-tag arm-tag-${side}`}>{side === "a" ? "A" : "B"}</span>;
}

import type { ReactNode } from "react";
import "./tag.css";

/** The labels of the design language. */
export type TagName = "EMBEDDED" | "RECORDED" | "STALE" | "UNCONFIRMED" | "PREDICTED" | "DRILL" | "DRY RUN" | "HELD";

const LOOKS: Readonly<Record<TagName, "hatched" | "dashed" | "dotted" | "solid" | "plain">> = {
  EMBEDDED: "hatched",
  RECORDED: "hatched",
  STALE: "dashed",
  UNCONFIRMED: "dashed",
  PREDICTED: "dotted",
  DRILL: "solid",
  "DRY RUN": "plain",
  HELD: "plain",
};

/** A label in capitals whose edge and fill mean the same everywhere. */
export function Tag({ name }: { readonly name: TagName }): ReactNode {
  return (
    <span className={`tag tag-${LOOKS[name]}`}>
      <span>{name}</span>
    </span>
  );
}

/** A model version in mono; null where the node reports none. */
export function VersionTag({ version }: { readonly version: string | null }): ReactNode {
  if (version === null) {
    return (
      <span className="tag tag-version tag-version-none">
        <span>not reported</span>
      </span>
    );
  }
  return (
    <span className="tag tag-version" title={version}>
      <span>{version}</span>
    </span>
  );
}

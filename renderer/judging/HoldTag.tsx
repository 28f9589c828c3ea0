import type { ReactNode } from "react";
import type { NodeView } from "../../shared/contract/snapshot";
import { Tag } from "../design";
import { tagOf } from "./shown";

/** HELD or DRY RUN, where the node's own word does not say so. */
export function HoldTag({ node }: { readonly node: Pick<NodeView, "state" | "guard"> }): ReactNode {
  const tag = tagOf(node);
  return tag === null ? null : <Tag name={tag} />;
}

import { useEffect, useState } from "react";
import type { AbTestTraces, AbTestView } from "../../../shared/contract/abtest";
import { keepAsking } from "../../state/keep-asking";
import { request } from "../../state/ops";
import { isOpen } from "./words";

/** The values are asked for anew so often while the test runs. */
const LOOK_MS = 2_000;
/** Points of a node at most: about three a px of a wide window. */
const MOST_POINTS = 3_000;

/** The values of a test's nodes; the last ones stay while they cannot be read. */
export function useTraces({ testId, ...view }: Pick<AbTestView, "testId" | "state">): { readonly traces: AbTestTraces | null; readonly failure: string | null } {
  const [known, setKnown] = useState<{ readonly traces: AbTestTraces | null; readonly failure: string | null }>({ traces: null, failure: null });
  const runs = isOpen(view);
  useEffect(
    () =>
      keepAsking(
        () => request("abtests/traces", { testId, maxPoints: MOST_POINTS }),
        (answer) => setKnown((before) => (answer.ok ? { traces: answer.value, failure: null } : { ...before, failure: `${answer.error.code}: ${answer.error.message}` })),
        { everyMs: runs ? LOOK_MS : null },
      ),
    [testId, runs],
  );
  return known;
}

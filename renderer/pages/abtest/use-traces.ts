import { useEffect, useState } from "react";
import type { AbTestTraces, AbTestView } from "../../../shared/contract/abtest";
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
  useEffect(() => {
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const look = async (): Promise<void> => {
      const answer = await request("abtests/traces", { testId, maxPoints: MOST_POINTS });
      if (!isCurrent) return;
      setKnown((before) => (answer.ok ? { traces: answer.value, failure: null } : { ...before, failure: `${answer.error.code}: ${answer.error.message}` }));
      if (runs) timer = setTimeout(() => void look(), LOOK_MS);
    };
    void look();
    return () => {
      isCurrent = false;
      if (timer !== null) clearTimeout(timer);
    };
  }, [testId, runs]);
  return known;
}

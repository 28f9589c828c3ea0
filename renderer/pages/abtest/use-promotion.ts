import { useEffect, useState } from "react";
import type { AbTestPromotion, AbTestView } from "../../../shared/contract/abtest";
import type { Failure } from "../../../shared/result";
import { keepAsking } from "../../state/keep-asking";
import { request } from "../../state/ops";

/** Nodes come and go: so often the engine is asked anew what a promotion would do. */
const LOOK_MS = 2_000;

/** What a click on Promote would do now; both null until it is known, or without a winner. */
export interface KnownPromotion {
  readonly promotion: AbTestPromotion | null;
  readonly failure: Failure | null;
}

const UNKNOWN: KnownPromotion = { promotion: null, failure: null };

/** Asks what a click on Promote would do, as long as there is a winner to promote. */
export function usePromotion({ testId, promotable }: Pick<AbTestView, "testId" | "promotable">): KnownPromotion {
  const [known, setKnown] = useState(UNKNOWN);
  useEffect(() => {
    setKnown(UNKNOWN);
    if (promotable === null) return undefined;
    return keepAsking(
      () => request("abtests/promotion", { testId }),
      (answer) => setKnown(answer.ok ? { promotion: answer.value, failure: null } : { promotion: null, failure: answer.error }),
      { everyMs: LOOK_MS },
    );
  }, [testId, promotable]);
  return known;
}

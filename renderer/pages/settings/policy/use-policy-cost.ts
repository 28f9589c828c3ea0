import { useEffect, useRef, useState } from "react";
import type { PolicyCost } from "../../../../shared/contract/policy";
import type { Policy } from "../../../../shared/policy/policy";
import type { Failure } from "../../../../shared/result";
import { request } from "../../../state/ops";
import { PreviewAsker } from "./preview-asker";

/** A hand that drags a slider rests so long before its place is computed, ms. */
const SETTLE_MS = 150;

/** What a policy costs, and whether that is of this policy yet. */
export interface CostAnswer {
  /** The newest that was computed; null before the first. */
  readonly cost: PolicyCost | null;
  readonly failure: Failure | null;
  /** The policy that `cost` or `failure` is of. */
  readonly of: Policy | null;
}

const NOTHING_YET: CostAnswer = { cost: null, failure: null, of: null };

/**
 * What a policy would cost, computed by the engine whenever the policy is another object.
 * @param policy null where there is none to compute.
 */
export function usePolicyCost(policy: Policy | null): CostAnswer {
  const [answer, setAnswer] = useState<CostAnswer>(NOTHING_YET);
  const askerRef = useRef<PreviewAsker | null>(null);
  useEffect(() => {
    const asker = new PreviewAsker(
      (asked) => request("policy/preview", { policy: asked }),
      (taken, of) => {
        if (taken.ok) setAnswer({ cost: taken.value, failure: null, of });
        else setAnswer((before) => ({ cost: before.cost, failure: taken.error, of }));
      },
    );
    askerRef.current = asker;
    return () => {
      asker.stop();
    };
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => askerRef.current?.ask(policy), SETTLE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [policy]);
  return answer;
}

import { useEffect, useRef, useState } from "react";
import type { PolicyCost, PolicyCurve } from "../../../../shared/contract/policy";
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
  /** The newest curve, which comes after the numbers, and the policy that it is of; null before the first. */
  readonly curve: PolicyCurve | null;
  readonly curveOf: Policy | null;
}

const NOTHING_YET: CostAnswer = { cost: null, failure: null, of: null, curve: null, curveOf: null };

/**
 * What a policy would cost, computed by the engine whenever the policy is another object.
 * @param policy null where there is none to compute.
 */
export function usePolicyCost(policy: Policy | null): CostAnswer {
  const [answer, setAnswer] = useState<CostAnswer>(NOTHING_YET);
  const askerRef = useRef<PreviewAsker<PolicyCost> | null>(null);
  useEffect(() => {
    const curveAsker = new PreviewAsker<PolicyCurve>(
      (asked) => request("policy/curve", { policy: asked }),
      (taken, of) => {
        if (taken.ok) setAnswer((before) => ({ ...before, curve: taken.value, curveOf: of }));
      },
    );
    const asker = new PreviewAsker<PolicyCost>(
      (asked) => request("policy/preview", { policy: asked }),
      (taken, of) => {
        if (taken.ok) setAnswer((before) => ({ ...before, cost: taken.value, failure: null, of }));
        else setAnswer((before) => ({ ...before, failure: taken.error, of }));
        curveAsker.ask(taken.ok ? of : null);
      },
    );
    askerRef.current = asker;
    return () => {
      asker.stop();
      curveAsker.stop();
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

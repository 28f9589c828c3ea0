import { useEffect, useState } from "react";
import type { AbTestView } from "../../../shared/contract/abtest";
import type { Failure } from "../../../shared/result";
import { request } from "../../state/ops";
import { useAbTests, usePushedAbTest } from "../../state/abtests";

/** A test as its page shows it: pushed while the engine tells of it, else asked for whenever its line in the list changes. */
export function useAbTestView(testId: string): { readonly view: AbTestView | null; readonly failure: Failure | null } {
  const pushed = usePushedAbTest(testId);
  const summary = useAbTests()?.find((each) => each.testId === testId);
  const [asked, setAsked] = useState<{ readonly view: AbTestView | null; readonly failure: Failure | null }>({ view: null, failure: null });
  const isPushed = pushed !== null;
  useEffect(() => {
    if (isPushed) return;
    let isCurrent = true;
    void request("abtests/view", { testId }).then((answer) => {
      if (isCurrent) setAsked((before) => (answer.ok ? { view: answer.value, failure: null } : { ...before, failure: answer.error }));
    });
    return () => {
      isCurrent = false;
    };
  }, [testId, isPushed, summary]);
  return isPushed ? { view: pushed, failure: null } : asked;
}

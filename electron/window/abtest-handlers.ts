import type { ABTEST_REQUESTS } from "../../shared/contract/abtest";
import { fail, ok, type Result } from "../../shared/result";
import type { RequestHandlers } from "../ipc/answer";

/** Answers the window's requests about A/B tests: there are none until the engine runs them. */
export function abTestHandlers(): Pick<RequestHandlers, keyof typeof ABTEST_REQUESTS> {
  return {
    "abtests/list": () => ok([]),
    "abtests/preview": notYet,
    "abtests/start": notYet,
    "abtests/stop": ({ testId }) => unknown(testId),
    "abtests/view": ({ testId }) => unknown(testId),
    "abtests/traces": ({ testId }) => unknown(testId),
    "abtests/promote": ({ testId }) => unknown(testId),
    "abtests/reproduce": ({ testId }) => unknown(testId),
    "abtests/export": ({ testId }) => unknown(testId),
  };
}

function notYet(): Result<never> {
  return fail("NOT_AVAILABLE", "This engine runs no A/B tests.");
}

function unknown(testId: string): Result<never> {
  return fail("UNKNOWN_AB_TEST", `There is no A/B test ${testId}.`);
}

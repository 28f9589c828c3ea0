import { Worker } from "node:worker_threads";
import * as v from "valibot";
import { policyCostSchema, type PolicyCost } from "../../shared/contract/policy";
import type { Policy } from "../../shared/policy/policy";
import { fail, ok, type Result } from "../../shared/result";

/** Answers that are kept: the same policy asked again costs nothing. */
const KEPT = 20;
/** A drift limit that no budget allows is infinite; that is no number of the contract. */
const NO_BUDGET = "No limit keeps this budget; allow a false rollback more often.";

/** Computes what policies would cost, beside the main thread. */
export interface PolicyCostDesk {
  /** NO_BUDGET where no limit keeps the budget, INTERNAL when the thread fell. */
  preview(policy: Policy, nodes: number): Promise<Result<PolicyCost>>;
}

function compute(entry: string, policy: Policy, nodes: number): Promise<Result<PolicyCost>> {
  return new Promise((resolve) => {
    const worker = new Worker(entry);
    const end = (result: Result<PolicyCost>): void => {
      resolve(result);
      void worker.terminate();
    };
    worker.once("message", (message: unknown) => {
      const parsed = v.safeParse(policyCostSchema, message);
      end(parsed.success ? ok(parsed.output) : fail("NO_BUDGET", NO_BUDGET));
    });
    worker.once("error", (error) => {
      end(fail("INTERNAL", `What the policy costs could not be computed: ${error.message}`));
    });
    worker.postMessage({ policy, nodes });
  });
}

/**
 * Opens the desk.
 * @param entry the bundle of the thread.
 */
export function openPolicyCostDesk(entry: string): PolicyCostDesk {
  const kept = new Map<string, Promise<Result<PolicyCost>>>();
  return {
    preview(policy, nodes) {
      const key = JSON.stringify([policy, nodes]);
      const known = kept.get(key);
      if (known !== undefined) return known;
      const [oldest] = kept.keys();
      if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
      const computed = compute(entry, policy, nodes);
      kept.set(key, computed);
      // A thread that fell says nothing about the policy.
      void computed.then((result) => {
        if (!result.ok && result.error.code === "INTERNAL" && kept.get(key) === computed) kept.delete(key);
      });
      return computed;
    },
  };
}

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

type Answer = Result<PolicyCost>;

/** The thread, and who waits for which of its answers. */
interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, (answer: Answer) => void>;
}

function answerOf(cost: unknown): Answer {
  const parsed = v.safeParse(policyCostSchema, cost);
  return parsed.success ? ok(parsed.output) : fail("NO_BUDGET", NO_BUDGET);
}

const saidSchema = v.object({ id: v.number(), cost: v.unknown() });

/**
 * Opens the desk. Its thread begins with the first question and stays: what it solved for one policy serves the next.
 * @param entry the bundle of the thread.
 */
export function openPolicyCostDesk(entry: string): PolicyCostDesk {
  const kept = new Map<string, Promise<Answer>>();
  let thread: Thread | null = null;
  let asked = 0;

  function begin(): Thread {
    const begun: Thread = { worker: new Worker(entry), waiting: new Map() };
    // It holds nothing up at the end.
    begun.worker.unref();
    begun.worker.on("message", (message: unknown) => {
      const said = v.safeParse(saidSchema, message);
      if (!said.success) return;
      begun.waiting.get(said.output.id)?.(answerOf(said.output.cost));
      begun.waiting.delete(said.output.id);
    });
    const fall = (why: string): void => {
      if (thread === begun) thread = null;
      for (const answer of begun.waiting.values()) answer(fail("INTERNAL", `What the policy costs could not be computed: ${why}`));
      begun.waiting.clear();
    };
    begun.worker.once("error", (error) => {
      fall(error.message);
    });
    begun.worker.once("exit", (code) => {
      fall(`its thread ended with ${code}.`);
    });
    return begun;
  }

  function compute(policy: Policy, nodes: number): Promise<Answer> {
    return new Promise((resolve) => {
      const { worker, waiting } = (thread ??= begin());
      asked += 1;
      waiting.set(asked, resolve);
      worker.postMessage({ id: asked, policy, nodes });
    });
  }

  return {
    preview(policy, nodes) {
      const key = JSON.stringify([policy, nodes]);
      const known = kept.get(key);
      if (known !== undefined) return known;
      const [oldest] = kept.keys();
      if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
      const computed = compute(policy, nodes);
      kept.set(key, computed);
      // A thread that fell says nothing about the policy.
      void computed.then((result) => {
        if (!result.ok && result.error.code === "INTERNAL" && kept.get(key) === computed) kept.delete(key);
      });
      return computed;
    },
  };
}

import { Worker } from "node:worker_threads";
import * as v from "valibot";
import { policyCostSchema, policyCurveSchema, type PolicyCost, type PolicyCurve } from "../../shared/contract/policy";
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
  /** The delays over the budget; the same failures. */
  curve(policy: Policy, nodes: number): Promise<Result<PolicyCurve>>;
}

/** What is asked of the thread, and what it must answer with. */
const ANSWERS = { cost: policyCostSchema, curve: policyCurveSchema } as const;
type What = keyof typeof ANSWERS;

/** The thread, and who waits for which of its answers. */
interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, (answer: Result<unknown>) => void>;
}

const saidSchema = v.object({ id: v.number(), value: v.unknown() });

/**
 * Opens the desk. Its thread begins with the first question and stays: what it solved for one policy serves the next.
 * @param entry the bundle of the thread.
 */
export function openPolicyCostDesk(entry: string): PolicyCostDesk {
  const kept = { cost: new Map<string, Promise<Result<PolicyCost>>>(), curve: new Map<string, Promise<Result<PolicyCurve>>>() };
  let thread: Thread | null = null;
  let asked = 0;

  function begin(): Thread {
    const begun: Thread = { worker: new Worker(entry), waiting: new Map() };
    // It holds nothing up at the end.
    begun.worker.unref();
    begun.worker.on("message", (message: unknown) => {
      const said = v.safeParse(saidSchema, message);
      if (!said.success) return;
      begun.waiting.get(said.output.id)?.(ok(said.output.value));
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

  async function compute<Name extends What>(what: Name, policy: Policy, nodes: number): Promise<Result<v.InferOutput<(typeof ANSWERS)[Name]>>> {
    const said = await new Promise<Result<unknown>>((resolve) => {
      const { worker, waiting } = (thread ??= begin());
      asked += 1;
      waiting.set(asked, resolve);
      worker.postMessage({ id: asked, what, policy, nodes });
    });
    if (!said.ok) return said;
    const parsed = v.safeParse(ANSWERS[what], said.value);
    return parsed.success ? ok(parsed.output as v.InferOutput<(typeof ANSWERS)[Name]>) : fail("NO_BUDGET", NO_BUDGET);
  }

  /** Asks once while nothing changes. */
  function once<Value>(answers: Map<string, Promise<Result<Value>>>, key: string, ask: () => Promise<Result<Value>>): Promise<Result<Value>> {
    const known = answers.get(key);
    if (known !== undefined) return known;
    const [oldest] = answers.keys();
    if (answers.size >= KEPT && oldest !== undefined) answers.delete(oldest);
    const computed = ask();
    answers.set(key, computed);
    // A thread that fell says nothing about the policy.
    void computed.then((result) => {
      if (!result.ok && result.error.code === "INTERNAL" && answers.get(key) === computed) answers.delete(key);
    });
    return computed;
  }

  return {
    preview: (policy, nodes) => once(kept.cost, JSON.stringify([policy, nodes]), () => compute("cost", policy, nodes)),
    curve: (policy, nodes) => once(kept.curve, JSON.stringify([policy, nodes]), () => compute("curve", policy, nodes)),
  };
}

import { parentPort } from "node:worker_threads";
import * as v from "valibot";
import { policyCostOf } from "../../shared/judge/policy-cost";
import { policySchema } from "../../shared/policy/policy";

/** The thread that computes what a policy costs: seconds of arithmetic, which the engine's ticks must not wait for. */

const askedSchema = v.object({ policy: policySchema, nodes: v.number() });

parentPort?.on("message", (message: unknown) => {
  const { policy, nodes } = v.parse(askedSchema, message);
  parentPort?.postMessage(policyCostOf(policy, nodes));
});

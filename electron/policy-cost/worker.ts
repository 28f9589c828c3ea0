import { parentPort } from "node:worker_threads";
import * as v from "valibot";
import { policyCostOf, policyCurveOf } from "../../shared/judge/policy-cost";
import { policySchema } from "../../shared/policy/policy";

/** The thread that computes what a policy costs: arithmetic that the engine's ticks must not wait for. */

const askedSchema = v.object({ id: v.number(), what: v.picklist(["cost", "curve"]), policy: policySchema, nodes: v.number() });

parentPort?.on("message", (message: unknown) => {
  const { id, what, policy, nodes } = v.parse(askedSchema, message);
  parentPort?.postMessage({ id, value: (what === "cost" ? policyCostOf : policyCurveOf)(policy, nodes) });
});

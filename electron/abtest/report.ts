import type { AbTestView } from "../../shared/contract/abtest";
import type { Shown } from "./view";

/**
 * A test as a JSON report: what was asked, how it went, what came out, and every value that it was computed from, so
 * that anybody can compute it again.
 */
export function testReport({ record, result, inputs }: Shown, view: AbTestView): string {
  const { started, segments, pauses, back, promotion } = record;
  const report = {
    kind: "ab-test",
    formatVersion: 1,
    testId: started.testId,
    verdict: view.verdict,
    note: view.note,
    plan: started.plan,
    nodes: started.nodes,
    startedAtMs: started.atMs,
    endedAtMs: view.endedAtMs,
    result,
    segments,
    pauses,
    restored: [...back].map(([nodeId, { state, sentence }]) => ({ nodeId, state, sentence })),
    promotion,
    happened: view.happened,
    inputs,
  };
  return `${JSON.stringify(report, null, 1)}\n`;
}

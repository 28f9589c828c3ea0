import { afterAll, beforeAll, expect, it } from "vitest";
import type { AbTestView } from "../../shared/contract/abtest";
import { startTestEngine, type TestEngine } from "./engine";
import { startPeers, type Peers } from "./peers";

const NODES = ["arm_a", "arm_b"] as const;
/** Nine blocks of 4.5 s and what exchanging takes, then the versions are put back. */
const LIMIT_MS = 90_000;

let engine: TestEngine;
let peers: Peers;

beforeAll(async () => {
  engine = await startTestEngine();
  await engine.until("the link", ({ link }) => link.state === "up");
  peers = await startPeers("--nodes", NODES.join(","), "--known", "1.0.0,1.1.0", "--gain", "1.1.0:1.0");
});

afterAll(async () => {
  await peers.stop();
  await engine.stop();
});

function seen(): AbTestView {
  const results = engine.operations.getAbTestResults();
  if (!results.ok) throw new Error(`${results.error.code}: ${results.error.message}`);
  return results.value;
}

it("finds the better version on nodes that were not written here, with real messages, and puts back what ran", async () => {
  for (const nodeId of NODES) await engine.live(nodeId);
  const options = { blockMs: 4_500, washOutMs: 500, longestMs: 120_000, smallestDifference: 0.5, guardrails: [{ metric: "latencyMs", allowed: 5 }], endAtWinner: true } as const;
  const started = await engine.operations.setupAbTest(NODES[0], NODES[1], "1.0.0", "1.1.0", { ...options, guardrails: [...options.guardrails] });
  expect(started).toMatchObject({ ok: true });
  await engine.until("the end of the test", () => seen().state === "ended", LIMIT_MS);
  const { verdict, restore, metrics, happened, blocks } = seen();
  expect(verdict.kind, JSON.stringify(happened)).toBe("b-better");
  expect(metrics[0]?.effect).toBeCloseTo(1, 0);
  expect(blocks.length).toBeGreaterThanOrEqual(9);
  expect(restore.map(({ state }) => state)).toEqual(["confirmed", "confirmed"]);
  for (const nodeId of NODES) expect(engine.node(nodeId)?.modelVersion).toBe("1.0.0");
  // Both versions ran on both nodes, by real messages.
  for (const nodeId of NODES) expect(peers.lines.filter(({ event, node }) => event === "deploy" && node === nodeId).length).toBeGreaterThanOrEqual(8);
  expect(engine.operations.abTests.reproduce(seen().testId)).toMatchObject({ ok: true, value: { isSame: true } });
}, LIMIT_MS + 30_000);

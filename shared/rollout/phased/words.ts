import { counted, duration } from "../../fleet/words";
import { nodesToReturn } from "./decide";
import { countForStop, gateConditions, gateOpensMs, nodesOf } from "./gate";
import type { RolloutInput } from "./input";
import { turnOf } from "./observe";
import { FAILURES, PHASES, stateOf, type Rollout, type RolloutNode } from "./state";

/** Words of the phases as a sentence begins with them. */
const PHASE_WORDS = { canary: "Canary", share: "Share", all: "All" } as const;

function count(nodes: readonly RolloutNode[], ...states: readonly RolloutNode["state"][]): number {
  return nodes.filter(({ state }) => states.includes(state)).length;
}

function list(parts: readonly (readonly [number, string])[]): string {
  return parts
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}`)
    .join(", ");
}

function standing(nodes: readonly RolloutNode[]): string {
  const taken = nodes.filter(({ state }) => state !== "left-out");
  const rest = list([
    [count(nodes, "sent"), "sent"],
    [count(nodes, "trial"), "in trial"],
    [count(nodes, "unconfirmed"), "unconfirmed"],
    [count(nodes, "rolled-back"), "rolled back"],
    [count(nodes, "failed", "inconsistent"), "failed"],
    [count(nodes, "left-out"), "left out"],
  ]);
  return `${count(nodes, "committed")} of ${taken.length} committed${rest === "" ? "" : `, ${rest}`}`;
}

/** What a roll-out is doing, with numbers. */
export function rolloutSentence(rollout: Rollout): string {
  const nodes = [...rollout.nodes.values()];
  const { version } = rollout.plan;
  const { failures, judged, failuresToStop } = countForStop(rollout);
  const rule = `The stop rule is at ${failures} of ${counted(failuresToStop, "failure")}${judged < rollout.plan.stop.leastJudged ? `, with ${judged} of ${rollout.plan.stop.leastJudged} nodes judged` : ""}.`;
  switch (stateOf(rollout)) {
    case "running":
      return `${PHASE_WORDS[PHASES[rollout.phase]]} is running: ${standing(nodesOf(rollout, rollout.phase))}. ${rule}`;
    case "paused":
      return `Paused in ${PHASES[rollout.phase]}: ${standing(nodesOf(rollout, rollout.phase))}. ${rule}`;
    case "stopped":
      return `Stopped in ${PHASES[rollout.phase]}: ${rollout.stop?.reason ?? ""} ${standing(nodes)}.`;
    case "aborting":
      return `Aborting: ${count(nodes, "returned")} back on what they ran before, ${counted(nodesToReturn(rollout).length, "node")} still to take back.`;
    case "aborted":
      return `Aborted: ${list([[count(nodes, "returned"), "returned"], [count(nodes, "committed", "trial"), `left on ${version}`]]) || "no node was changed"}.`;
    case "completed":
      return `Completed: ${standing(nodes)}.`;
  }
}

/** Why nothing goes out now, a clause each; empty where something does or it has ended. */
export function reasonsToWait(rollout: Rollout, input: RolloutInput): readonly string[] {
  const nodes = [...rollout.nodes.values()];
  const named = (states: readonly RolloutNode["state"][], word: string): readonly string[] =>
    nodes.filter(({ state }) => states.includes(state)).map(({ nodeId }) => `${nodeId} ${word}`);
  const joins = nodes.flatMap((node) => {
    if (node.state !== "waiting" || node.phase > rollout.phase) return [];
    const turn = turnOf(rollout.plan.version, node.attempt, input.nodes.get(node.nodeId), input.isSettling);
    return turn.can === "wait" || turn.can === "not" ? [`${node.nodeId} ${turn.reason}`] : [];
  });
  const gate = rollout.phase === 2 ? [] : gateConditions(rollout, rollout.phase, input).filter(({ met }) => !met);
  return [
    ...named(["sent"], "has not reported it yet"),
    ...named(["trial"], "is on trial"),
    ...named(["unconfirmed"], "is unconfirmed"),
    ...joins,
    ...gate.map(({ sentence }) => sentence),
  ];
}

function short(reasons: readonly string[]): string {
  return reasons.length <= 2 ? reasons.join(" and ") : `${reasons.slice(0, 2).join(", ")} and ${reasons.length - 2} more`;
}

function rest(rollout: Rollout): number {
  return [...rollout.nodes.values()].filter(({ phase, state }) => phase > rollout.phase && state === "waiting").length;
}

function nextOfRunning(rollout: Rollout, input: RolloutInput): string {
  const { phase } = rollout;
  const here = nodesOf(rollout, phase);
  const open = here.filter(({ state }) => state === "waiting").length;
  const unconfirmed = [...rollout.nodes.values()].filter(({ state }) => state === "unconfirmed");
  const not = unconfirmed[0] === undefined ? "" : `, and not while ${unconfirmed[0].nodeId} is unconfirmed`;
  if (open > 0) return `Next: ${counted(open, "more node")} of ${PHASES[phase]}, ${rollout.plan.atOnce} at once. Now: ${short(reasonsToWait(rollout, input)) || "the next one"}.`;
  if (phase === 2) return `Next: it completes. Until then: ${short(reasonsToWait(rollout, input)) || "the next look"}.`;
  const opensMs = gateOpensMs(rollout, phase);
  const others = `Nothing goes to the other ${counted(rest(rollout), "node")} before that${not}.`;
  if (opensMs !== null && opensMs > input.atMs) return `Next: gate ${phase + 1} can open in ${duration(opensMs - input.atMs)} at the earliest. ${others}`;
  const unmet = gateConditions(rollout, phase, input).filter(({ met }) => !met);
  const failed = here.filter(({ state }) => FAILURES.has(state)).length;
  const hint = opensMs !== null && failed > 0 && unmet.length > 0 ? " It cannot open by itself: abort, and look at what failed." : "";
  return `Next: gate ${phase + 1}, which waits for: ${unmet.map(({ sentence }) => sentence).join("; ") || "the next look"}. ${others}${hint}`;
}

/** What comes next, or what it waits for. */
export function rolloutNext(rollout: Rollout, input: RolloutInput): string {
  switch (stateOf(rollout)) {
    case "running":
      return nextOfRunning(rollout, input);
    case "paused": {
      const onTheWay = count([...rollout.nodes.values()], "sent", "trial");
      const goesOn = onTheWay === 0 ? "" : ` What is on its way to ${counted(onTheWay, "node")} goes on and is judged.`;
      const how = rollout.operatorPause !== null || rollout.selfPause?.code === "VERSION_REFUSED" ? "It goes on when you resume it." : "It goes on by itself when that is over.";
      return `No node gets its turn.${goesOn} ${how}`;
    }
    case "stopped":
      return "Nodes on trial are rolled back. Committed ones stay: abort with return to take them back too.";
    case "aborting": {
      const open = nodesToReturn(rollout);
      return input.obstacle === null ? `Next: the reports of ${short(open.map(({ nodeId }) => nodeId))}.` : input.obstacle.reason;
    }
    case "aborted":
    case "completed":
      return count([...rollout.nodes.values()], "left-out") > 0 ? "Nodes that were left out need a roll-out of their own." : "";
  }
}

/** Who paused or ended it and why; null while it runs or completed. */
export function stateReason(rollout: Rollout): string | null {
  switch (stateOf(rollout)) {
    case "paused":
      return [rollout.operatorPause, rollout.selfPause?.reason ?? null].filter((each) => each !== null).join(" ");
    case "stopped":
      return rollout.stop?.reason ?? null;
    case "aborting":
    case "aborted":
      return rollout.abort?.reason ?? null;
    case "running":
    case "completed":
      return null;
  }
}

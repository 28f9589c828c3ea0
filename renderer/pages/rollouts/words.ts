import type { RolloutNodeState, RolloutPhase, RolloutView } from "../../../shared/contract/rollouts";
import type { GlyphName } from "../../design";

/** A node of a roll-out as its page shows it. */
export type RolloutNodeView = RolloutPhase["nodes"][number];

/** The word of a node's state. */
export const NODE_WORDS: Readonly<Record<RolloutNodeState, string>> = {
  waiting: "waiting",
  sent: "sent",
  trial: "in trial",
  committed: "committed",
  "rolled-back": "rolled back",
  failed: "failed",
  unconfirmed: "unconfirmed",
  inconsistent: "inconsistent",
  "left-out": "left out",
  returned: "returned",
};

/** The shape of a node's state. */
export const NODE_GLYPHS: Readonly<Record<RolloutNodeState, GlyphName>> = {
  waiting: "waiting",
  sent: "joining",
  trial: "in-progress",
  committed: "verified",
  "rolled-back": "rolled-back",
  failed: "failing",
  unconfirmed: "unconfirmed",
  inconsistent: "inconsistent",
  "left-out": "lost",
  returned: "live",
};

/** Whether a state needs a person: red, amber or no hue. */
export function hueOf(state: RolloutNodeState): "high" | "medium" | "none" {
  if (state === "failed") return "high";
  return state === "rolled-back" || state === "inconsistent" ? "medium" : "none";
}

/** The word of a roll-out's state. */
export const STATE_WORDS: Readonly<Record<RolloutView["state"], string>> = {
  running: "Running",
  paused: "Paused",
  stopped: "Stopped",
  aborting: "Aborting",
  aborted: "Aborted",
  completed: "Completed",
};

/** The shape of a roll-out's state. */
export const STATE_GLYPHS: Readonly<Record<RolloutView["state"], GlyphName>> = {
  running: "in-progress",
  paused: "stale",
  stopped: "failing",
  aborting: "joining",
  aborted: "lost",
  completed: "verified",
};

/** The names of the phases. */
export const PHASE_NAMES: Readonly<Record<RolloutPhase["name"], string>> = { canary: "Canary", share: "Share", all: "All" };

/** Every node of a roll-out, those that are left out last. */
export function allNodes({ phases, leftOut }: Pick<RolloutView, "phases" | "leftOut">): readonly RolloutNodeView[] {
  return [...phases.flatMap(({ nodes }) => nodes), ...leftOut];
}

/** Order and states of the totals. */
export const TOTALS: readonly (readonly [name: string, word: string, states: readonly RolloutNodeState[]])[] = [
  ["committed", "committed", ["committed"]],
  ["trial", "in trial", ["trial", "sent"]],
  ["unconfirmed", "unconfirmed", ["unconfirmed"]],
  ["failed", "failed or rolled back", ["rolled-back", "failed", "inconsistent"]],
  ["returned", "returned", ["returned"]],
  ["waiting", "waiting", ["waiting"]],
  ["left-out", "left out", ["left-out"]],
];

/** How many nodes are in some states. */
export function countIn(nodes: readonly RolloutNodeView[], states: readonly RolloutNodeState[]): number {
  return nodes.filter(({ state }) => states.includes(state)).length;
}

/** The number in a roll-out's id, as its title names it: "r-0031" is 31. */
export function numberOf(rolloutId: string): string {
  return rolloutId.replace(/^r-0*(?=\d)/, "");
}

/** The glyph of an event of the list of what happened. */
export function eventGlyph(event: string): GlyphName {
  const state = event.replace(/^rollout-node-/, "");
  if (state in NODE_GLYPHS) return NODE_GLYPHS[state as RolloutNodeState];
  switch (event) {
    case "rollout-stopped":
      return "failing";
    case "rollout-paused":
      return "stale";
    case "rollout-gate-passed":
    case "rollout-completed":
      return "verified";
    default:
      return "waiting";
  }
}

/** Nodes that an abort with return would take back, by the newest state that is shown. */
export function nodesToReturn(view: Pick<RolloutView, "phases" | "leftOut" | "version">): readonly RolloutNodeView[] {
  const states: readonly RolloutNodeState[] = ["sent", "trial", "committed", "unconfirmed", "failed", "inconsistent"];
  return allNodes(view).filter((node) => states.includes(node.state) && node.fromVersion !== view.version);
}

import { duration } from "../../fleet/words";
import { countForStop, gateConditions, isHeldByCommonCause, nodesOf } from "./gate";
import type { RolloutInput } from "./input";
import { isGone, observeNode, PASSING_REFUSALS, refusesVersion, turnOf, type Move } from "./observe";
import { evolve, FAILURES, PHASES, stateOf, type PhaseIndex, type Rollout, type RolloutEvent, type RolloutNode } from "./state";

/** An event without its time: every event of one decision has the same. */
type Draft = RolloutEvent extends infer Each ? (Each extends RolloutEvent ? Omit<Each, "atMs"> : never) : never;

/** States in which a node is on its way or on trial: it takes one of the places of {@link Rollout.plan}. */
const BUSY: ReadonlySet<RolloutNode["state"]> = new Set<RolloutNode["state"]>(["sent", "trial"]);
/** States of a node that an abort has nothing to take back from. */
const NOTHING_TO_RETURN: ReadonlySet<RolloutNode["state"]> = new Set<RolloutNode["state"]>(["waiting", "left-out", "rolled-back", "returned"]);
/** States of a node that still move once the stop rule has ended the roll-out. */
const UNSETTLED: ReadonlySet<RolloutNode["state"]> = new Set<RolloutNode["state"]>(["sent", "trial", "unconfirmed", "failed", "inconsistent"]);

/** One decision: the events so far, and the state that they give. */
class Decision {
  readonly events: RolloutEvent[] = [];

  constructor(
    public rollout: Rollout,
    readonly input: RolloutInput,
  ) {}

  add(draft: Draft): void {
    const event = { ...draft, atMs: this.input.atMs } as RolloutEvent;
    this.events.push(event);
    this.rollout = evolve(this.rollout, event);
  }

  move(node: RolloutNode, { state, note }: Move, change: { readonly attempt?: number; readonly fromVersion?: string | null } = {}): void {
    const attempt = change.attempt ?? node.attempt;
    const fromVersion = change.fromVersion === undefined ? node.fromVersion : change.fromVersion;
    this.add({ type: "node", nodeId: node.nodeId, state, attempt, fromVersion, note, sentence: moveSentence(this.rollout, node, { state, note }) });
  }
}

function moveSentence(rollout: Rollout, { nodeId, fromVersion }: RolloutNode, { state, note }: Move): string {
  const { version } = rollout.plan;
  const why = note === "" ? "" : `: ${note.replace(/\.$/, "")}`;
  switch (state) {
    case "waiting":
      return `${nodeId} waits again${why}.`;
    case "sent":
      return `${version} goes to ${nodeId}.`;
    case "trial":
      return `${nodeId} runs ${version}, ${note}. Its trial begins.`;
    case "committed":
      return `${nodeId} committed${note === "" ? "" : ` ${note}`}.`;
    case "rolled-back":
      return `${nodeId} was rolled back from ${version}.`;
    case "failed":
      return `${nodeId} failed${why}.`;
    case "unconfirmed":
      return `${nodeId} is unconfirmed${why}. It counts as neither good nor failed.`;
    case "inconsistent":
      return `${nodeId} is inconsistent: asked for ${version}, it ${note}.`;
    case "left-out":
      return `${nodeId} is left out${why}.`;
    case "returned":
      return `${nodeId} is back on ${fromVersion ?? "what it ran before"}.`;
  }
}

function observeAll(decision: Decision): void {
  const isStopped = decision.rollout.stop !== null;
  for (const node of decision.rollout.nodes.values()) {
    if (isStopped && !UNSETTLED.has(node.state)) continue;
    if (refusesVersion(node, decision.input.nodes.get(node.nodeId))) pauseForVersion(decision, node);
    const move = observeNode(decision.rollout, node, decision.input);
    if (move !== null) decision.move(node, move);
  }
}

function pauseForVersion(decision: Decision, node: RolloutNode): void {
  const refusal = decision.input.nodes.get(node.nodeId)?.refusal;
  if (refusal === null || refusal === undefined || stateOf(decision.rollout) !== "running") return;
  const reason = `${refusal.code}: ${refusal.message}`;
  decision.add({ type: "paused", by: "VERSION_REFUSED", reason, sentence: `Paused by itself: ${reason}` });
}

function stopIfDue(decision: Decision): boolean {
  const { failures, judged, reason } = countForStop(decision.rollout);
  if (reason === null) return false;
  const failed = [...decision.rollout.nodes.values()].filter(({ state }) => FAILURES.has(state));
  const classes = [...new Set(failed.map(({ vertical }) => vertical))];
  const { version } = decision.rollout.plan;
  decision.add({ type: "stopped", reason, failures, judged, classes, sentence: `Stopped: ${reason} ${version} goes to no other node, and is in quarantine for ${classWords(classes)}.` });
  return true;
}

function classWords(classes: readonly (string | null)[]): string {
  return classes.map((each) => (each === null ? "nodes without a vertical" : `${each} nodes`)).join(" and ");
}

function pauseOrGoOn(decision: Decision): void {
  const { selfPause } = decision.rollout;
  const { obstacle, commonCause } = decision.input;
  const isCommon = isHeldByCommonCause(decision.input);
  const wanted =
    obstacle ??
    (isCommon
      ? ({ code: "COMMON_CAUSE", reason: `${commonCause.degrading} of ${commonCause.watched} nodes that it did not change get worse together. This is the environment, not a version.` } as const)
      : null);
  if (selfPause?.code === "VERSION_REFUSED") return;
  if (wanted !== null && selfPause?.code !== wanted.code) {
    decision.add({ type: "paused", by: wanted.code, reason: wanted.reason, sentence: `Paused by itself: ${wanted.reason}` });
  } else if (wanted === null && selfPause !== null) {
    const still = decision.rollout.operatorPause === null ? "It goes on by itself." : "A person paused it: it waits for a person.";
    decision.add({ type: "resumed", by: "engine", sentence: `What paused it is over. ${still}` });
  }
}

function passGates(decision: Decision): void {
  for (;;) {
    const { phase } = decision.rollout;
    if (phase === 2) return;
    const conditions = gateConditions(decision.rollout, phase, decision.input);
    const isEmpty = nodesOf(decision.rollout, phase).length === 0;
    if (!isEmpty && !conditions.every(({ met }) => met)) return;
    decision.add({ type: "gate-passed", phase, sentence: gateSentence(decision.rollout, phase, isEmpty) });
  }
}

function gateSentence(rollout: Rollout, phase: PhaseIndex, isEmpty: boolean): string {
  if (isEmpty) return `Gate ${phase + 1} passed: ${PHASES[phase]} has no node.`;
  const nodes = nodesOf(rollout, phase).filter(({ state }) => state !== "left-out");
  const committed = nodes.filter(({ state }) => state === "committed").length;
  return `Gate ${phase + 1} passed: ${committed} of ${nodes.length} committed, ${duration(rollout.plan.soakMs)} on ${rollout.plan.version}.`;
}

/** Gives nodes their turn in order, as long as there is a place. @returns whether any of them is still to be taken. */
function takeNodes(decision: Decision): boolean {
  const { rollout, input } = decision;
  const { version, atOnce } = rollout.plan;
  let busy = [...rollout.nodes.values()].filter(({ state }) => BUSY.has(state)).length;
  let isAnyOpen = false;
  for (const node of rollout.nodes.values()) {
    if (node.phase > rollout.phase || (node.state !== "waiting" && node.state !== "left-out")) continue;
    const turn = turnOf(version, node.attempt, input.nodes.get(node.nodeId), input.isSettling);
    if (turn.can === "not") {
      if (node.state === "waiting") decision.move(node, { state: "left-out", note: turn.reason });
      continue;
    }
    // What is left out waits for nobody's join; everything else is still to come.
    if (turn.can === "wait") {
      if (node.state === "waiting") isAnyOpen = true;
      continue;
    }
    isAnyOpen = true;
    if (busy >= atOnce) continue;
    busy += 1;
    if (turn.can === "already") decision.move(node, { state: "trial", note: "already, and not by this roll-out" });
    else decision.move(node, { state: "sent", note: "" }, { attempt: node.attempt + 1, fromVersion: input.nodes.get(node.nodeId)?.reportedVersion ?? null });
  }
  return isAnyOpen;
}

function completeIfDone(decision: Decision): void {
  const { rollout } = decision;
  if (rollout.phase !== 2) return;
  const nodes = [...rollout.nodes.values()];
  const isOpen = nodes.some(({ state }) => BUSY.has(state) || state === "waiting" || state === "unconfirmed");
  if (isOpen) return;
  const count = (state: RolloutNode["state"]): number => nodes.filter((node) => node.state === state).length;
  const failed = nodes.filter(({ state }) => FAILURES.has(state)).length;
  const rest = [failed === 0 ? "" : `, ${failed} failed`, count("left-out") === 0 ? "" : `, ${count("left-out")} left out`].join("");
  decision.add({ type: "completed", sentence: `Completed: ${count("committed")} of ${nodes.length} nodes run ${rollout.plan.version}${rest}.` });
}

/** What is done about one node of an aborted roll-out. */
function returnNode(decision: Decision, node: RolloutNode): void {
  const { input, rollout } = decision;
  const progress = input.nodes.get(node.nodeId);
  if (progress === undefined || isGone(progress, input) || progress.isInFlight || input.obstacle !== null) return;
  const { reportedVersion, refusal, command } = progress;
  if (reportedVersion === null) return;
  if (reportedVersion === node.fromVersion) decision.move(node, { state: "returned", note: "by its own report" });
  else if (reportedVersion !== rollout.plan.version) decision.move(node, { state: "left-out", note: `reports ${reportedVersion}, and not by this roll-out` });
  else if (node.returns === 0) decision.add({ type: "node-returning", nodeId: node.nodeId, returns: 1, sentence: returnSentence(node) });
  else if (refusal !== null && PASSING_REFUSALS.has(refusal.code)) {
    decision.add({ type: "node-returning", nodeId: node.nodeId, returns: node.returns + 1, sentence: returnSentence(node) });
  } else if (refusal !== null) decision.move(node, { state: "failed", note: `not returned: ${refusal.code}: ${refusal.message}` });
  else if (command === "failed" || command === "unconfirmed" || command === "inconsistent") {
    decision.move(node, { state: "failed", note: `not returned: it still reports ${reportedVersion}` });
  }
}

function returnSentence({ nodeId, fromVersion }: RolloutNode): string {
  return `${nodeId} goes back to ${fromVersion ?? "what it ran before"}.`;
}

/** Nodes that an abort still has to take back. */
export function nodesToReturn(rollout: Rollout): readonly RolloutNode[] {
  return [...rollout.nodes.values()].filter((node) => node.attempt > 0 && !node.isReturnOver && !NOTHING_TO_RETURN.has(node.state));
}

function goOnAborting(decision: Decision): void {
  if (decision.rollout.abort?.isReturning === true) {
    for (const node of nodesToReturn(decision.rollout)) {
      if (decision.input.nodes.get(node.nodeId)?.isRolledBack === true && node.returns === 0) decision.move(node, { state: "rolled-back", note: "was taken back" });
      else returnNode(decision, node);
    }
    if (nodesToReturn(decision.rollout).length > 0) return;
  }
  const back = [...decision.rollout.nodes.values()].filter(({ state }) => state === "returned").length;
  decision.add({ type: "aborted", sentence: back === 0 ? "Aborted. Nothing more goes out." : `Aborted: ${back} ${back === 1 ? "node is" : "nodes are"} back on what ${back === 1 ? "it" : "they"} ran before.` });
}

/**
 * Decides what happens next. What is observed comes first, then the stop rule, then what holds it, then gates, and
 * only then do nodes get their turn: nothing goes out in a decision that stops, pauses or has an unmet gate.
 * @returns events in order, all at the input's time; none where nothing changes.
 */
export function decide(rollout: Rollout, input: RolloutInput): readonly RolloutEvent[] {
  const decision = new Decision(rollout, input);
  if (rollout.end !== null) return [];
  if (rollout.abort !== null) {
    goOnAborting(decision);
    return decision.events;
  }
  observeAll(decision);
  if (rollout.stop !== null || stopIfDue(decision)) return decision.events;
  pauseOrGoOn(decision);
  if (stateOf(decision.rollout) !== "running") return decision.events;
  takeNodes(decision);
  passGates(decision);
  if (!takeNodes(decision)) completeIfDone(decision);
  return decision.events;
}

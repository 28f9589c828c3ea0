import type { EventView } from "../contract/snapshot";
import { readRolloutEvent } from "./phased/journal";
import type { CommandStanding, GuardEvent, HoldCode } from "./guard-events";

/** A version's trial ended well. */
export const VERSION_COMMITTED = "version-committed";
/** A person lifted an entry of the quarantine. */
export const QUARANTINE_LIFTED = "quarantine-lifted";
/** A node that was held does not fail any more. */
export const HOLD_ENDED = "hold-ended";
/** The machine's clock was set forward or back. */
export const CLOCK_JUMPED = "clock-jumped";

/** The stop rule of a roll-out ended it: its version is off the classes that it failed on. */
export const ROLLOUT_STOPPED = "rollout-stopped";

/** Events that the guard's state is made of, besides those of commands and of what nodes report. */
export const GUARD_EVENTS: readonly string[] = [VERSION_COMMITTED, QUARANTINE_LIFTED, CLOCK_JUMPED, HOLD_ENDED, "rollback-held", ROLLOUT_STOPPED];

const HOLD_CODES: ReadonlySet<string> = new Set<HoldCode>(["NOT_ALLOWED", "COMMON_CAUSE", "ROLLBACKS_FROZEN", "NO_GOOD_VERSION", "DRY_RUN", "NOT_RECOVERED", "REFUSED"]);

function isHoldCode(text: unknown): text is HoldCode {
  return typeof text === "string" && HOLD_CODES.has(text);
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** How a phase of a command counts for the guard. */
export function standingOfPhase(phase: string): CommandStanding {
  switch (phase) {
    case "acknowledged":
    case "verifying":
      return "acknowledged";
    case "verified":
    case "failed":
    case "unconfirmed":
    case "inconsistent":
      return phase;
    default:
      return "open";
  }
}

/** What a journalled command is for the guard. */
function commandEvent({ event, nodeId, actor, sentence, detail }: EventView, node: string, atMs: number): GuardEvent | null {
  const kind = event.startsWith("deploy-") ? "deploy" : "rollback";
  const phase = event.slice(kind.length + 1);
  const commandId = textOf(detail["commandId"]);
  const version = textOf(detail["version"]);
  if (nodeId === null || commandId === null || version === null) return null;
  if (phase !== "requested") {
    return { event: "command-moved", nodeId: node, commandId, standing: standingOfPhase(phase), atMs, sentence };
  }
  const of = { nodeId: node, commandId, actor: actor === "policy" ? "policy" : "operator", version, fromVersion: textOf(detail["fromVersion"]) } as const;
  if (kind === "deploy") return { event: "deploy-requested", ...of };
  return { event: "rollback-requested", ...of, atMs, isByVerdict: detail["isByVerdict"] === true, sentence };
}

/**
 * What a journalled event is for the guard; null for one that does not concern it.
 * @param atMs when it was, on the monotonic clock of this run: before its start, so mostly negative.
 */
export function guardEventOf(written: EventView, atMs: number): GuardEvent | null {
  const { event, nodeId, detail, sentence } = written;
  if (event === QUARANTINE_LIFTED) return liftOf(written);
  if (event === ROLLOUT_STOPPED) return stopOf(written, atMs);
  if (nodeId === null) return null;
  const version = textOf(detail["version"]);
  switch (event) {
    case "version-reported": {
      const previous = textOf(detail["previous"]);
      return { event, nodeId, version, nodeClass: textOf(detail["vertical"]), isSwap: previous !== null && version !== null && previous !== version };
    }
    case "version-good":
      return version === null ? null : { event, nodeId, version };
    case VERSION_COMMITTED:
      return { event: "version-committed", nodeId, version };
    case HOLD_ENDED:
      return { event: "hold-ended", nodeId, isWell: detail["isWell"] === true };
    case "rollback-held": {
      const { code } = detail;
      return isHoldCode(code) ? { event, nodeId, code, target: textOf(detail["target"]), atMs, sentence } : null;
    }
    default:
      return event.startsWith("deploy-") || event.startsWith("rollback-") ? commandEvent(written, nodeId, atMs) : null;
  }
}

/** What the outcome of a verdict means for a hold; null where it goes on. */
export function holdEnd(nodeId: string, outcome: string): (GuardEvent & { readonly event: "hold-ended" }) | null {
  const isWell = outcome === "pass" || outcome === "warn";
  return isWell || outcome === "inconclusive" ? { event: "hold-ended", nodeId, isWell } : null;
}

/** What a stopped roll-out is for the guard. */
export function stopOf(written: EventView, atMs: number): GuardEvent | null {
  const read = readRolloutEvent(written);
  const version = textOf(written.detail["version"]);
  if (read?.event.type !== "stopped" || version === null) return null;
  return { event: ROLLOUT_STOPPED, version, classes: read.event.classes, atMs, sentence: stopSentence(read.rolloutId, version) };
}

/** Why a stopped roll-out's version may not run on a class. */
export function stopSentence(rolloutId: string, version: string): string {
  return `${version} was stopped by the stop rule of ${rolloutId}: it may run on no node of this class until a person lifts it with a reason.`;
}

function liftOf({ nodeId, detail }: EventView): GuardEvent | null {
  const version = textOf(detail["version"]);
  if (version === null) return null;
  if (detail["scope"] === "class") return { event: "quarantine-lifted", version, scope: { kind: "class", nodeClass: textOf(detail["vertical"]) } };
  return nodeId === null ? null : { event: "quarantine-lifted", version, scope: { kind: "node", nodeId } };
}

/**
 * Maps wall times that were written to the monotonic clock of now: how long ago each was, without the jumps that the
 * machine's clock made since. A clock that was set back counts as no time.
 */
export function monotonicTimes(events: readonly EventView[], nowWallMs: number, nowMs: number): readonly number[] {
  const times: number[] = [];
  let jumpedMs = 0;
  for (const { event, tMs, detail } of events.toReversed()) {
    times.push(nowMs - Math.max(0, nowWallMs - tMs - jumpedMs));
    const { byMs } = detail;
    if (event === CLOCK_JUMPED && typeof byMs === "number" && byMs > 0) jumpedMs += byMs;
  }
  return times.reverse();
}

import type { PlacedBy } from "../../../shared/contract/placed-by";
import type { WhatRanView } from "../../../shared/contract/timeline";
import { askerName } from "../../../shared/fleet/placed-by";
import type { Lane } from "../../../shared/timeline/lanes";
import { formatClock, type ClockKind } from "../../format/time";

/** What the lanes are called. */
export const LANE_WORDS: Readonly<Record<Lane, string>> = {
  decisions: "Decisions",
  commands: "Commands",
  rollouts: "Roll-outs",
  tests: "Tests",
  alerts: "Alerts",
  policy: "Policy",
  link: "Nodes, link",
};

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

/** A day as "03-01", on the clock that is shown. */
export function dayText(atMs: number, clock: ClockKind): string {
  const at = new Date(atMs);
  return clock === "utc" ? `${pad(at.getUTCMonth() + 1)}-${pad(at.getUTCDate())}` : `${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
}

/** Characters of a node's id beside its bar. */
const ID_CHARACTERS = 16;

/** An id that fits beside its bar: of a long one the middle is left out, for it is the end that tells nodes apart. */
export function shortId(nodeId: string): string {
  if (nodeId.length <= ID_CHARACTERS) return nodeId;
  return `${nodeId.slice(0, 6)}…${nodeId.slice(-(ID_CHARACTERS - 7))}`;
}

/** An instant with its day where that is not today's. */
export function instantText(atMs: number, clock: ClockKind, nowMs: number): string {
  const time = formatClock(atMs, clock);
  return dayText(atMs, clock) === dayText(nowMs, clock) ? time : `${dayText(atMs, clock)} ${time}`;
}

/** The answer to "what ran here, and who put it there", as sentences. */
export function whatRanSentences(ran: WhatRanView, clock: ClockKind, nowMs: number): readonly string[] {
  const at = (atMs: number): string => instantText(atMs, clock, nowMs);
  const when = `${ran.nodeId} at ${at(ran.atMs)}`;
  if (ran.fromMs === null) return [`${when}: nothing is known. It had reported no version by then.`];
  const version = ran.version ?? "a version that it does not report";
  const until = ran.toMs === null ? "and still runs" : `until ${at(ran.toMs)}`;
  const first =
    ran.known === "reported"
      ? `${when}: ${version} ran, by its own report since ${at(ran.fromMs)} ${until}.`
      : ran.known === "silent"
        ? `${when}: nothing was heard${ran.silentSinceMs === null ? "" : ` since ${at(ran.silentSinceMs)}`}. It had reported ${version} before.`
        : `${when}: not known, the application had started anew and the node had not spoken yet. Before that it reported ${version}.`;
  return [first, putBySentence(ran, at)];
}

function whoWords(by: PlacedBy): string {
  switch (by.kind) {
    case "operator":
      return "An operator";
    case "ctl":
      return "./lydlr ctl";
    case "policy":
      return "The policy";
    default: {
      const name = askerName(by);
      return name.charAt(0).toUpperCase() + name.slice(1);
    }
  }
}

function putBySentence({ putBy }: WhatRanView, at: (atMs: number) => string): string {
  if (putBy === null) return "No command of this application put it there: the node came with it.";
  const who = whoWords(putBy.by);
  const did = putBy.kind === "deploy" ? "deployed it" : "rolled back to it";
  return `${who} ${did} at ${at(putBy.requestedAtMs)} (${putBy.commandId}): ${putBy.sentence}`;
}

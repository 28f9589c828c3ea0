import type { EventView } from "../../shared/contract/snapshot";
import { quantile } from "./measure";

/** Kinds of faults. */
export const KINDS = ["drill", "ramp", "nan", "freeze", "kill", "loss", "common"] as const;
/** One of them. */
export type Kind = (typeof KINDS)[number];
/** How many of each, of a hundred. */
export const SHARES: Readonly<Record<Kind, number>> = { drill: 30, ramp: 15, nan: 15, freeze: 10, kill: 10, loss: 10, common: 10 };
const COMMAND_WITHIN_MS = 8_000;
const VERIFIED_WITHIN_MS = 20_000;

/** What came of one fault. */
export interface Outcome {
  readonly kind: Kind;
  readonly nodeId: string;
  readonly version: string;
  /** Everything that the engine told until the fleet was as before. */
  readonly told: readonly EventView[];
  /** The fault could not be brought about: its version was refused, or never taken. */
  readonly isUnborn: boolean;
  /** From the change to what had to be done about it; null where it was not done. */
  readonly actedMs: number | null;
  /** From the change to the verified rollback; null where none is wanted. */
  readonly verifiedMs: number | null;
  /** Rollbacks of other nodes, or to other versions than the one that was good. */
  readonly wrong: number;
  readonly rollbacks: number;
  /** Commands that were requested and never came to an end. */
  readonly lost: number;
}

/** Kinds whose version must be taken back; of the others nothing may be. */
export const TAKEN_BACK: ReadonlySet<Kind> = new Set<Kind>(["drill", "ramp", "nan"]);


/** The event that a kind of fault must lead to; null where nothing must happen. */
export function wantedEvent(kind: Kind): string | null {
  if (TAKEN_BACK.has(kind)) return "rollback-requested";
  if (kind === "loss") return null;
  return kind === "common" ? "rollback-held" : "node-stale";
}

/** Events that tell what was judged and what was done about it. */
const TOLD = /^(verdict|hold-ended|version-quarantined|rollback-(requested|held|escalated|verified|failed|unconfirmed)|deploy-requested|node-(stale|lost|back))$/;

/** What the engine told during a fault, a line for each event. */
export function toldText({ kind, nodeId, version, told }: Outcome): string {
  const beganMs = told[0]?.tMs ?? 0;
  const lines = told
    .filter(({ event }) => TOLD.test(event))
    .map(({ tMs, event, nodeId: of, sentence }) => `  ${((tMs - beganMs) / 1000).toFixed(1).padStart(6)} s ${event.padEnd(19)} ${of ?? "fleet"}: ${sentence}\n`);
  return `${kind} with ${version} on ${nodeId}:\n${lines.join("")}`;
}

/** Whether what a fault must lead to did not come. */
export function isMissed({ kind, actedMs, verifiedMs, isUnborn }: Outcome): boolean {
  return isUnborn || (wantedEvent(kind) !== null && actedMs === null) || (TAKEN_BACK.has(kind) && verifiedMs === null);
}

/** Whether what it led to came later than 19 of 20 must. */
export function isLate({ actedMs, verifiedMs }: Outcome): boolean {
  return (actedMs ?? 0) > COMMAND_WITHIN_MS || (verifiedMs ?? 0) > VERIFIED_WITHIN_MS;
}

/** What a kind of fault came to. */
export interface KindRow {
  readonly type: "kind";
  readonly kind: Kind;
  readonly faults: number;
  readonly missed: number;
  readonly actedP95Ms: number | null;
  readonly verifiedP95Ms: number | null;
  readonly wrongTargets: number;
  readonly rollbacks: number;
  readonly lostCommands: number;
  readonly passed: boolean;
}

function p95(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.round(quantile(known, 0.95));
}

/** Counts what a kind of fault came to. */
export function rowOf(kind: Kind, outcomes: readonly Outcome[]): KindRow {
  const sum = (pick: (outcome: Outcome) => number): number => outcomes.reduce((total, outcome) => total + pick(outcome), 0);
  const isTakenBack = TAKEN_BACK.has(kind);
  const actedP95Ms = p95(outcomes.map(({ actedMs }) => actedMs));
  const verifiedP95Ms = isTakenBack ? p95(outcomes.map(({ verifiedMs }) => verifiedMs)) : null;
  const missed = outcomes.filter((outcome) => isMissed(outcome)).length;
  const [wrongTargets, rollbacks, lostCommands] = [sum(({ wrong }) => wrong), sum((outcome) => outcome.rollbacks), sum(({ lost }) => lost)];
  const isInTime = (actedP95Ms ?? 0) <= COMMAND_WITHIN_MS && (verifiedP95Ms ?? 0) <= VERIFIED_WITHIN_MS;
  const passed = missed === 0 && isInTime && wrongTargets === 0 && lostCommands === 0;
  return { type: "kind", kind, faults: outcomes.length, missed, actedP95Ms, verifiedP95Ms, wrongTargets, rollbacks, lostCommands, passed };
}

/** Writes it for people. */
export function rowText({ kind, faults, missed, actedP95Ms, verifiedP95Ms, wrongTargets, rollbacks, lostCommands, passed }: KindRow): string {
  const within = (what: string, ms: number | null): string => (ms === null ? "" : `, ${what} within ${(ms / 1000).toFixed(1)} s (p95)`);
  return `${kind.padEnd(7)} ${String(faults).padStart(3)} faults, missed ${missed}${within(wantedEvent(kind) ?? "", actedP95Ms)}${within("verified", verifiedP95Ms)}; ${rollbacks} rollbacks, ${wrongTargets} wrong, ${lostCommands} commands lost: ${passed ? "passed" : "FAILED"}\n`;
}

/** What all faults came to. */
export interface Summary {
  readonly type: "summary";
  readonly faults: number;
  readonly nodes: string;
  /** Of the faults whose version must be taken back, from the change; null where none was. */
  readonly commandP95Ms: number | null;
  readonly verifiedP95Ms: number | null;
  readonly wrongTargets: number;
  readonly commonCauseRollbacks: number;
  readonly lostCommands: number;
  readonly passed: boolean;
}

/** Writes the summary for people. */
export function summaryText({ faults, nodes, commandP95Ms, verifiedP95Ms, wrongTargets, commonCauseRollbacks, lostCommands, passed }: Summary): string {
  const seconds = (ms: number | null): string => (ms === null ? "never" : `${(ms / 1000).toFixed(1)} s`);
  const times = `command within ${seconds(commandP95Ms)} (p95; 8 s), verified within ${seconds(verifiedP95Ms)} (p95; 20 s)`;
  return `${faults} faults, ${nodes}: ${times}, ${wrongTargets} wrong targets, ${commonCauseRollbacks} rollbacks for a common cause, ${lostCommands} commands lost: ${passed ? "passed" : "FAILED"}\n`;
}


/** Takes together what all faults came to. @param nodes what the nodes and their time were. */
export function summaryOf(nodes: string, outcomes: readonly Outcome[], rows: readonly KindRow[]): Summary {
  const takenBack = outcomes.filter(({ kind }) => TAKEN_BACK.has(kind));
  return {
    type: "summary",
    faults: outcomes.length,
    nodes,
    commandP95Ms: p95(takenBack.map(({ actedMs }) => actedMs)),
    verifiedP95Ms: p95(takenBack.map(({ verifiedMs }) => verifiedMs)),
    wrongTargets: rows.reduce((sum, { wrongTargets }) => sum + wrongTargets, 0),
    commonCauseRollbacks: rows.find(({ kind }) => kind === "common")?.rollbacks ?? 0,
    lostCommands: rows.reduce((sum, { lostCommands }) => sum + lostCommands, 0),
    passed: rows.every((row) => row.passed),
  };
}

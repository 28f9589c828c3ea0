import type { AbTestBlock, AbTestPlannedBlock } from "../../../shared/contract/abtest";
import type { ArmSide } from "../../design";

/** Which arm's version the nodes of a lane run in a block. While both run the common version, that is A's. */
export function armIn({ phase, isSwapped }: Pick<AbTestPlannedBlock | AbTestBlock, "phase" | "isSwapped">, lane: ArmSide): ArmSide {
  if (phase === "calibration") return "a";
  return (lane === "a") === isSwapped ? "b" : "a";
}

/** A stretch in which a node's version does not change. */
export interface Stretch {
  readonly arm: ArmSide;
  readonly phase: AbTestPlannedBlock["phase"];
  readonly fromMs: number;
  /** Not counted until then. */
  readonly washedOutMs: number;
  readonly toMs: number;
}

/** What the nodes of a lane run: blocks without a swap between them are one stretch. */
export function stretchesOf(schedule: readonly AbTestPlannedBlock[], lane: ArmSide): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const block of schedule) {
    const arm = armIn(block, lane);
    const last = stretches.at(-1);
    const goesOn = last !== undefined && last.arm === arm && last.phase === block.phase && block.washedOutMs <= block.fromMs;
    if (goesOn) stretches[stretches.length - 1] = { ...last, toMs: block.toMs };
    else stretches.push({ arm, phase: block.phase, fromMs: block.fromMs, washedOutMs: block.washedOutMs, toMs: block.toMs });
  }
  return stretches;
}

/** Whether two versions are exchanged between blocks: then two neighbouring blocks are a pair. */
export function isExchanged(schedule: readonly AbTestPlannedBlock[]): boolean {
  return schedule.some(({ isSwapped }) => isSwapped) && schedule.some(({ isSwapped }) => !isSwapped);
}

/** Steps of the axis of a schedule that people count in, ms. */
const STEPS_MS = [5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000] as const;

/** Marks of a time axis from 0, at most so many. */
export function elapsedTicks(toMs: number, atMost: number): readonly number[] {
  const stepMs = STEPS_MS.find((step) => toMs / step <= atMost) ?? Math.ceil(toMs / atMost);
  return Array.from({ length: Math.floor(toMs / stepMs) + 1 }, (_, index) => index * stepMs);
}

/** A time since the start as an axis writes it: "0", "45 s", "2 min", "2:30 min". */
export function elapsedText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds === 0) return "0";
  if (seconds < 60) return `${seconds} s`;
  const rest = seconds % 60;
  return rest === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)}:${String(rest).padStart(2, "0")} min`;
}

/** A length of time in words: minutes from two on, with their seconds where they matter; tenths below 10 s. */
export function lengthText(ms: number): string {
  if (ms < 10_000) return `${Math.round(ms / 100) / 10} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const rest = seconds % 60;
  return rest === 0 || seconds >= 600 ? `${Math.round(seconds / 60)} min` : `${Math.floor(seconds / 60)} min ${rest} s`;
}

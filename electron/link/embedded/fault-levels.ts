import type { FaultKind } from "../../../shared/contract/channels";
import { fail, ok, type Result } from "../../../shared/result";
import { MAX_CAMERA_NOISE_SIGMA } from "../../edge/sensors/rig";

interface LevelRange {
  readonly least: number;
  readonly most: number;
  readonly meaning: string;
}

/** What a fault's level can be; 0 always switches it off. */
const LEVELS: Readonly<Record<FaultKind, LevelRange>> = {
  "slow-cpu": { least: 2, most: 20, meaning: "times slower" },
  "lossy-link": { least: 0, most: 1, meaning: "the share of messages that is lost" },
  "noisy-camera": { least: 0, most: MAX_CAMERA_NOISE_SIGMA, meaning: "added noise in grey levels" },
  silent: { least: 1, most: 1, meaning: "on" },
  "no-metrics": { least: 1, most: 1, meaning: "on" },
  crash: { least: 1, most: 60, meaning: "seconds until it restarts" },
  "nan-metrics": { least: 1, most: 1, meaning: "on" },
};

/** Every fault, in the order of the console. */
export const FAULT_KINDS = Object.keys(LEVELS) as readonly FaultKind[];

/** Checks a level. @returns BAD_REQUEST with the range for one that the fault cannot have. */
export function checkFaultLevel(fault: FaultKind, level: number): Result<number, "BAD_REQUEST"> {
  const { least, most, meaning } = LEVELS[fault];
  if (level === 0 || (level >= least && level <= most)) return ok(level);
  const range = least === most ? String(most) : `${String(least)} to ${String(most)}`;
  return fail("BAD_REQUEST", `${fault} takes ${range} (${meaning}), or 0 to switch it off; got ${String(level)}.`);
}

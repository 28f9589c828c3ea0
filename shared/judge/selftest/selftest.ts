import type { SelftestCase, SelftestGroup } from "./case";
import { chartGroups } from "./chart-cases";
import { otherGroups } from "./other-cases";

/**
 * Every published value that the statistics of this product are held to, in the order of their sections. Pure:
 * the command line and the window run the same list. Simulation studies whose set-up was not published in
 * full (when the first look is taken, which variance is plugged in) are not among them.
 */
export function selftestGroups(): readonly SelftestGroup[] {
  return [...chartGroups(), ...otherGroups()];
}

/** The cases of {@link selftestGroups} in one list. */
export function selftestCases(): readonly SelftestCase[] {
  return selftestGroups().flatMap(({ cases }) => cases);
}

import type { SelftestCase } from "./case";
import { chartCases } from "./chart-cases";
import { otherCases } from "./other-cases";

/**
 * Every published value that the statistics of this product are held to, in the order of their sections. Pure:
 * the command line and the window run the same list. Simulation studies whose set-up was not published in
 * full (when the first look is taken, which variance is plugged in) are not among them.
 */
export function selftestCases(): readonly SelftestCase[] {
  return [...chartCases(), ...otherCases()];
}

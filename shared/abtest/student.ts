/**
 * The value of Student's t that is as rare as a normal value: D. L. Wallace, "Bounds on normal approximations to
 * Student's and the chi-square distributions", Annals of Mathematical Statistics 30 (1959); within 1 % from 3
 * degrees of freedom on.
 *
 * @param normal a normal value, 0 or more; `freedom` degrees of freedom, 1 or more.
 */
export function studentQuantile(normal: number, freedom: number): number {
  const scaled = (normal * (8 * freedom + 3)) / (8 * freedom + 1);
  return Math.sqrt(freedom * Math.expm1((scaled * scaled) / freedom));
}

/**
 * A chi-square variable's quantile divided by its degrees of freedom: E. B. Wilson and M. M. Hilferty, "The
 * distribution of chi-square", PNAS 17 (1931).
 *
 * @param normal the normal value that is as rare; `freedom` degrees of freedom, 1 or more.
 */
export function chiSquareRatio(normal: number, freedom: number): number {
  const share = 2 / (9 * freedom);
  return Math.max(0, 1 - share + normal * Math.sqrt(share)) ** 3;
}

/** Splits "1.10.0-rc.2" into its numbers and words. */
function parts(version: string): readonly (number | string)[] {
  return version
    .split(/[.+_-]|(?<=\d)(?=[A-Za-z])|(?<=[A-Za-z])(?=\d)/)
    .filter((part) => part !== "")
    .map((part) => (/^\d{1,15}$/.test(part) ? Number(part) : part));
}

/**
 * Orders versions as people read them: 1.9.0 before 1.10.0, 1.0.0-rc.1 before 1.0.0.
 *
 * @returns negative if `a` comes first, positive if `b` does, 0 only for equal texts.
 */
export function compareVersions(a: string, b: string): number {
  const left = parts(a);
  const right = parts(b);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const x = left[i];
    const y = right[i];
    if (x === y) continue;
    // A word after the numbers is a forerunner (semver 2.0.0, 11.3), a further number is a successor.
    if (x === undefined) return typeof y === "string" ? 1 : -1;
    if (y === undefined) return typeof x === "string" ? -1 : 1;
    if (typeof x === "number" && typeof y === "number") return x - y;
    if (typeof x !== typeof y) return typeof x === "number" ? 1 : -1;
    return x < y ? -1 : 1;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

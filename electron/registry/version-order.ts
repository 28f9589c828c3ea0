/** A run of digits without leading zeros, or a word. */
type Part = { readonly digits: string } | { readonly word: string };

/** Splits "1.10rc2" into its numbers and words. */
function parts(text: string): readonly Part[] {
  return text
    .split(/[.+_-]|(?<=\d)(?=[A-Za-z])|(?<=[A-Za-z])(?=\d)/)
    .filter((part) => part !== "")
    .map((part) => (/^\d+$/.test(part) ? { digits: part.replace(/^0+(?=\d)/, "") } : { word: part }));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Where a part stands before anything is compared: a word is a forerunner, a further number a successor of the end. */
function rank(part: Part | undefined): number {
  if (part === undefined) return 1;
  return "word" in part ? 0 : 2;
}

function comparePart(a: Part | undefined, b: Part | undefined): number {
  if (a !== undefined && b !== undefined) {
    if ("digits" in a && "digits" in b) return a.digits.length - b.digits.length || byText(a.digits, b.digits);
    if ("word" in a && "word" in b) return byText(a.word, b.word);
  }
  return rank(a) - rank(b);
}

function compareParts(a: readonly Part[], b: readonly Part[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = comparePart(a[i], b[i]);
    if (order !== 0) return order;
  }
  return 0;
}

/** A version without the "v" before its first number, cut at the first hyphen, which begins a pre-release. */
function split(version: string): { readonly core: readonly Part[]; readonly pre: readonly Part[] | null } {
  const bare = version.replace(/^v+(?=\d)/i, "");
  const hyphen = bare.indexOf("-");
  if (hyphen < 0) return { core: parts(bare), pre: null };
  return { core: parts(bare.slice(0, hyphen)), pre: parts(bare.slice(hyphen + 1)) };
}

/**
 * Orders versions as people read them (after Semantic Versioning 2.0.0, 11, for every text that is a version
 * here): 1.9.0 before 1.10.0, v1.0 as 1.0, 1.0.0-rc.2 and 1.0.0rc2 before 1.0.0, 1.0 before 1.0.1.
 *
 * @returns negative if `a` comes first, positive if `b` does, 0 only for equal texts.
 */
export function compareVersions(a: string, b: string): number {
  const left = split(a);
  const right = split(b);
  const byCore = compareParts(left.core, right.core);
  if (byCore !== 0) return byCore;
  if ((left.pre === null) !== (right.pre === null)) return left.pre === null ? 1 : -1;
  const byPre = compareParts(left.pre ?? [], right.pre ?? []);
  return byPre !== 0 ? byPre : byText(a, b);
}

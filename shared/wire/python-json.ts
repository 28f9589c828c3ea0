/**
 * The one way in which the JSON of the field differs from JSON: Python's encoder writes a number that is not
 * finite as a bare `NaN`, `Infinity` or `-Infinity`. Source: Python standard library, json, "Infinite and
 * NaN number values".
 */

/** A value of a flat meta object: a text, a number that may not be finite, or one map of such numbers. */
export type PythonJsonValue = string | number | Readonly<Record<string, number>>;

/** A number where JSON allows none. */
export interface BareNonFinite {
  readonly token: "NaN" | "Infinity" | "-Infinity";
  /** The last object key before it; null where there is none. Untrusted text. */
  readonly key: string | null;
}

const TOKENS = ["NaN", "Infinity", "-Infinity"] as const;

/** Writes an object as compact JSON, keys in the order given, numbers that are not finite as Python does. */
export function writePythonJson(entries: readonly (readonly [key: string, value: PythonJsonValue])[]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${writeValue(value)}`).join(",")}}`;
}

function writeValue(value: PythonJsonValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return Number.isFinite(value) ? JSON.stringify(value) : String(value);
  return writePythonJson(Object.entries(value));
}

/**
 * Tells whether a text that JSON.parse refused is JSON but for bare non-finite numbers, and names the first.
 * Takes time linear in the text and does not recurse: the text is untrusted.
 *
 * @returns null where the text has no such number, or is not JSON for another reason as well.
 */
export function findBareNonFinite(text: string): BareNonFinite | null {
  let first: BareNonFinite | null = null;
  let key: string | null = null;
  let copiedTo = 0;
  let repaired = "";
  let at = 0;
  while (at < text.length) {
    if (text[at] === '"') {
      const end = endOfString(text, at);
      const afterSpace = skipSpace(text, end);
      if (text[afterSpace] === ":") key = text.slice(at + 1, end - 1);
      at = afterSpace;
      continue;
    }
    const token = tokenAt(text, at);
    if (token === null) {
      at += 1;
      continue;
    }
    first ??= { token, key };
    repaired += `${text.slice(copiedTo, at)}null`;
    at += token.length;
    copiedTo = at;
  }
  if (first === null || !isJson(repaired + text.slice(copiedTo))) return null;
  return first;
}

/** The position behind the closing quote, or the end of a text that does not close it. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return Math.min(at + 1, text.length);
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (text[at] === " " || text[at] === "\t" || text[at] === "\n" || text[at] === "\r") at += 1;
  return at;
}

function tokenAt(text: string, at: number): BareNonFinite["token"] | null {
  const first = text[at];
  if (first !== "N" && first !== "I" && first !== "-") return null;
  return TOKENS.find((token) => text.startsWith(token, at)) ?? null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

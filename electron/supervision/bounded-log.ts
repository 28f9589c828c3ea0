/** Characters kept by default: enough for a native stack trace, too few to matter in memory. */
const KEPT_CHARACTERS = 16_384;

/** The tail of what a child wrote. */
export interface BoundedLog {
  append(text: string): void;
  /** At most the last `maxCharacters` characters. */
  text(): string;
}

/** A log that keeps its last characters and forgets the rest. */
export function boundedLog(maxCharacters = KEPT_CHARACTERS): BoundedLog {
  let kept = "";
  return {
    append(text) {
      kept = (kept + text).slice(-maxCharacters);
    },
    text: () => kept,
  };
}

/** A line that says what went wrong, as Node, V8, C++ and the kernel write them. */
const TELLING = /error|fatal|fault|assert|abort|terminate|killed|out of memory/i;

/**
 * The line that best says why a process ended: the last telling one, else the last with something on
 * it, cut to `maxCharacters`; null when nothing was written.
 */
export function lastWords(text: string, maxCharacters = 160): string | null {
  const lines = text
    .split(/\r?\n/)
    .map((each) => each.trim())
    .filter((each) => each.length > 0);
  const line = lines.findLast((each) => TELLING.test(each)) ?? lines.at(-1);
  if (line === undefined) return null;
  return line.length > maxCharacters ? `${line.slice(0, maxCharacters)}…` : line;
}

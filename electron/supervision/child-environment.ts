/**
 * What a child inherits. Everything else stays out: a variable that happens to be set in somebody's
 * shell (NODE_OPTIONS, a loader path of another tool) must not decide whether a child starts.
 */
const INHERITED = [
  "HOME",
  "LANG",
  "LANGUAGE",
  "LC_ALL",
  "LC_CTYPE",
  "LOGNAME",
  "PATH",
  "SystemRoot",
  "TEMP",
  "TMP",
  "TMPDIR",
  "TZ",
  "USER",
  "XDG_RUNTIME_DIR",
] as const;

/**
 * The environment of a child: the allow-listed variables of this process and what is given to it.
 * @param source Usually `process.env`.
 * @param given Wins over what is inherited.
 */
export function childEnvironment(
  source: Readonly<Record<string, string | undefined>>,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = source[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, ...given };
}

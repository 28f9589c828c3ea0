import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { fail, ok, type Result } from "../../shared/result";

/** The least Node that the commands run on, major and minor. */
const LEAST = [20, 19] as const;

const ASK_LIMIT_MS = 5_000;

/**
 * Looks for a Node that can run the commands: `node` on the PATH.
 * @returns its name for `spawn`; NOT_AVAILABLE with what to do.
 */
export async function findNode(environment: NodeJS.ProcessEnv): Promise<Result<string, "NOT_AVAILABLE">> {
  const toDo = `Setting up ROS 2 needs Node.js ${LEAST.join(".")} or newer with npm on the PATH. Install it from your distribution, nvm or the Node.js download page, then start this application again.`;
  let version: string;
  try {
    const asked = await promisify(execFile)("node", ["--version"], { env: environment, timeout: ASK_LIMIT_MS });
    version = asked.stdout.trim();
  } catch {
    return fail("NOT_AVAILABLE", `There is no \`node\` on the PATH. ${toDo}`);
  }
  const match = /^v(\d+)\.(\d+)\./.exec(version);
  const major = Number(match?.[1]);
  const minor = Number(match?.[2]);
  if (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])) return ok("node");
  return fail("NOT_AVAILABLE", `\`node\` on the PATH is ${version === "" ? "none" : version}. ${toDo}`);
}

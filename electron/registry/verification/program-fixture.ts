import { mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";

const ROOT = join(import.meta.dirname, "..", "..", "..");

/**
 * Bundles programs as the build does, into a fresh folder inside of the project, where they find its native
 * packages.
 *
 * @param entries output file to source file, both relative.
 * @returns the folder, which the test removes.
 */
export function buildPrograms(entries: Readonly<Record<string, string>>): string {
  const scratch = join(ROOT, ".cache");
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, "programs-"));
  for (const [output, entry] of Object.entries(entries)) {
    buildSync({
      absWorkingDir: ROOT,
      entryPoints: [entry],
      outfile: join(folder, output),
      bundle: true,
      platform: "node",
      format: "cjs",
      logLevel: "silent",
      external: ["onnxruntime-node", "libsql", "rclnodejs", "electron"],
    });
  }
  return folder;
}

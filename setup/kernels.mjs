// Compiles the kernels of the codec: `node setup/kernels.mjs` writes shared/codec/kernels/module.ts anew, with
// `--check` it only says whether the file is what the sources give. The compiler is fetched when this runs; it is
// large, and nobody else needs it.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, scratchFolder } from "./paths.mjs";

const compiler = "assemblyscript@0.28.20";
const flags = ["-O3", "--converge", "--noAssert", "--runtime", "stub", "--enable", "simd"];
const sources = join(root, "kernels");
const output = join(root, "shared", "codec", "kernels", "module.ts");

/** SHA-256 of the sources, of what compiles them and of how, in hexadecimal. */
export function sourceHash() {
  const hash = createHash("sha256").update(`${compiler} ${flags.join(" ")}\n`);
  for (const name of readdirSync(sources).sort()) hash.update(`${name}\n`).update(readFileSync(join(sources, name)));
  return hash.digest("hex");
}

/** @returns {Buffer} the compiled module; throws when the compiler cannot be had or complains */
function compile() {
  const folder = join(scratchFolder, "kernels");
  const compiled = join(folder, "kernels.wasm");
  const program = join(folder, "node_modules", "assemblyscript", "bin", "asc.js");
  mkdirSync(folder, { recursive: true });
  rmSync(compiled, { force: true });
  if (!existsSync(program)) {
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    const fetched = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", compiler], { cwd: folder, stdio: "inherit" });
    if (fetched.status !== 0) throw new Error(`${compiler} could not be fetched`);
  }
  const made = spawnSync(process.execPath, [program, join("kernels", "main.ts"), ...flags, "-o", compiled], { cwd: root, stdio: "inherit" });
  if (made.status !== 0) throw new Error("the kernels do not compile");
  return readFileSync(compiled);
}

/** @param {Buffer} compiled */
function moduleText(compiled) {
  const lines = compiled.toString("base64").match(/.{1,120}/g) ?? [];
  return `// Made by setup/kernels.mjs from kernels/; not to be edited.

/** SHA-256 of the sources and of the compiler's name and flags. */
export const SOURCE_SHA256 = "${sourceHash()}";

/** The kernels as a WebAssembly module, in base64. */
export const MODULE_BASE64 =
${lines.map((line) => `  "${line}"`).join(" +\n")};
`;
}

if (process.argv[1] === import.meta.filename) {
  const text = moduleText(compile());
  if (!process.argv.includes("--check")) {
    writeFileSync(output, text);
    process.stdout.write("wrote shared/codec/kernels/module.ts\n");
  } else if (existsSync(output) && readFileSync(output, "utf8") === text) {
    process.stdout.write("shared/codec/kernels/module.ts is what the sources give\n");
  } else {
    process.stderr.write("shared/codec/kernels/module.ts is not what the sources give: run node setup/kernels.mjs\n");
    process.exitCode = 1;
  }
}

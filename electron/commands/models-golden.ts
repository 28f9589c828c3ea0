import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fail } from "../../shared/result";
import { openModel } from "../inference/onnx-session";
import { sha256Of } from "../registry/hashing";
import { folderOf, MANIFEST_NAME, readModel } from "../registry/registry";
import { makeGolden } from "../registry/verification/golden";
import { refuse } from "./arguments";
import type { CommandIo, ExitCode } from "./command";

const GOLDEN_NAME = "golden.json";

/**
 * `./lydlr models golden VERSION`: makes the golden frames of a version in the models folder and names them in
 * its manifest. The last step of making a version; on the machine that it was made on.
 */
export async function golden(places: string | readonly string[], version: string, io: CommandIo): Promise<ExitCode> {
  const model = await readModel(places, version);
  if (!model.ok) return refuse(io, model.error);
  const folder = await folderOf(places, version);
  const opened = await openModel(model.value);
  if (!opened.ok || folder === null) return refuse(io, opened.ok ? fail("UNKNOWN_VERSION", `There is no model ${version}.`).error : opened.error);
  const made = await makeGolden(opened.value, model.value.manifest.levels.map(({ level }) => level));
  await opened.value.close();
  if (!made.ok) return refuse(io, made.error);
  const text = `${JSON.stringify(made.value, null, 1)}\n`;
  const path = join(folder, version, MANIFEST_NAME);
  const manifest = JSON.parse(await readFile(path, "utf8")) as Readonly<Record<string, unknown>> & { readonly files: object };
  const file = { path: GOLDEN_NAME, sha256: sha256Of(text), bytes: Buffer.byteLength(text) };
  const named = { ...manifest, files: { ...manifest.files, golden: file } };
  await writeFile(join(folder, version, GOLDEN_NAME), text);
  await writeFile(path, `${JSON.stringify(named, null, 2)}\n`);
  io.stdout(`${version}: ${[...made.value.frames, ...(made.value.stream ?? [])].map(({ name }) => name).join("; ")}\n`);
  return 0;
}

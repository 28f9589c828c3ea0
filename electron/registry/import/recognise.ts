import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "../../../shared/result";
import { parseManifest, type ModelManifest } from "../manifest";
import { isOriginalManifest, parseOriginalManifest } from "../original-bundle";
import { MANIFEST_NAME, ORIGINAL_PREFIX } from "../registry";
import { filesOf } from "../registry-view";

/** What lies in a staged folder. */
export interface Recognised {
  readonly kind: "model" | "original-bundle";
  readonly version: string;
  /** Name of its folder in the models folder. */
  readonly key: string;
  /** Where the manifest lies, relative to the staged folder: "" or one folder. */
  readonly root: string;
  /** Files that belong to it, relative to `root`: the manifest, what it names, and papers. */
  readonly files: readonly string[];
}

/** Papers that may come along: nobody opens them but people. */
const PAPER = /^(README|LICENSE|NOTICE|MODEL_CARD|model-card)(\.(md|txt))?$|^[A-Za-z0-9._-]+\.(md|log)$/;

function rootOf(files: readonly string[]): Result<string, "NOT_A_MODEL"> {
  const roots = files.filter((file) => file === MANIFEST_NAME || file.endsWith(`/${MANIFEST_NAME}`)).map((file) => file.slice(0, -MANIFEST_NAME.length));
  const [root, another] = roots;
  if (another !== undefined) return fail("NOT_A_MODEL", "It holds several versions. Import one at a time. Nothing was imported.");
  if (root !== undefined) return ok(root);
  if (files.some((file) => file.endsWith(".pth"))) {
    return fail("NOT_A_MODEL", "It holds no manifest.json, only PyTorch checkpoints. Import the .pth files themselves to have them listed; they are never opened.");
  }
  return fail("NOT_A_MODEL", "It holds no manifest.json, neither of this application nor of the original project. Nothing was imported.");
}

function modelOf(manifest: ModelManifest): Result<Pick<Recognised, "kind" | "version" | "key"> & { readonly named: readonly string[] }, "BAD_VERSION"> {
  const { version } = manifest;
  if (version.startsWith(ORIGINAL_PREFIX)) return fail("BAD_VERSION", `A version of this application cannot begin with ${ORIGINAL_PREFIX}. Nothing was imported.`);
  return ok({ kind: "model", version, key: version, named: filesOf(manifest).map(({ path }) => path) });
}

/**
 * Looks at what was staged and says what it is.
 *
 * @param files relative to `folder`.
 * @returns NOT_A_MODEL where there is no manifest, or several; BAD_MANIFEST or BAD_VERSION with the fault.
 */
export async function recognise(folder: string, files: readonly string[]): Promise<Result<Recognised>> {
  const root = rootOf(files);
  if (!root.ok) return root;
  const text = await readFile(join(folder, root.value, MANIFEST_NAME), "utf8");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return fail("BAD_MANIFEST", "The manifest is not JSON. Nothing was imported.");
  }
  const here = files.filter((file) => file.startsWith(root.value)).map((file) => file.slice(root.value.length));
  const papers = here.filter((file) => PAPER.test(file));
  if (isOriginalManifest(json)) {
    const manifest = parseOriginalManifest(text);
    if (!manifest.ok) return manifest;
    const { version, files: named } = manifest.value;
    const belongs = [MANIFEST_NAME, named.onnx, ...(named.trt == null ? [] : [named.trt]), "metadata.json"];
    return ok({
      kind: "original-bundle",
      version,
      key: `${ORIGINAL_PREFIX}${version}`,
      root: root.value,
      files: here.filter((file) => belongs.includes(file) || papers.includes(file)),
    });
  }
  const manifest = parseManifest(text);
  if (!manifest.ok) return manifest;
  const model = modelOf(manifest.value);
  if (!model.ok) return model;
  const { named, ...what } = model.value;
  return ok({ ...what, root: root.value, files: here.filter((file) => file === MANIFEST_NAME || named.includes(file) || papers.includes(file)) });
}

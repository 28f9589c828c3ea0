import * as v from "valibot";
import { ERROR_CODES, type ErrorCode } from "./errors";

/**
 * The registry as it crosses between the main process and the window: what lies in the models folders, what
 * was proven of it and when, the names that stand for versions, and imports.
 */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const code = v.picklist(Object.keys(ERROR_CODES) as readonly ErrorCode[]);
const nothing = v.strictObject({});

/** A name that stands for a version: champion, candidate, or one of the operator's own. */
export const ALIAS_PATTERN = /^[a-z][a-z0-9-]{0,31}$/;
const aliasName = v.pipe(v.string(), v.regex(ALIAS_PATTERN));

/** What a verification looks at, in this order. */
export const verificationStepSchema = v.picklist(["hashes", "contract", "golden", "benchmark"]);
export type VerificationStep = v.InferOutput<typeof verificationStepSchema>;

/** One thing that a verification looked at, and what it found. */
export const verificationCheckSchema = v.strictObject({ step: verificationStepSchema, passed: v.boolean(), sentence: v.string() });
export type VerificationCheck = v.InferOutput<typeof verificationCheckSchema>;

/**
 * What a level does on this machine, on frames that no training has seen. Null is what cannot be measured: a
 * bundle without a decoder gives back no picture.
 */
export const modelBenchmarkSchema = v.strictObject({
  /** Null for a model without levels. */
  level: v.nullable(count),
  isDefault: v.boolean(),
  frames: count,
  /** Bytes of the whole frame in over bytes out. */
  ratio: v.nullable(finite),
  /** 0 to 1. */
  msSsim: v.nullable(finite),
  encodeP50Ms: finite,
  encodeP95Ms: finite,
  decodeP50Ms: v.nullable(finite),
  decodeP95Ms: v.nullable(finite),
});
export type ModelBenchmark = v.InferOutput<typeof modelBenchmarkSchema>;

/** What is proven of an entry on this machine. Kept by the hash of its manifest: another file is another proof. */
export const verificationViewSchema = v.variant("state", [
  /** Nobody verified these bytes here yet; the sentence says what to do. */
  v.strictObject({ state: v.literal("never"), sentence: v.string() }),
  v.strictObject({ state: v.literal("running"), sinceMs: finite, sentence: v.string() }),
  v.strictObject({
    state: v.literal("verified"),
    atMs: finite,
    durationMs: finite,
    sentence: v.string(),
    checks: v.array(verificationCheckSchema),
    benchmark: v.array(modelBenchmarkSchema),
    /** Most memory that the verifier's process held at once, bytes; null where it cannot be seen. */
    peakBytes: v.nullable(count),
  }),
  v.strictObject({
    state: v.literal("refused"),
    atMs: finite,
    durationMs: finite,
    code,
    sentence: v.string(),
    checks: v.array(verificationCheckSchema),
  }),
]);
export type VerificationView = v.InferOutput<typeof verificationViewSchema>;

/** What an entry is: a version of this product, a bundle or a checkpoint of the original project. */
export const registryKindSchema = v.picklist(["model", "original-bundle", "checkpoint"]);
export type RegistryKind = v.InferOutput<typeof registryKindSchema>;

/** One row of the registry. */
export const registryRowSchema = v.strictObject({
  /** Name of its folder or file: unique, and what `models/verify` takes. */
  key: v.string(),
  kind: registryKindSchema,
  /** Shipped with the application, or imported into the data folder. */
  place: v.picklist(["shipped", "imported"]),
  /** As nodes report it and deploys carry it. */
  version: v.string(),
  family: v.string(),
  description: v.string(),
  drill: v.boolean(),
  /** SHA-256 of the manifest (of the file for a checkpoint); null where there is none that can be read. */
  hash: v.nullable(v.string()),
  bytes: count,
  files: v.array(v.strictObject({ name: v.string(), bytes: count, sha256: v.nullable(v.string()) })),
  /** Null where the entry does not say. */
  licence: v.nullable(v.string()),
  intendedUse: v.nullable(v.string()),
  quantiser: v.nullable(v.string()),
  /** Recipe, seed, steps and data in one line. */
  training: v.nullable(v.string()),
  levels: v.array(count),
  defaultLevel: v.nullable(count),
  /** Whether it may go to a node from here; the sentence says why not. */
  deployable: v.variant("ok", [
    v.strictObject({ ok: v.literal(true) }),
    v.strictObject({ ok: v.literal(false), code, sentence: v.string() }),
  ]),
  /** What it can and cannot do, in sentences; empty for the product's own models. */
  can: v.array(v.string()),
  cannot: v.array(v.string()),
  verification: verificationViewSchema,
  /** Names that stand for it now; `latest` is the highest usable version that is no drill. */
  aliases: v.array(v.string()),
});
export type RegistryRow = v.InferOutput<typeof registryRowSchema>;

/** One move of an alias. The history only grows. */
export const aliasMoveSchema = v.strictObject({
  alias: v.string(),
  /** Null: it stood for nothing. */
  from: v.nullable(v.string()),
  /** Null: it was taken away. */
  to: v.nullable(v.string()),
  atMs: finite,
  /** The account of the operating system that did it. */
  by: v.string(),
  via: v.picklist(["window", "command line"]),
});
export type AliasMove = v.InferOutput<typeof aliasMoveSchema>;

/** The whole registry. */
export const registryViewSchema = v.strictObject({
  /** Lowest version first; within a version models, then bundles, then checkpoints. */
  rows: v.array(registryRowSchema),
  aliases: v.array(v.strictObject({ alias: v.string(), version: v.string(), sinceMs: finite, by: v.string() })),
  /** Newest first. */
  aliasHistory: v.array(aliasMoveSchema),
  /** Null, or why aliases cannot be read or set now (they live in the journal). */
  aliasTrouble: v.nullable(v.string()),
  /** Where imports go. */
  importDir: v.string(),
  /** How a folder or archive must look to be imported, in one sentence. */
  importHint: v.string(),
});
export type RegistryView = v.InferOutput<typeof registryViewSchema>;

/** How the import of one path ended. */
export const importOutcomeSchema = v.variant("ok", [
  v.strictObject({
    path: v.string(),
    ok: v.literal(true),
    key: v.string(),
    kind: registryKindSchema,
    version: v.string(),
    /** What was imported and what was proven of it. */
    sentence: v.string(),
    /** Files that the manifest does not name: they were not taken over. */
    leftOut: v.array(v.string()),
  }),
  v.strictObject({ path: v.string(), ok: v.literal(false), code, sentence: v.string() }),
]);
export type ImportOutcome = v.InferOutput<typeof importOutcomeSchema>;

/** Something that the registry is doing. */
export const registryActivitySchema = v.strictObject({
  kind: v.picklist(["verify", "import"]),
  /** The key of a row, or the path that is imported. */
  subject: v.string(),
  sinceMs: finite,
  /** What it does now. */
  sentence: v.string(),
});
export type RegistryActivity = v.InferOutput<typeof registryActivitySchema>;

/**
 * Pushed when the registry changed or works on something. A new `revision` means that `models/registry`
 * would answer something else than before.
 */
export const registryPushSchema = v.strictObject({ revision: count, activities: v.array(registryActivitySchema) });
export type RegistryPush = v.InferOutput<typeof registryPushSchema>;

const path = v.pipe(v.string(), v.minLength(1), v.maxLength(4_096));

/** The registry's requests; part of the one table in `channels.ts`. */
export const MODEL_REQUESTS = {
  "models/registry": { body: nothing, reply: registryViewSchema },
  /**
   * Verifies an entry in a process of its own; answered when it ended, with what was found (`verified` or
   * `refused`). While it runs, `push/models` tells its steps. NOT_AVAILABLE for a checkpoint.
   */
  "models/verify": { body: v.strictObject({ key: v.pipe(v.string(), v.minLength(1), v.maxLength(128)) }), reply: verificationViewSchema },
  /**
   * Imports folders, `.zip`, `.tar.gz` or `.tgz` archives and `.pth` files, one after another; each path has
   * an outcome of its own. A dropped file's path comes from `window.ops.filePath(file)`.
   */
  "models/import": {
    body: v.strictObject({ paths: v.pipe(v.array(path), v.minLength(1), v.maxLength(16)) }),
    reply: v.array(importOutcomeSchema),
  },
  /** Asks for files or a folder, then imports them; CANCELLED when nothing was chosen. */
  "models/choose-import": { body: v.strictObject({ what: v.picklist(["archives", "folder"]) }), reply: v.array(importOutcomeSchema) },
  /** Lets an alias stand for a version, or for nothing (null). In the journal before it holds. */
  "models/set-alias": {
    body: v.strictObject({ alias: aliasName, version: v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(64))) }),
    reply: registryViewSchema,
  },
} as const;

import type { ModelVersion } from "../../shared/fleet/ids";
import type { Failure, Result } from "../../shared/result";

/** The model that a node runs, and the one that it is about to run. */
export interface ModelSlot {
  /** The version that encodes the next frame; null before the first is loaded. */
  active(): ModelVersion | null;
  /** Loads `version` beside the active one and swaps once it is ready. The newest deploy wins. */
  deploy(version: ModelVersion): void;
  /** The inference process is there (again): loads what it must know. */
  inferenceCameUp(): void;
  /** Forgets what is still loading. */
  close(): void;
}

/** What a slot needs. */
export interface ModelSlotOptions {
  readonly initialVersion: ModelVersion;
  load(version: ModelVersion): Promise<Result<unknown>>;
  /** A version could not be used; the active one runs on. */
  onRefused(version: ModelVersion, failure: Failure): void;
}

/**
 * A slot that begins to load its initial version at once. Frames read {@link ModelSlot.active} when they
 * begin, so a swap always falls between two of them.
 */
export function openModelSlot(options: ModelSlotOptions): ModelSlot {
  let active: ModelVersion | null = null;
  let wanted: ModelVersion | null = null;
  let newestAttempt = 0;

  async function pursue(version: ModelVersion): Promise<void> {
    newestAttempt += 1;
    const attempt = newestAttempt;
    wanted = version;
    const loaded = await options.load(version);
    if (attempt !== newestAttempt) return;
    if (loaded.ok) {
      active = version;
      wanted = null;
      return;
    }
    // Nothing is wrong with the version when nobody was there to load it: it stays wanted.
    if (loaded.error.code === "INFERENCE_DOWN") return;
    wanted = null;
    options.onRefused(version, loaded.error);
  }

  void pursue(options.initialVersion);

  return {
    active: () => active,
    deploy(version) {
      if (version === wanted) return;
      if (version === active) {
        newestAttempt += 1;
        wanted = null;
        return;
      }
      void pursue(version);
    },
    inferenceCameUp() {
      if (wanted !== null) void pursue(wanted);
      // A new process knows no models. Should the file have gone bad meanwhile, every frame will say so.
      if (active !== null) void options.load(active);
    },
    close() {
      newestAttempt += 1;
      wanted = null;
    },
  };
}

import { Session } from "node:inspector";
import { setFlagsFromString } from "node:v8";

/**
 * How the inference process asks for memory where glibc gives it: large blocks each from the kernel, to which they
 * go back as soon as they are free, whatever was allocated since, and one arena. Left to itself glibc raises the
 * size from which that is so with every large block that is freed, and after some swaps of models the holes
 * between what is still in use are never given back (microsoft/onnxruntime#25325). Other runtimes pay no heed.
 */
export const INFERENCE_ENVIRONMENT: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_MMAP_THRESHOLD_: "131072",
};

/**
 * Collects all garbage and resolves when that is done. A model that was closed leaves weights and pictures behind
 * that V8 does not count among its own heap, and would keep for long: what it grows to meanwhile it does not give
 * back. Takes a few milliseconds. Where there is no inspector nothing happens, and V8 collects in its own time.
 */
export function collectGarbage(): Promise<void> {
  return new Promise((resolve) => {
    const session = new Session();
    try {
      session.connect();
      // It is collected in a task of its own, which a session that has left does not get; and one that leaves
      // while it is being answered takes the process with it.
      session.post("HeapProfiler.collectGarbage", () => {
        setImmediate(() => {
          session.disconnect();
          resolve();
        });
      });
    } catch {
      // A runtime built or started without it.
      resolve();
    }
  });
}

/**
 * Keeps V8 from widening the space for young objects, threefold up to 48 MB, each time that many of them outlive a
 * collection, as they do while a model is opened: it hardly ever narrows it again. For plain Node, where V8's flags
 * may be changed while it runs.
 */
export function keepYoungSpaceSmall(): void {
  if (!("electron" in process.versions)) setFlagsFromString("--semi-space-growth-factor=1");
}

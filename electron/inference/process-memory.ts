import { Session } from "node:inspector";

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
 * Collects all garbage now. A model that was closed leaves weights and pictures behind that V8 does not count
 * among its own heap, and would keep for long: what it grows to meanwhile it does not give back. Takes a few
 * milliseconds. Where there is no inspector nothing happens, and V8 collects in its own time.
 */
export function collectGarbage(): void {
  const session = new Session();
  try {
    session.connect();
    session.post("HeapProfiler.collectGarbage");
    session.disconnect();
  } catch {
    // A runtime built or started without it.
  }
}

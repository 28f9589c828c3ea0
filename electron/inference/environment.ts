/**
 * What the inference process is started with. The runtime allocates and frees a picture's buffers at every frame;
 * glibc would keep such blocks in its heaps and let them grow in steps over many swaps of models. With a fixed
 * threshold they are mapped and given back. Other systems ignore these variables.
 */
export const INFERENCE_ENVIRONMENT: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: "2",
  MALLOC_MMAP_THRESHOLD_: "262144",
  MALLOC_TRIM_THRESHOLD_: "262144",
};

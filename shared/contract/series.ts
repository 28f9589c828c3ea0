import * as v from "valibot";

const finite = v.pipe(v.number(), v.finite());

/** Samples of one node, decimated for a chart. */
export const seriesSchema = v.strictObject({
  nodeId: v.string(),
  fromMs: finite,
  toMs: finite,
  /** True when buckets hold several samples: each bucket then gives its minimum and its maximum. */
  decimated: v.boolean(),
  bucketMs: finite,
  /** Unix ms, ascending, one for each point. */
  atMs: v.instance(Float64Array),
  /** As long as `atMs`; NaN is a gap. */
  compressionRatio: v.instance(Float64Array),
  latencyMs: v.instance(Float64Array),
  qualityScore: v.instance(Float64Array),
  bandwidthKbps: v.instance(Float64Array),
  /** Version changes within the range. */
  changes: v.array(v.strictObject({ atMs: finite, version: v.nullable(v.string()), drill: v.boolean() })),
  /** Stretches without samples longer than 2 periods. */
  gaps: v.array(v.strictObject({ fromMs: finite, toMs: finite })),
});

/** Samples of one node, decimated for a chart. */
export type Series = v.InferOutput<typeof seriesSchema>;

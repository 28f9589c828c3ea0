/**
 * Writes tiny ONNX models for tests: the protobuf by hand (field numbers of onnx.proto3, IR version 8,
 * opset 17), so that no binary file and no Python is needed to see what a test opens.
 */

type Bytes = readonly number[];

/** A node: operator, inputs, outputs, attributes. */
export interface NodeFixture {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[] | { readonly graph: GraphFixture } | { readonly zero: "float32" }>>;
}

/** An input or output; a text is a dimension that is free. */
export interface ValueFixture {
  readonly name: string;
  readonly dtype: "float32" | "uint8" | "int64" | "bool";
  readonly shape: readonly (number | string)[];
}

/** A constant. A name of `outside` says that its values lie in a file of that path. */
export interface ConstantFixture {
  readonly name: string;
  readonly dtype: "float32" | "int64" | "bool";
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly outside?: string;
}

/** A graph. */
export interface GraphFixture {
  readonly inputs: readonly ValueFixture[];
  readonly outputs: readonly ValueFixture[];
  readonly constants?: readonly ConstantFixture[];
  readonly nodes: readonly NodeFixture[];
}

const TYPES = { float32: 1, uint8: 2, int64: 7, bool: 9 } as const;

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return bytes;
}

const int = (field: number, value: number): number[] => [...varint(field << 3), ...varint(value)];
const block = (field: number, bytes: Bytes): number[] => [...varint((field << 3) | 2), ...varint(bytes.length), ...bytes];
const text = (field: number, value: string): number[] => block(field, [...new TextEncoder().encode(value)]);
const all = <Item>(items: readonly Item[], write: (item: Item) => Bytes): number[] => items.flatMap((item) => [...write(item)]);

function valueInfo({ name, dtype, shape }: ValueFixture): number[] {
  const dimensions = all(shape, (dim) => block(1, typeof dim === "number" ? int(1, dim) : text(2, dim)));
  return [...text(1, name), ...block(2, block(1, [...int(1, TYPES[dtype]), ...block(2, dimensions)]))];
}

function constant({ name, dtype, shape, values, outside }: ConstantFixture): number[] {
  const raw = dtype === "float32" ? new Float32Array(values) : dtype === "bool" ? new Uint8Array(values) : BigInt64Array.from(values, BigInt);
  const head = [...all(shape, (dim) => int(1, dim)), ...int(2, TYPES[dtype]), ...text(8, name)];
  if (outside !== undefined) {
    return [...head, ...block(13, [...text(1, "location"), ...text(2, outside)]), ...int(14, 1)];
  }
  return [...head, ...block(9, [...new Uint8Array(raw.buffer)])];
}

function attribute(name: string, value: NonNullable<NodeFixture["attributes"]>[string]): number[] {
  if (typeof value === "number") return [...text(1, name), ...int(3, value), ...int(20, 2)];
  if ("graph" in value) return [...text(1, name), ...block(6, graphProto(value.graph)), ...int(20, 5)];
  if ("zero" in value) {
    return [...text(1, name), ...block(5, constant({ name: "zero", dtype: value.zero, shape: [1], values: [0] })), ...int(20, 4)];
  }
  return [...text(1, name), ...all(value, (each) => int(8, each)), ...int(20, 7)];
}

function graphProto({ inputs, outputs, constants = [], nodes }: GraphFixture): number[] {
  const written = all(nodes, ({ op, inputs: ins, outputs: outs, attributes = {} }) =>
    block(1, [
      ...all(ins, (name) => text(1, name)),
      ...all(outs, (name) => text(2, name)),
      ...text(4, op),
      ...all(Object.entries(attributes), ([name, value]) => block(5, attribute(name, value))),
    ]),
  );
  return [
    ...written,
    ...text(2, "fixture"),
    ...all(constants, (each) => block(5, constant(each))),
    ...all(inputs, (each) => block(11, valueInfo(each))),
    ...all(outputs, (each) => block(12, valueInfo(each))),
  ];
}

/** The bytes of a model with one graph. */
export function onnxModel(graph: GraphFixture): Uint8Array {
  return Uint8Array.from([...int(1, 8), ...block(7, graphProto(graph)), ...block(8, [...text(1, ""), ...int(2, 17)])]);
}

const BUNDLE_INPUTS: readonly ValueFixture[] = [
  { name: "image", dtype: "float32", shape: ["batch", 3, 480, 640] },
  { name: "lidar", dtype: "float32", shape: ["batch", 3072] },
  { name: "imu", dtype: "float32", shape: ["batch", 6] },
  { name: "audio", dtype: "float32", shape: ["batch", 16384] },
];

const BUNDLE_OUTPUTS: readonly ValueFixture[] = [
  { name: "compressed", dtype: "float32", shape: ["batch", 64] },
  { name: "predicted_quality", dtype: "float32", shape: ["batch", 1] },
  { name: "quant_indices", dtype: "float32", shape: ["batch", 64] },
];

/**
 * An encoder with the inputs and outputs of the original project's bundles, which sees the IMU alone.
 *
 * @param more nodes and constants that add something to `extra`, a scalar-like tensor that joins the output.
 */
export function originalEncoder(more: Pick<GraphFixture, "nodes" | "constants"> | null = null, inputs = BUNDLE_INPUTS): Uint8Array {
  const last = more === null ? "mixed" : "mixedWithExtra";
  return onnxModel({
    inputs,
    outputs: BUNDLE_OUTPUTS,
    constants: [
      { name: "toLatent", dtype: "float32", shape: [6, 64], values: Array.from({ length: 384 }, (_, i) => (i % 7) - 3) },
      { name: "toQuality", dtype: "float32", shape: [64, 1], values: Array.from({ length: 64 }, (_, i) => ((i % 5) - 2) / 10) },
      ...(more?.constants ?? []),
    ],
    nodes: [
      { op: "MatMul", inputs: ["imu", "toLatent"], outputs: ["mixed"] },
      ...(more === null ? [] : [...more.nodes, { op: "Add", inputs: ["mixed", "extra"], outputs: ["mixedWithExtra"] }]),
      { op: "Identity", inputs: [last], outputs: ["compressed"] },
      { op: "MatMul", inputs: [last, "toQuality"], outputs: ["rawQuality"] },
      { op: "Sigmoid", inputs: ["rawQuality"], outputs: ["predicted_quality"] },
      { op: "Round", inputs: [last], outputs: ["quant_indices"] },
    ],
  });
}

/**
 * An analysis of this product's own kind: 16 latents of patches of 8 pixels, their mean colour weighted.
 *
 * @param more nodes and constants that make `extra`, which is added.
 */
export function ownAnalysis(more: Pick<GraphFixture, "nodes" | "constants"> | null = null, output = "latents"): Uint8Array {
  return onnxModel({
    inputs: [{ name: "image", dtype: "uint8", shape: [1, "height", "width", 3] }],
    outputs: [{ name: output, dtype: "float32", shape: [1, 16, "rows", "columns"] }],
    constants: [
      { name: "weights", dtype: "float32", shape: [16, 3, 1, 1], values: Array.from({ length: 48 }, (_, i) => (i % 5) / 1000) },
      { name: "nothing", dtype: "float32", shape: [1], values: [0] },
      ...(more?.constants ?? []),
    ],
    nodes: [
      { op: "Cast", inputs: ["image"], outputs: ["floats32"], attributes: { to: TYPES.float32 } },
      { op: "Transpose", inputs: ["floats32"], outputs: ["planes"], attributes: { perm: [0, 3, 1, 2] } },
      { op: "AveragePool", inputs: ["planes"], outputs: ["means"], attributes: { kernel_shape: [8, 8], strides: [8, 8] } },
      { op: "Conv", inputs: ["means", "weights"], outputs: ["mixed"] },
      ...(more?.nodes ?? []),
      { op: "Add", inputs: ["mixed", more === null ? "nothing" : "extra"], outputs: [output] },
    ],
  });
}

const GIB = 1024 ** 3;

/** Nodes that make a tensor of 20 GiB on the way to `extra`. The size is known only when the model runs on `input`. */
export const twentyGib = (input: "imu" | "image"): Pick<GraphFixture, "nodes" | "constants"> => ({
  constants: [
    { name: "floats", dtype: "int64", shape: [1], values: [5 * GIB] },
  ],
  nodes: [
    { op: "Shape", inputs: [input], outputs: ["shape"] },
    { op: "ReduceMin", inputs: ["shape"], outputs: ["batchSize"], attributes: { keepdims: 1 } },
    { op: "Mul", inputs: ["batchSize", "floats"], outputs: ["huge"] },
    { op: "ConstantOfShape", inputs: ["huge"], outputs: ["hugeZeros"], attributes: { value: { zero: "float32" } } },
    { op: "ReduceMax", inputs: ["hugeZeros"], outputs: ["extra"], attributes: { keepdims: 1 } },
  ],
});

/** Nodes that go round a loop practically for ever before `extra` is there. */
export const NEVER_RETURNS: Pick<GraphFixture, "nodes" | "constants"> = {
  constants: [
    { name: "trips", dtype: "int64", shape: [], values: [Number.MAX_SAFE_INTEGER] },
    { name: "goOn", dtype: "bool", shape: [], values: [1] },
    { name: "start", dtype: "float32", shape: [1], values: [0] },
  ],
  nodes: [
    {
      op: "Loop",
      inputs: ["trips", "goOn", "start"],
      outputs: ["extra"],
      attributes: {
        body: {
          graph: {
            inputs: [
              { name: "trip", dtype: "int64", shape: [] },
              { name: "wentOn", dtype: "bool", shape: [] },
              { name: "carried", dtype: "float32", shape: [1] },
            ],
            outputs: [
              { name: "goesOn", dtype: "bool", shape: [] },
              { name: "next", dtype: "float32", shape: [1] },
            ],
            nodes: [
              { op: "Identity", inputs: ["wentOn"], outputs: ["goesOn"] },
              { op: "Neg", inputs: ["carried"], outputs: ["next"] },
            ],
          },
        },
      },
    },
  ],
};

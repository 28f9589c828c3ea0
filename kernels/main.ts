// The inner loops of the codec of family 2, in AssemblyScript. `node setup/kernels.mjs` compiles them into
// shared/codec/kernels/module.ts; what they compute, and in which order, is part of the format.
export { scratchBytes, searchVectors } from "./search";
export { moveBlocks } from "./move";
export { quantiseLatents, dequantiseLatents } from "./quantise";
export { beginLatents, coderState, encodeRow } from "./latents";

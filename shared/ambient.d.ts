/**
 * The two globals that every JavaScript runtime of this product shares (Node, Chromium) and that the
 * ES2023 library does not declare. Source: WHATWG Encoding Standard.
 */
declare class TextDecoder {
  constructor(label?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean });
  decode(input?: ArrayBufferView | ArrayBuffer): string;
}
declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}

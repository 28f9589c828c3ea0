import type { OpsBridge } from "../shared/contract/channels";

declare global {
  interface Window {
    /** Put there by the preload script; the only way out of the window. */
    readonly ops: OpsBridge;
  }
}

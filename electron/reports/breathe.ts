/** Lets everything else that waits have its turn: the engine's tick does not wait for an export. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * What a tick costs the window: from the push's receipt to React's commit of what it changed. Kept
 * only when the address says `?measure=1`, for the benchmark.
 */

declare global {
  interface Window {
    /** Costs of the last 240 ticks, ms, oldest first. */
    opsTickCosts?: readonly number[];
  }
}

const KEPT = 240;

let isAsked: boolean | null = null;

/** Whether the benchmark asked to measure. */
export function isMeasuring(): boolean {
  isAsked ??= new URLSearchParams(window.location.search).get("measure") === "1";
  return isAsked;
}

const costs: number[] = [];
let receivedAtMs: number | null = null;

/** A push came in. Two pushes before one commit count from the first. */
export function markReceipt(atMs: number): void {
  if (isMeasuring()) receivedAtMs ??= atMs;
}

/** React committed. */
export function markCommit(atMs: number): void {
  if (receivedAtMs === null) return;
  costs.push(atMs - receivedAtMs);
  if (costs.length > KEPT) costs.shift();
  receivedAtMs = null;
  window.opsTickCosts = [...costs];
}

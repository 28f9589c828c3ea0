/** Bytes are counted over this long, ms; longer where frames come less often. */
const WINDOW_MS = 1_000;

/** What a node puts out, in kbit/s. */
export interface BandwidthMeter {
  /**
   * Counts one frame.
   * @param deadlineMs When the frame was due, monotonic. Deadlines are evenly spaced, completions are not:
   * with these a window of one second would hold 1 to 3 frames of a 2 Hz node.
   * @param periodMs The period now kept.
   * @returns kbit/s of the bytes put out over the last second.
   */
  count(deadlineMs: number, bytes: number, periodMs: number): number;
}

/** A meter over the last second, or over the last period where that is longer. */
export function createBandwidthMeter(): BandwidthMeter {
  const sent: { readonly deadlineMs: number; readonly bytes: number }[] = [];
  let firstMs: number | null = null;
  return {
    count(deadlineMs, bytes, periodMs) {
      firstMs ??= deadlineMs;
      // A whole number of periods, and not more of them than have passed since the start.
      const periods = Math.max(1, Math.ceil(WINDOW_MS / periodMs - 1e-9));
      const windowMs = Math.min(periods * periodMs, deadlineMs - firstMs + periodMs);
      sent.push({ deadlineMs, bytes });
      // Half a period of tolerance: deadlines are sums of fractions.
      const fromMs = deadlineMs - windowMs + periodMs / 2;
      while (sent[0] !== undefined && sent[0].deadlineMs < fromMs) sent.shift();
      const total = sent.reduce((sum, each) => sum + each.bytes, 0);
      return (total * 8) / windowMs;
    },
  };
}

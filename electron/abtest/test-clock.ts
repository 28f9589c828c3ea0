/** A test's own clock, ms: it stands still while nodes change versions, so that a block counts from their reports. */
export class TestClock {
  private testMs: number;
  /** When `testMs` was, monotonic; null while the clock stands. */
  private sinceMs: number | null = null;

  /** It stands until it is started. */
  constructor(startMs: number) {
    this.testMs = startMs;
  }

  /** @param nowMs monotonic. */
  at(nowMs: number): number {
    return this.sinceMs === null ? this.testMs : this.testMs + (nowMs - this.sinceMs);
  }

  /** Stops it at a time of its own. */
  stop(testMs: number): void {
    this.testMs = testMs;
    this.sinceMs = null;
  }

  /** Lets it go on from where it stands. */
  start(nowMs: number): void {
    if (this.sinceMs === null) this.sinceMs = nowMs;
  }
}

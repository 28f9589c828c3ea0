/**
 * Backpressure by acknowledgement: at most one message is on its way; while it is, the newest of what
 * comes next waits and everything older is dropped. A receiver that hangs costs nothing but one message.
 */
export class AcknowledgedPush<Body> {
  private isOnItsWay = false;
  private waiting: { readonly body: Body } | null = null;

  constructor(private readonly send: (body: Body) => void) {}

  /** Sends now, or as soon as the one before is acknowledged. */
  push(body: Body): void {
    if (this.isOnItsWay) {
      this.waiting = { body };
      return;
    }
    this.isOnItsWay = true;
    this.send(body);
  }

  /** The receiver has dealt with the last message. */
  acknowledge(): void {
    this.isOnItsWay = false;
    const next = this.waiting;
    this.waiting = null;
    if (next !== null) this.push(next.body);
  }

  /** The receiver was replaced (a reload): what was on its way is gone. */
  reset(): void {
    this.isOnItsWay = false;
    this.waiting = null;
  }
}

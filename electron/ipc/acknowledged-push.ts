/**
 * Backpressure by acknowledgement: at most one message is on its way; while it is, the newest of what
 * comes next waits and everything older is dropped. A receiver that hangs costs nothing but one message.
 * Nothing is sent before the receiver has said that it listens: a message to nobody is never acknowledged.
 */
export class AcknowledgedPush<Body> {
  private mustWait = true;
  private waiting: { readonly body: Body } | null = null;

  constructor(private readonly send: (body: Body) => void) {}

  /** Sends now, or as soon as the one before is acknowledged. */
  push(body: Body): void {
    if (this.mustWait) {
      this.waiting = { body };
      return;
    }
    this.mustWait = true;
    this.send(body);
  }

  /** The receiver listens, or has dealt with the last message. */
  acknowledge(): void {
    this.mustWait = false;
    const next = this.waiting;
    this.waiting = null;
    if (next !== null) this.push(next.body);
  }

  /** The receiver was replaced (a reload): what was on its way is gone, and the new one does not listen yet. */
  reset(): void {
    this.mustWait = true;
    this.waiting = null;
  }
}

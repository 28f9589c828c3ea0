import type { Timers } from "../../shared/time";
import type { LinkStatus } from "../link/port";
import type { EventLog } from "./event-log";

/** Losses of the link that charts still show: more than their ten minutes can hold one by one. */
const KEPT_LOSSES = 200;

/** Tells each change of the link once, and keeps when it was lost. */
export class LinkWatch {
  private last: LinkStatus | null = null;
  private readonly losses: number[] = [];

  constructor(
    private readonly events: EventLog,
    private readonly clock: Pick<Timers, "wallMs">,
  ) {}

  /** When the link was lost, Unix ms, oldest first; the newest 200. */
  get lossesMs(): readonly number[] {
    return this.losses;
  }

  /** Compares with what was heard before: another state and a new notice are events. */
  note(status: LinkStatus): void {
    const before = this.last;
    this.last = status;
    if (before?.state === "up" && status.state !== "up") {
      this.losses.push(this.clock.wallMs());
      if (this.losses.length > KEPT_LOSSES) this.losses.shift();
    }
    if (before?.state !== status.state) {
      this.events.record({ event: `link-${status.state}`, nodeId: null, actor: "link", sentence: status.sentence, detail: { kind: status.kind } });
    }
    const known = new Set(before?.notices.map(({ message }) => withoutNumbers(message)));
    for (const { code, message } of status.notices) {
      if (known.has(withoutNumbers(message))) continue;
      this.events.record({ event: "link-notice", nodeId: null, actor: "link", sentence: message, detail: { code } });
    }
  }
}

/** Which fleet a link leads to. Nodes of different fleets may have the same ids, and nothing else in common. */
export function fleetOf({ kind, seed, domainId }: LinkStatus): string {
  switch (kind) {
    case "embedded":
      return `embedded, seed ${seed ?? "unknown"}`;
    case "ros2":
      return `ROS 2 domain ${domainId ?? "unknown"}`;
    case "recorded":
      return "recorded";
  }
}

/** A notice whose numbers move on is still the same notice. */
function withoutNumbers(sentence: string): string {
  return sentence.replaceAll(/\d+(\.\d+)?/g, "#");
}

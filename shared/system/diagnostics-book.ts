import type { DiagnosticView } from "../contract/system";
import type { DiagnosticArray, DiagnosticStatus } from "../wire/diagnostics";

/** Components that are kept; a graph that names more of them than this makes them up. */
const KEPT_COMPONENTS = 2_000;
/** Components that the window gets at once. */
const SHOWN_COMPONENTS = 400;
/** A component that was silent for so long is no longer listed, ms. */
const FORGOTTEN_AFTER_MS = 600_000;
/** What is kept of one component: a status is no document. */
const KEPT_VALUES = 64;
const KEPT_CHARACTERS = 240;

/** node_10 after node_9. */
const BY_NUMBER = new Intl.Collator("en", { numeric: true });

interface Entry {
  readonly status: DiagnosticStatus;
  readonly receivedAtMs: number;
  readonly messages: number;
}

/** The newest status of every component that anybody in the graph tells of. Times: Unix ms of arrival. */
export class DiagnosticsBook {
  private readonly entries = new Map<string, Entry>();

  /** Takes a message in: what was known of a component is replaced. */
  take({ statuses }: DiagnosticArray, receivedAtMs: number): void {
    for (const status of statuses) {
      const key = `${status.hardwareId}\n${status.name}`;
      const messages = (this.entries.get(key)?.messages ?? 0) + 1;
      // Last in the map is newest: the oldest goes first.
      this.entries.delete(key);
      this.entries.set(key, { status: shortened(status), receivedAtMs, messages });
    }
    for (const key of this.entries.keys()) {
      if (this.entries.size <= KEPT_COMPONENTS) break;
      this.entries.delete(key);
    }
  }

  /** Forgets all: the link leaves their graph. */
  forget(): void {
    this.entries.clear();
  }

  /**
   * The components heard within 10 min: those of known nodes first, by name.
   * @param isKnown whether a text is the id of a node of the fleet.
   */
  view(nowMs: number, isKnown: (nodeId: string) => boolean): { readonly shown: readonly DiagnosticView[]; readonly hidden: number } {
    for (const [key, entry] of this.entries) if (nowMs - entry.receivedAtMs > FORGOTTEN_AFTER_MS) this.entries.delete(key);
    const views = [...this.entries.values()].map((entry) => viewOf(entry, isKnown));
    const own = ({ nodeId }: DiagnosticView): number => (nodeId === null ? 1 : 0);
    const sorted = views.toSorted((one, other) => own(one) - own(other) || BY_NUMBER.compare(one.name, other.name) || BY_NUMBER.compare(one.hardwareId, other.hardwareId));
    return { shown: sorted.slice(0, SHOWN_COMPONENTS), hidden: Math.max(0, sorted.length - SHOWN_COMPONENTS) };
  }
}

function viewOf({ status, receivedAtMs, messages }: Entry, isKnown: (nodeId: string) => boolean): DiagnosticView {
  const before = status.name.split(":", 1)[0]?.trim().replace(/^\//, "") ?? "";
  const nodeId = isKnown(before) ? before : null;
  const isEmbedded = nodeId !== null && status.values.some(({ key, value }) => key === "embedded" && value === "true");
  return { ...status, values: [...status.values], nodeId, isEmbedded, receivedAtMs, messages };
}

function shortened({ level, name, message, hardwareId, values }: DiagnosticStatus): DiagnosticStatus {
  return {
    level,
    name: cut(name),
    message: cut(message),
    hardwareId: cut(hardwareId),
    values: values.slice(0, KEPT_VALUES).map(({ key, value }) => ({ key: cut(key), value: cut(value) })),
  };
}

function cut(text: string): string {
  return text.length > KEPT_CHARACTERS ? `${text.slice(0, KEPT_CHARACTERS)}…` : text;
}

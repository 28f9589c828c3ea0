/** What a key does. */
export type Act =
  | "palette"
  | "filter"
  | "go-fleet"
  | "go-rollouts"
  | "go-abtests"
  | "go-models"
  | "go-system"
  | "go-alerts"
  | "go-timeline"
  | "acknowledge"
  | "go-settings"
  | "roll-back"
  | "deploy"
  | "test"
  | "arm-a"
  | "arm-b"
  | "no-arm"
  | "start-test"
  | "undo"
  | "pause-rollout"
  | "keys"
  | "faults"
  | "back";

/** A key or a sequence of keys, and what it does. */
export interface Shortcut {
  readonly act: Act | null;
  /** As written on the keys, in the order in which they are pressed. */
  readonly keys: readonly string[];
  readonly label: string;
  /** Without Ctrl or Alt: off in text fields, and can be switched off in the settings. */
  readonly isSingle: boolean;
}

/** Every shortcut of the window, in the order of the key list. Those without an act belong to what has the focus. */
export const SHORTCUTS: readonly Shortcut[] = [
  { act: "palette", keys: ["Ctrl K"], label: "Search or run: nodes, versions, pages, verbs", isSingle: false },
  { act: "filter", keys: ["/"], label: "Filter the fleet", isSingle: true },
  { act: "go-fleet", keys: ["G", "F"], label: "Go to Fleet", isSingle: true },
  { act: "go-rollouts", keys: ["G", "R"], label: "Go to Roll-outs", isSingle: true },
  { act: "go-abtests", keys: ["G", "A"], label: "Go to A/B tests", isSingle: true },
  { act: "go-models", keys: ["G", "M"], label: "Go to Models", isSingle: true },
  { act: "go-system", keys: ["G", "Y"], label: "Go to System", isSingle: true },
  { act: "go-alerts", keys: ["G", "L"], label: "Go to Alerts", isSingle: true },
  { act: "go-timeline", keys: ["G", "T"], label: "Go to Timeline", isSingle: true },
  { act: "go-settings", keys: ["G", "S"], label: "Go to Settings", isSingle: true },
  { act: "back", keys: ["Alt ←"], label: "Go back", isSingle: false },
  { act: null, keys: ["↑", "↓"], label: "Move in cards, rows and tiles", isSingle: false },
  { act: null, keys: ["Enter"], label: "Open the node under the focus", isSingle: false },
  { act: "roll-back", keys: ["R"], label: "Roll back the node under the focus, or the one that shows the key", isSingle: true },
  { act: "deploy", keys: ["D"], label: "Deploy a version on the node under the focus", isSingle: true },
  { act: "test", keys: ["T"], label: "Set up an A/B test, with the node under the focus in arm A", isSingle: true },
  { act: "arm-a", keys: ["A"], label: "Put the node under the focus into arm A of the new test", isSingle: true },
  { act: "arm-b", keys: ["B"], label: "Put the node under the focus into arm B of the new test", isSingle: true },
  { act: "no-arm", keys: ["Delete"], label: "Take the node under the focus out of its arm", isSingle: true },
  { act: "start-test", keys: ["Ctrl Enter"], label: "Start the A/B test that is set up", isSingle: false },
  { act: "pause-rollout", keys: ["P"], label: "Pause the roll-out on the page before its next node, or resume it", isSingle: true },
  { act: "acknowledge", keys: ["K"], label: "Acknowledge the alert that is shown", isSingle: true },
  { act: "undo", keys: ["Ctrl Z"], label: "Undo the newest rollback, for 60 s", isSingle: false },
  { act: null, keys: ["Space"], label: "Pause the charts of a node", isSingle: true },
  { act: "faults", keys: ["F9"], label: "Fault console of the embedded fleet", isSingle: false },
  { act: "keys", keys: ["?"], label: "This list", isSingle: true },
];

/** A key press as far as shortcuts care. */
export interface Press {
  /** `KeyboardEvent.key`. */
  readonly key: string;
  readonly isCtrl: boolean;
  readonly isAlt: boolean;
  /** The focus is in something that takes text. */
  readonly isInText: boolean;
}

/** The second key of `G` and a page. */
const PAGE_KEYS: ReadonlyMap<string, Act> = new Map([
  ["F", "go-fleet"],
  ["R", "go-rollouts"],
  ["A", "go-abtests"],
  ["M", "go-models"],
  ["Y", "go-system"],
  ["L", "go-alerts"],
  ["T", "go-timeline"],
  ["S", "go-settings"],
]);

/** How long after `G` the second key counts, ms. */
export const SEQUENCE_MS = 1_500;

/** What a press means: an act, the first key of a sequence, or nothing. */
export type Meaning = { readonly act: Act } | { readonly pending: string } | null;

/**
 * Reads a press. `pending` is the first key of a sequence pressed within {@link SEQUENCE_MS}, if any.
 * Single keys mean nothing in text fields, or when they are switched off.
 */
export function readPress(press: Press, pending: string | null, singleKeysOn: boolean): Meaning {
  const key = press.key.length === 1 ? press.key.toUpperCase() : press.key;
  if (press.isAlt) return key === "ArrowLeft" && !press.isCtrl ? { act: "back" } : null;
  if (press.isCtrl) {
    if (key === "K") return { act: "palette" };
    if (key === "Enter") return { act: "start-test" };
    // In a text field Ctrl+Z takes back typing.
    return key === "Z" && !press.isInText ? { act: "undo" } : null;
  }
  if (key === "F9") return { act: "faults" };
  if (press.isInText || !singleKeysOn) return null;
  if (pending === "G") {
    const act = PAGE_KEYS.get(key);
    return act === undefined ? null : { act };
  }
  switch (key) {
    case "G":
      return { pending: "G" };
    case "/":
      return { act: "filter" };
    case "?":
      return { act: "keys" };
    case "R":
      return { act: "roll-back" };
    case "D":
      return { act: "deploy" };
    case "T":
      return { act: "test" };
    case "A":
      return { act: "arm-a" };
    case "B":
      return { act: "arm-b" };
    case "Delete":
      return { act: "no-arm" };
    case "K":
      return { act: "acknowledge" };
    case "P":
      return { act: "pause-rollout" };
    default:
      return null;
  }
}

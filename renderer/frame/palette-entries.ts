import type { ModelView } from "../../shared/contract/channels";
import type { NodeView } from "../../shared/contract/snapshot";
import { rollbackChoice } from "../commands/rollback-choice";
import { STATE_WORDS } from "../format/words";
import { shownStateOf } from "../judging/shown";
import { compareNeed } from "../pages/fleet/order";
import type { PageName } from "../state/navigation";

/** What an entry of the palette does when it is chosen. */
export type PaletteAct =
  | { readonly kind: "open-node"; readonly nodeId: string }
  | { readonly kind: "roll-back"; readonly nodeId: string }
  | { readonly kind: "deploy"; readonly nodeId: string | null; readonly version: string | null }
  /** Null: the version is asked for. */
  | { readonly kind: "roll-out"; readonly version: string | null }
  /** Null: the versions are chosen in the set-up. */
  | { readonly kind: "test"; readonly version: string | null }
  | { readonly kind: "undo" }
  | { readonly kind: "go"; readonly page: PageName }
  | { readonly kind: "faults" }
  | { readonly kind: "keys" }
  | { readonly kind: "malformed" }
  | { readonly kind: "report" }
  | { readonly kind: "theme" };

/** One line of the palette; its text names what it acts on. */
export interface PaletteEntry {
  readonly id: string;
  readonly text: string;
  /** What it is: a page, a node with its state, a verb. */
  readonly fact: string;
  readonly act: PaletteAct;
}

/** Entries shown at once: they fit without scrolling. */
const SHOWN = 18;

/** Asked for by name only: they would take the room of nodes. */
const SELDOM: ReadonlySet<string> = new Set(["go compare", "go about", "malformed", "theme"]);

/** Every entry, nodes that need a person first. */
export function paletteEntries(
  nodes: readonly NodeView[],
  models: readonly ModelView[],
  isEmbedded: boolean,
  obstacle: string | null,
): readonly PaletteEntry[] {
  const byNeed = [...nodes].sort(compareNeed);
  const deployable = models.filter((model) => model.verified);
  return [
    ...byNeed.map((node): PaletteEntry => ({
      id: `node ${node.nodeId}`,
      text: node.nodeId,
      fact: `${STATE_WORDS[shownStateOf(node)]} · ${node.modelVersion ?? "version not reported"}`,
      act: { kind: "open-node", nodeId: node.nodeId },
    })),
    { id: "go fleet", text: "Fleet", fact: "page", act: { kind: "go", page: "fleet" } },
    { id: "go rollouts", text: "Roll-outs", fact: "page", act: { kind: "go", page: "rollouts" } },
    { id: "go abtests", text: "A/B tests", fact: "page", act: { kind: "go", page: "abtests" } },
    { id: "go models", text: "Models", fact: "page", act: { kind: "go", page: "models" } },
    { id: "go compare", text: "Compare two versions", fact: "page", act: { kind: "go", page: "compare" } },
    { id: "go system", text: "System", fact: "page", act: { kind: "go", page: "system" } },
    { id: "go alerts", text: "Alerts", fact: "page", act: { kind: "go", page: "alerts" } },
    { id: "go timeline", text: "Timeline", fact: "page", act: { kind: "go", page: "timeline" } },
    { id: "go settings", text: "Settings", fact: "page", act: { kind: "go", page: "settings" } },
    { id: "go about", text: "About Lydlr Ops", fact: "page", act: { kind: "go", page: "about" } },
    ...byNeed.flatMap((node): readonly PaletteEntry[] => {
      const choice = rollbackChoice(node, obstacle);
      if (!choice.isOffered) return [];
      const text = `Roll back ${node.nodeId} to ${choice.version}`;
      return [{ id: `rollback ${node.nodeId}`, text, fact: "command", act: { kind: "roll-back", nodeId: node.nodeId } }];
    }),
    { id: "undo", text: "Undo the newest rollback", fact: "command", act: { kind: "undo" } },
    { id: "deploy", text: "Deploy a version…", fact: "command", act: { kind: "deploy", nodeId: null, version: null } },
    { id: "rollout", text: "Start a roll-out…", fact: "command", act: { kind: "roll-out", version: null } },
    { id: "test", text: "Set up an A/B test…", fact: "command", act: { kind: "test", version: null } },
    ...deployable.map((model): PaletteEntry => ({
      id: `test ${model.version}`,
      text: `Test ${model.version} against what runs…`,
      fact: model.drill ? "command · DRILL" : "command",
      act: { kind: "test", version: model.version },
    })),
    ...deployable.map((model): PaletteEntry => ({
      id: `rollout ${model.version}`,
      text: `Roll out ${model.version}…`,
      fact: model.drill ? "command · DRILL" : "command",
      act: { kind: "roll-out", version: model.version },
    })),
    ...byNeed.flatMap((node) =>
      deployable
        .filter((model) => model.version !== node.modelVersion)
        .map((model): PaletteEntry => ({
          id: `deploy ${model.version} ${node.nodeId}`,
          text: `Deploy ${model.version} on ${node.nodeId}…`,
          fact: model.drill ? "command · DRILL" : "command",
          act: { kind: "deploy", nodeId: node.nodeId, version: model.version },
        })),
    ),
    ...(isEmbedded
      ? [{ id: "faults", text: "Open the fault console", fact: "F9", act: { kind: "faults" } } satisfies PaletteEntry]
      : []),
    { id: "report", text: "Write a report…", fact: "command", act: { kind: "report" } },
    { id: "malformed", text: "Malformed messages", fact: "list", act: { kind: "malformed" } },
    { id: "theme", text: "Switch light and dark", fact: "appearance", act: { kind: "theme" } },
    { id: "keys", text: "Keys", fact: "list", act: { kind: "keys" } },
  ];
}

/** Before anything is typed: what concerns no single node, after the nodes that need a person most. */
function firstEntries(entries: readonly PaletteEntry[]): readonly PaletteEntry[] {
  const isGeneral = ({ act }: PaletteEntry): boolean => (!("nodeId" in act) || act.nodeId === null) && !("version" in act && act.version !== null);
  const general = entries.filter((entry) => isGeneral(entry) && !SELDOM.has(entry.id));
  const nodes = entries.filter((entry) => entry.act.kind === "open-node");
  return [...nodes.slice(0, Math.max(0, SHOWN - general.length)), ...general];
}

/** Entries whose text or fact contains every typed word; those that begin with what was typed come first. */
export function searchPalette(entries: readonly PaletteEntry[], typed: string): readonly PaletteEntry[] {
  const query = typed.trim().toLowerCase();
  if (query === "") return firstEntries(entries);
  const words = query.split(/\s+/);
  const matching = entries.filter((entry) => {
    const text = `${entry.text} ${entry.fact}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const begins = (entry: PaletteEntry): number => (entry.text.toLowerCase().startsWith(query) ? 0 : 1);
  return [...matching].sort((left, right) => begins(left) - begins(right)).slice(0, SHOWN);
}

import { create } from "zustand";

/** The sections of the settings page. */
export type SettingsSection = "policy" | "alerts" | "link" | "store" | "appearance" | "keyboard" | "self-test" | "about";

/** The list of A/B tests, the set-up of a new one, or one test. */
export type AbTestsPlace =
  | { readonly page: "abtests"; readonly view: "list" | "set-up" }
  | { readonly page: "abtests"; readonly view: "test"; readonly testId: string };

/** A place in the window. */
export type Place =
  | { readonly page: "fleet" }
  /** `atMs`: it opens on that moment, Unix ms; absent: on the newest samples. */
  | { readonly page: "node"; readonly nodeId: string; readonly atMs?: number }
  | { readonly page: "alerts" }
  | { readonly page: "timeline" }
  | { readonly page: "models"; readonly view: "list" | "compare" }
  /** `rolloutId` null: the list. */
  | { readonly page: "rollouts"; readonly rolloutId: string | null }
  | AbTestsPlace
  | { readonly page: "system" }
  | { readonly page: "settings"; readonly section: SettingsSection };

/** Pages that keys, the menu and the palette go to by name. */
export const PAGES = {
  fleet: { page: "fleet" },
  rollouts: { page: "rollouts", rolloutId: null },
  abtests: { page: "abtests", view: "list" },
  models: { page: "models", view: "list" },
  compare: { page: "models", view: "compare" },
  system: { page: "system" },
  alerts: { page: "alerts" },
  timeline: { page: "timeline" },
  settings: { page: "settings", section: "policy" },
  about: { page: "settings", section: "about" },
} as const satisfies Readonly<Record<string, Place>>;

/** The name of one of {@link PAGES}. */
export type PageName = keyof typeof PAGES;

/** Dialogs that belong to the window rather than to a page; one is open at a time. */
export type OverlayName = "palette" | "keys" | "faults" | "malformed" | "doctor" | "decision";

interface Navigation {
  readonly place: Place;
  /** Where the window was before, by whichever way it left. */
  readonly before?: Place;
  /** Places to go back to, oldest first. */
  readonly behind: readonly Place[];
  readonly overlay: OverlayName | null;
  /** The node whose malformed messages are shown; null: of all. */
  readonly malformedOf: string | null;
  /** The event whose decision is shown. */
  readonly decisionOf: number | null;
}

/** Places kept to go back to. */
const MOST_BEHIND = 50;

const useNavigation = create<Navigation>(() => ({ place: { page: "fleet" }, behind: [], overlay: null, malformedOf: null, decisionOf: null }));

/** Where the window is. */
export function usePlace(): Place {
  return useNavigation((navigation) => navigation.place);
}

/** Where the window is now, for event handlers. */
export function readPlace(): Place {
  return useNavigation.getState().place;
}

/** The place before this one. */
export function readPlaceBefore(): Place | undefined {
  return useNavigation.getState().before;
}

/** Goes to a place and closes what lies over it. */
export function go(place: Place): void {
  useNavigation.setState(({ place: from, behind }) => ({
    place,
    before: from,
    behind: [...behind, from].slice(-MOST_BEHIND),
    overlay: null,
  }));
}

/** Whether a key or a menu item asks for a page by name: `go-fleet`. */
export function isGoing(asked: string): asked is `go-${PageName}` {
  return asked.startsWith("go-") && Object.hasOwn(PAGES, asked.slice("go-".length));
}

/** Goes to the page that is asked for by name. */
export function goByName(asked: `go-${PageName}`): void {
  go(PAGES[asked.slice("go-".length) as PageName]);
}

/** Goes back to the place before; stays where there is none. */
export function goBack(): void {
  useNavigation.setState(({ behind, place }) => ({ place: behind.at(-1) ?? place, before: place, behind: behind.slice(0, -1) }));
}

/** The dialog over the page. */
export function useOverlay(): OverlayName | null {
  return useNavigation((navigation) => navigation.overlay);
}

/** Opens a dialog over the page in place of the one that is open. */
export function openOverlay(overlay: OverlayName): void {
  useNavigation.setState({ overlay });
}

/** Opens the malformed messages of one node, or of all. */
export function openMalformed(nodeId: string | null): void {
  useNavigation.setState({ overlay: "malformed", malformedOf: nodeId });
}

/** The node whose malformed messages are shown; null: of all. */
export function useMalformedOf(): string | null {
  return useNavigation((navigation) => navigation.malformedOf);
}

/** Opens what a decision was made of, by the id of its event. */
export function openDecision(eventId: number): void {
  useNavigation.setState({ overlay: "decision", decisionOf: eventId });
}

/** The event whose decision is shown. */
export function useDecisionOf(): number | null {
  return useNavigation((navigation) => navigation.decisionOf);
}

/** Closes the dialog over the page. */
export function closeOverlay(): void {
  useNavigation.setState({ overlay: null });
}

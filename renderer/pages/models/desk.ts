import { create } from "zustand";
import type { PairingMode } from "../../../shared/comparison/pairing";
import type { ComparisonSize, FrameSource } from "../../../shared/contract/comparison";
import type { RegistryRow, RegistryView } from "../../../shared/contract/models";
import type { Failure } from "../../../shared/result";
import { readComparisonNow } from "../../state/comparison";
import { request } from "../../state/ops";

/** How the pictures are laid out. */
export type Look = "slider" | "side" | "difference";

/** The folder of pictures chosen last. */
export interface ChosenImages {
  readonly folder: string;
  readonly pictures: number;
}

/** What the operator looks at and is about to compare; kept while other pages are open. */
interface ModelsDesk {
  readonly selectedKey: string | null;
  readonly versionA: string | null;
  readonly versionB: string | null;
  readonly source: FrameSource;
  readonly size: ComparisonSize;
  readonly images: ChosenImages | null;
  /** The finished comparison is put aside, another one is set up. */
  readonly isSettingUp: boolean;
  /** A of the finished comparison is shown as B and the other way round. */
  readonly isExchanged: boolean;
  /** Why the last comparison could not be started. */
  readonly refusal: Failure | null;
  readonly frame: number;
  /** Level of the version shown as A; null: its default. */
  readonly level: number | null;
  readonly mode: PairingMode;
  readonly look: Look;
}

const useModelsDesk = create<ModelsDesk>(() => ({
  selectedKey: null,
  versionA: null,
  versionB: null,
  source: "held-out",
  size: "standard",
  images: null,
  isSettingUp: false,
  isExchanged: false,
  refusal: null,
  frame: 0,
  level: null,
  mode: "level",
  look: "slider",
}));

/** Reads the desk. */
export function useDesk<Value>(selector: (desk: ModelsDesk) => Value): Value {
  return useModelsDesk(selector);
}

/** Changes how things are looked at. */
export function changeDesk(change: Partial<Pick<ModelsDesk, "selectedKey" | "source" | "size" | "isSettingUp" | "frame" | "level" | "mode" | "look">>): void {
  useModelsDesk.setState(change);
}

/** Chooses the two versions; what was compared before is put aside unless it is these two. */
export function chooseVersions(versionA: string, versionB: string): void {
  const view = readComparisonNow();
  const isShown = view.phase === "done" && [view.versionA, view.versionB].sort().join() === [versionA, versionB].sort().join();
  useModelsDesk.setState({
    versionA,
    versionB,
    isSettingUp: !isShown,
    isExchanged: isShown && view.versionA !== versionA,
    level: null,
    refusal: null,
  });
}

/** Shows A as B and B as A. */
export function exchangeVersions(versions: { readonly a: string; readonly b: string }): void {
  chooseVersions(versions.b, versions.a);
}

/** Begins to compare what is chosen. */
export async function startComparison(versionA: string, versionB: string): Promise<void> {
  const { source, size } = useModelsDesk.getState();
  useModelsDesk.setState({ refusal: null });
  const answer = await request("comparison/start", { versionA, versionB, source, size });
  if (answer.ok) useModelsDesk.setState({ versionA, versionB, isSettingUp: false, isExchanged: false, frame: 0, level: null });
  else useModelsDesk.setState({ refusal: answer.error });
}

/** Asks for a folder of pictures; nothing chosen changes nothing. */
export async function chooseImages(): Promise<void> {
  const answer = await request("comparison/choose-images", {});
  if (answer.ok) useModelsDesk.setState({ images: answer.value, source: "images", refusal: null });
  else if (answer.error.code !== "CANCELLED") useModelsDesk.setState({ refusal: answer.error });
}

/** The product's own models, which are what can be compared. */
export function comparableRows(registry: RegistryView): readonly RegistryRow[] {
  return registry.rows.filter((row) => row.kind === "model");
}

/** The two versions to begin with: the champion, or what most nodes run, against the newest other one that is no drill. */
export function firstChoice(registry: RegistryView, running: readonly string[]): { readonly a: string; readonly b: string } | null {
  const rows = comparableRows(registry);
  const usable = rows.filter((row) => row.deployable.ok && !row.drill);
  const champion = registry.aliases.find(({ alias }) => alias === "champion")?.version;
  const candidate = registry.aliases.find(({ alias }) => alias === "candidate")?.version;
  const counts = new Map<string, number>();
  for (const version of running) counts.set(version, (counts.get(version) ?? 0) + 1);
  const [mostRun] = [...counts].sort((one, other) => other[1] - one[1]).map(([version]) => version);
  const known = (version: string | undefined): string | undefined => rows.find((row) => row.version === version)?.version;
  const a = known(champion) ?? known(mostRun) ?? usable[0]?.version ?? rows[0]?.version;
  if (a === undefined) return null;
  const b = [known(candidate), ...usable.map((row) => row.version).reverse(), ...rows.map((row) => row.version).reverse()].find(
    (version) => version !== undefined && version !== a,
  );
  return b === undefined ? null : { a, b };
}

import type { RegistryRow, RegistryView } from "../../../shared/contract/models";
import { useDesk } from "./desk";

/** The row that is looked at: the one selected last, else the first. */
export function useSelectedRow({ rows }: RegistryView): RegistryRow | null {
  const key = useDesk((desk) => desk.selectedKey);
  return rows.find((row) => row.key === key) ?? rows[0] ?? null;
}

import type { AbTestPreview } from "../../../shared/contract/abtest";
import type { RegistryRow } from "../../../shared/contract/models";
import type { GlyphName } from "../../design";
import { verificationWord } from "../models/verification-words";

/** What is proven of a version on this machine, in one line with its shape. */
export interface VersionFact {
  readonly text: string;
  readonly glyph: GlyphName;
  readonly hue: "none" | "low" | "high";
}

/** One true thing about the version of an arm: what the engine found just now counts before what the registry has. */
export function versionFact(row: Pick<RegistryRow, "deployable" | "verification" | "kind">, checked: Pick<AbTestPreview["versions"][number], "isDeployable" | "sentence"> | undefined): VersionFact {
  if (checked?.isDeployable === false) return { text: `Refused: ${checked.sentence}`, glyph: "failing", hue: "high" };
  const { word, glyph, hue, code, sentence } = verificationWord(row);
  // Where nothing was tried beyond the hashes, the sentence says by itself that they match.
  const isUntried = row.deployable.ok && row.verification.state === "never";
  return { text: isUntried ? sentence : `${word}${code === null ? "" : `, ${code}`}: ${sentence}`, glyph, hue };
}

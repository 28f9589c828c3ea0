import type { RegistryRow } from "../../../shared/contract/models";
import type { GlyphName } from "../../design";

/** What is known of an entry's bytes, as a word and a shape. */
export interface VerificationWord {
  readonly word: string;
  readonly glyph: GlyphName;
  readonly hue: "none" | "low" | "high";
  /** The code of a refusal. */
  readonly code: string | null;
  readonly sentence: string;
}

/** The state of an entry's verification: a check mark only where it was proven on this machine. */
export function verificationWord({ deployable, verification, kind }: Pick<RegistryRow, "deployable" | "verification" | "kind">): VerificationWord {
  if (verification.state === "running") {
    return { word: "Verifying", glyph: "in-progress", hue: "low", code: null, sentence: verification.sentence };
  }
  if (verification.state === "refused") {
    return { word: "Refused", glyph: "failing", hue: "high", code: verification.code, sentence: verification.sentence };
  }
  if (!deployable.ok) {
    const isDamaged = kind === "model";
    return {
      word: isDamaged ? "Refused" : "Not deployable",
      glyph: isDamaged ? "failing" : "no-metrics",
      hue: isDamaged ? "high" : "low",
      code: deployable.code,
      sentence: deployable.sentence,
    };
  }
  if (verification.state === "verified") return { word: "Verified", glyph: "verified", hue: "none", code: null, sentence: verification.sentence };
  return { word: "Hashes match", glyph: "waiting", hue: "low", code: null, sentence: verification.sentence };
}

import { FolderOpen } from "lucide-react";
import type { ReactNode } from "react";
import type { ComparisonSize, FrameSource } from "../../../shared/contract/comparison";
import { Button, Problem, Segmented } from "../../design";
import { countOf } from "../../format/number";
import { chooseImages, changeDesk, startComparison, useDesk } from "./desk";

const SOURCES: readonly { readonly value: FrameSource; readonly label: string }[] = [
  { value: "held-out", label: "Held-out scenes" },
  { value: "images", label: "A folder of pictures" },
];
const SIZES: readonly { readonly value: ComparisonSize; readonly label: string }[] = [
  { value: "quick", label: "Quick" },
  { value: "standard", label: "Standard" },
  { value: "thorough", label: "Thorough" },
];
const SIZE_SENTENCES: Readonly<Record<ComparisonSize, string>> = {
  quick: "20 frames of 5 halls that no training has seen: a first look, with wide intervals.",
  standard: "60 frames of 10 halls that no training has seen.",
  thorough: "192 frames of 24 halls that no training has seen: several minutes, with narrow intervals.",
};

/** What is compared on, and the button that begins. */
export function CompareSetup({ versions }: { readonly versions: { readonly a: string; readonly b: string } }): ReactNode {
  const { source, size, images, refusal } = useDesk((desk) => desk);
  const lacks = whatLacks(versions, source, images !== null);
  return (
    <section className="panel compare-setup" aria-label="Set up a comparison">
      <h2>On which frames?</h2>
      <div className="setup-row">
        <Segmented label="Frames" value={source} segments={SOURCES} onChange={(next) => changeDesk({ source: next })} />
        {source === "held-out" ? (
          <Segmented label="How many" value={size} segments={SIZES} onChange={(next) => changeDesk({ size: next })} />
        ) : (
          <Button kind="outline" onPress={() => void chooseImages()}>
            <FolderOpen size={16} strokeWidth={1.75} aria-hidden />
            {images === null ? "Choose a folder…" : "Choose another folder…"}
          </Button>
        )}
      </div>
      <p className="setup-sentence">
        {source === "held-out"
          ? SIZE_SENTENCES[size]
          : images === null
            ? "Every png and jpg of a folder. Pictures have a camera's modality alone; each counts as a scene."
            : `${countOf(images.pictures, "picture")} of ${images.folder}.`}
      </p>
      <p className="note">
        Both versions encode and decode every frame at every level in a process of their own that stands behind the fleet; JPEG and WebP are
        put beside them where they can be measured. The fleet runs on meanwhile.
      </p>
      {refusal === null ? null : <Problem code={refusal.code} sentence={refusal.message} />}
      <div className="setup-row">
        <Button kind="primary" isDisabled={lacks !== ""} onPress={() => void startComparison(versions.a, versions.b)}>
          Compare {versions.a} with {versions.b}
        </Button>
        <span className="note">{lacks}</span>
      </div>
    </section>
  );
}

function whatLacks(versions: { readonly a: string; readonly b: string }, source: FrameSource, hasImages: boolean): string {
  if (versions.a === versions.b) return "Choose two different versions.";
  return source === "images" && !hasImages ? "Choose a folder of pictures." : "";
}

import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { PairingMode } from "../../../shared/comparison/pairing";
import type { Comparison, LevelPoint } from "../../../shared/contract/comparison";
import { Button, Problem, Segmented } from "../../design";
import { Crops } from "./Crops";
import { FIRST_CROP } from "./crop";
import { changeDesk, useDesk, type Look } from "./desk";
import { Stage } from "./Stage";
import { useFramePictures, useShownFrame } from "./use-shown-frame";

const MODES: readonly { readonly value: PairingMode; readonly label: string }[] = [
  { value: "quality", label: "quality" },
  { value: "bytes", label: "bytes" },
  { value: "level", label: "level" },
];
const LOOKS: readonly { readonly value: Look; readonly label: string }[] = [
  { value: "slider", label: "Slider" },
  { value: "side", label: "Side by side" },
  { value: "difference", label: "Difference ×4" },
];

/** The viewer's parts. */
export interface ViewerPanelProps {
  readonly comparisonId: string;
  /** As it is shown: A is A. */
  readonly comparison: Comparison;
  readonly isExchanged: boolean;
  readonly points: { readonly a: LevelPoint; readonly b: LevelPoint };
}

/** The pictures of one frame. */
export function ViewerPanel({ comparisonId, comparison, isExchanged, points }: ViewerPanelProps): ReactNode {
  const { frame, mode, look } = useDesk((desk) => desk);
  const [crop, setCrop] = useState(FIRST_CROP);
  const [first, second] = isExchanged ? [points.b, points.a] : [points.a, points.b];
  const { shown, failure, isLoading } = useShownFrame({ comparisonId, frame, levelA: first.level, levelB: second.level });
  const pictures = useFramePictures(shown, isExchanged);
  const names = { a: comparison.a.version, b: comparison.b.version };
  return (
    <section className="panel viewer" aria-label="Pictures">
      <div className="viewer-tools">
        <FrameStepper comparison={comparison} frame={frame} />
        <span className="viewer-mode">
          <span className="note" aria-hidden>
            Equal
          </span>
          <Segmented label="Compare at equal" value={mode} segments={MODES} onChange={(next) => changeDesk({ mode: next })} />
        </span>
        <Segmented label="Look" value={look} segments={LOOKS} onChange={(next) => changeDesk({ look: next })} />
      </div>
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
      {pictures === null ? (
        <p className="viewer-waiting note" role="status">
          {isLoading ? "Both versions are encoding and decoding this frame." : "There is no picture."}
        </p>
      ) : (
        <div className={look === "side" ? "viewer-body viewer-body-pair" : "viewer-body"} data-loading={isLoading ? "" : undefined}>
          <Stage pictures={pictures} look={look} names={names} points={points} crop={crop} onCrop={setCrop} />
          <Crops pictures={pictures} isDifference={look === "difference"} names={names} points={points} crop={crop} onCrop={setCrop} />
        </div>
      )}
      {look === "difference" ? <p className="note viewer-note">Grey is no difference; brighter is too much, darker too little of a colour.</p> : null}
    </section>
  );
}

function FrameStepper({ comparison, frame }: { readonly comparison: Comparison; readonly frame: number }): ReactNode {
  const { frames } = comparison;
  const name = frames[frame]?.name ?? "";
  const step = (by: number): void => changeDesk({ frame: (frame + by + frames.length) % frames.length });
  return (
    <div className="stepper" role="group" aria-label="Frame">
      <Button kind="quiet" size="small" isSquare aria-label="Previous frame" isDisabled={frames.length < 2} onPress={() => step(-1)}>
        <ChevronLeft size={16} strokeWidth={1.75} aria-hidden />
      </Button>
      <span className="stepper-value truncate" title={name} aria-live="polite">
        {frame + 1} of {frames.length}, {name}
      </span>
      <Button kind="quiet" size="small" isSquare aria-label="Next frame" isDisabled={frames.length < 2} onPress={() => step(1)}>
        <ChevronRight size={16} strokeWidth={1.75} aria-hidden />
      </Button>
    </div>
  );
}

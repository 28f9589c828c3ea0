import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import { ArmTag } from "../../design";
import { formatBytes, formatNumber } from "../../format/number";
import type { LevelPoint } from "../../../shared/contract/comparison";
import { cropAt, cropByKey, regionOf, type Crop, type PictureSize } from "./crop";
import type { Look } from "./desk";
import { PictureCanvas } from "./PictureCanvas";
import type { FramePictures } from "./use-shown-frame";

/** The stage's parts. */
export interface StageProps {
  readonly pictures: FramePictures;
  readonly look: Look;
  readonly names: { readonly a: string; readonly b: string };
  readonly points: { readonly a: LevelPoint; readonly b: LevelPoint };
  readonly crop: Crop;
  readonly onCrop: (crop: Crop) => void;
}

/** How near to the divider the pointer takes hold of it, px. */
const DIVIDER_REACH_PX = 14;
/** A step of an arrow key, and of Page Up and Page Down. */
const STEP = 0.02;
const LARGE_STEP = 0.1;

/** The whole picture: both versions with a divider between them, side by side, or what they changed. */
export function Stage(props: StageProps): ReactNode {
  const { pictures, look, names, points } = props;
  const size = { width: pictures.width, height: pictures.height };
  const whole = { x: 0, y: 0, ...size };
  if (look === "side") {
    return (
      <div className="stage-pair">
        {(["a", "b"] as const).map((side) => (
          <div key={side} className="stage" style={{ aspectRatio: `${size.width} / ${size.height}` }}>
            <PictureCanvas label={`${names[side]}, level ${points[side].level}`} picture={pictures[side]} region={whole} />
            <CropFrame {...props} size={size} isReachable={side === "a"} />
            <PointTag side={side} point={points[side]} />
          </div>
        ))}
      </div>
    );
  }
  return <DividedStage {...props} size={size} />;
}

function DividedStage(props: StageProps & { readonly size: PictureSize }): ReactNode {
  const { pictures, look, names, points, crop, onCrop, size } = props;
  const [divider, setDivider] = useState(0.5);
  const [dragged, setDragged] = useState<"divider" | "crop" | null>(null);
  const stageRef = useRef<HTMLDivElement>(null);
  const isDifference = look === "difference";

  const sharesOf = (event: PointerEvent): { readonly x: number; readonly y: number; readonly widthPx: number } => {
    const box = stageRef.current?.getBoundingClientRect();
    if (box === undefined) return { x: 0, y: 0, widthPx: 1 };
    return { x: clamped((event.clientX - box.left) / box.width), y: clamped((event.clientY - box.top) / box.height), widthPx: box.width };
  };
  const move = (what: "divider" | "crop", event: PointerEvent): void => {
    const { x, y } = sharesOf(event);
    if (what === "divider") setDivider(x);
    else onCrop(cropAt(crop, x, y, size));
  };
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const { x, widthPx } = sharesOf(event);
    const what = Math.abs(x - divider) * widthPx <= DIVIDER_REACH_PX ? "divider" : "crop";
    stageRef.current?.setPointerCapture(event.pointerId);
    setDragged(what);
    move(what, event);
  };
  const label = isDifference
    ? `Difference times 4: ${names.a} left of the divider, ${names.b} right of it`
    : `${names.a} left of the divider, ${names.b} right of it`;
  return (
    <div
      ref={stageRef}
      className="stage stage-divided"
      style={{ aspectRatio: `${size.width} / ${size.height}` }}
      data-dragged={dragged ?? undefined}
      onPointerDown={onPointerDown}
      onPointerMove={(event) => {
        if (dragged !== null) move(dragged, event);
      }}
      onPointerUp={() => setDragged(null)}
      onPointerCancel={() => setDragged(null)}
    >
      <PictureCanvas
        label={label}
        picture={isDifference ? pictures.differenceA : pictures.a}
        right={{ picture: isDifference ? pictures.differenceB : pictures.b, share: divider }}
        region={{ x: 0, y: 0, ...size }}
      />
      <CropFrame {...props} size={size} isReachable />
      <PointTag side="a" point={points.a} />
      <PointTag side="b" point={points.b} />
      <Divider names={names} share={divider} onShare={setDivider} />
    </div>
  );
}

function clamped(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function shareByKey(key: string, share: number): number | null {
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return share - STEP;
    case "ArrowRight":
    case "ArrowUp":
      return share + STEP;
    case "PageDown":
      return share - LARGE_STEP;
    case "PageUp":
      return share + LARGE_STEP;
    case "Home":
      return 0;
    case "End":
      return 1;
    default:
      return null;
  }
}

/** The line between both versions: a slider for hand and keys. */
function Divider({ names, share, onShare }: {
  readonly names: StageProps["names"];
  readonly share: number;
  readonly onShare: (share: number) => void;
}): ReactNode {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const next = shareByKey(event.key, share);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    onShare(clamped(next));
  };
  const percent = Math.round(100 * share);
  return (
    <div
      className="divider"
      role="slider"
      tabIndex={0}
      aria-label={`Divider between ${names.a} and ${names.b}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={`${percent} % ${names.a}, ${100 - percent} % ${names.b}`}
      style={{ left: `${100 * share}%` }}
      onKeyDown={onKeyDown}
    >
      <svg className="divider-handle" width="32" height="32" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <circle cx="16" cy="16" r="15" />
        <path d="M8 16H24M12 12 8 16l4 4M20 12l4 4-4 4" />
      </svg>
    </div>
  );
}

/** Where the crops look: moved with the pointer or the arrow keys, magnified with + and -. */
function CropFrame({ crop, onCrop, size, isReachable }: {
  readonly crop: Crop;
  readonly onCrop: (crop: Crop) => void;
  readonly size: PictureSize;
  /** Whether Tab leads here; of two that show the same, one is enough. */
  readonly isReachable: boolean;
}): ReactNode {
  const region = regionOf(crop, size);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const next = cropByKey(event.key, crop, size);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    onCrop(next);
  };
  const percent = (share: number): string => `${100 * share}%`;
  return (
    <div
      className="crop-frame"
      role="group"
      tabIndex={isReachable ? 0 : -1}
      aria-hidden={isReachable ? undefined : true}
      aria-label={`Magnified part, ${formatNumber(crop.zoom, 1)} times, at ${Math.round(100 * crop.x)} % across and ${Math.round(100 * crop.y)} % down. Arrow keys move it, plus and minus magnify.`}
      style={{
        left: percent(region.x / size.width),
        top: percent(region.y / size.height),
        width: percent(region.width / size.width),
        height: percent(region.height / size.height),
      }}
      onKeyDown={onKeyDown}
    />
  );
}

function PointTag({ side, point }: { readonly side: "a" | "b"; readonly point: LevelPoint }): ReactNode {
  return (
    <span className={`point-tag point-tag-${side}`}>
      <ArmTag side={side} />
      {formatBytes(point.cameraBytes)} · level {point.level}
    </span>
  );
}

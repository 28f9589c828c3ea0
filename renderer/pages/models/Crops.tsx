import { useRef, type PointerEvent, type ReactNode } from "react";
import type { LevelPoint } from "../../../shared/contract/comparison";
import { useWheel } from "../../charts/use-wheel";
import { ArmTag } from "../../design";
import { formatBytes, formatNumber } from "../../format/number";
import { moveCrop, regionOf, zoomCrop, type Crop } from "./crop";
import { PictureCanvas } from "./PictureCanvas";
import type { FramePictures } from "./use-shown-frame";

/** The crops' parts. */
export interface CropsProps {
  readonly pictures: FramePictures;
  readonly isDifference: boolean;
  readonly names: { readonly a: string; readonly b: string };
  readonly points: { readonly a: LevelPoint; readonly b: LevelPoint };
  readonly crop: Crop;
  readonly onCrop: (crop: Crop) => void;
}

/** One notch of the wheel. */
const WHEEL_FACTOR = 1.25;

/** The same part of the original and of both versions, magnified. Drag moves all three, the wheel zooms them. */
export function Crops({ pictures, isDifference, names, points, crop, onCrop }: CropsProps): ReactNode {
  const size = { width: pictures.width, height: pictures.height };
  const region = regionOf(crop, size);
  const boxRef = useRef<HTMLDivElement>(null);
  const dragRef = useRef<{ readonly x: number; readonly y: number; readonly crop: Crop } | null>(null);
  useWheel(boxRef, ({ isDown }) => onCrop(zoomCrop(crop, isDown ? 1 / WHEEL_FACTOR : WHEEL_FACTOR, size)));
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    boxRef.current?.setPointerCapture(event.pointerId);
    dragRef.current = { x: event.clientX, y: event.clientY, crop };
  };
  const onPointerMove = (event: PointerEvent): void => {
    const from = dragRef.current;
    const widthPx = boxRef.current?.firstElementChild?.clientWidth;
    if (from === null || widthPx === undefined) return;
    const heightPx = (widthPx * region.height) / region.width;
    onCrop(moveCrop(from.crop, (from.x - event.clientX) / widthPx, (from.y - event.clientY) / heightPx, size));
  };
  const onPointerUp = (): void => {
    dragRef.current = null;
  };
  const shown = [
    { key: "original", label: "Original", picture: pictures.original },
    { key: "a", label: isDifference ? `Difference of ${names.a}` : names.a, picture: isDifference ? pictures.differenceA : pictures.a },
    { key: "b", label: isDifference ? `Difference of ${names.b}` : names.b, picture: isDifference ? pictures.differenceB : pictures.b },
  ] as const;
  return (
    <div ref={boxRef} className="crops" onPointerDown={onPointerDown} onPointerMove={onPointerMove} onPointerUp={onPointerUp} onPointerCancel={onPointerUp}>
      {shown.map(({ key, label, picture }) => (
        <figure key={key} className="crop">
          <div className="crop-picture">
            <PictureCanvas label={`${label}, magnified`} picture={picture} region={region} />
          </div>
          <figcaption>
            {key === "original" ? (
              <>
                <strong>Original</strong> {formatBytes(3 * size.width * size.height)}
              </>
            ) : (
              <>
                <ArmTag side={key} />
                MS-SSIM {formatNumber(points[key].msSsim, 3)}
                <span className="crop-psnr">{points[key].psnrDb === null ? "equal" : `${formatNumber(points[key].psnrDb, 1)} dB`}</span>
              </>
            )}
          </figcaption>
        </figure>
      ))}
    </div>
  );
}

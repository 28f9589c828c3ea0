import { useEffect, useRef, type ReactNode } from "react";
import { useSize } from "../../charts/use-size";
import type { Region } from "./crop";

/** A picture drawn into a box. */
export interface PictureCanvasProps {
  /** Says what it shows, for screen readers. */
  readonly label: string;
  readonly picture: HTMLCanvasElement;
  /** The part of it that fills the box. */
  readonly region: Region;
  /** Another picture of the same size from `share` of the width on to the right. */
  readonly right?: { readonly picture: HTMLCanvasElement; readonly share: number };
}

/** Draws a part of a picture as large as its box, in the screen's own pixels; magnified pixels stay sharp. */
export function PictureCanvas({ label, picture, region, right }: PictureCanvasProps): ReactNode {
  const [boxRef, size] = useSize();
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const rightPicture = right?.picture;
  const share = right?.share ?? 1;
  const { x, y, width, height } = region;
  useEffect(() => {
    const canvas = canvasRef.current;
    const context = canvas?.getContext("2d");
    if (canvas == null || context == null || size === null) return;
    canvas.width = Math.max(1, Math.round(size.width * devicePixelRatio));
    canvas.height = Math.max(1, Math.round(size.height * devicePixelRatio));
    context.imageSmoothingEnabled = canvas.width < 2 * width;
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, x, y, width, height, 0, 0, canvas.width, canvas.height);
    if (rightPicture === undefined) return;
    const from = Math.round(share * canvas.width);
    context.save();
    context.beginPath();
    context.rect(from, 0, canvas.width - from, canvas.height);
    context.clip();
    context.drawImage(rightPicture, x, y, width, height, 0, 0, canvas.width, canvas.height);
    context.restore();
  }, [size, picture, rightPicture, share, x, y, width, height]);
  return (
    <div ref={boxRef} className="picture-box">
      <canvas ref={canvasRef} className="picture-canvas" role="img" aria-label={label} />
    </div>
  );
}

import { useEffect, useMemo, useState } from "react";
import type { ShownFrame } from "../../../shared/contract/comparison";
import type { Failure } from "../../../shared/result";
import { request } from "../../state/ops";
import { differenceOf, opaque, type Rgba } from "./picture";

/** What is to be seen. */
export interface WantedFrame {
  readonly comparisonId: string;
  readonly frame: number;
  /** Levels of the versions as they were compared. */
  readonly levelA: number;
  readonly levelB: number;
}

/** The newest frame that arrived: while the next one is made, the one before stays. */
export interface ShownAnswer {
  readonly shown: ShownFrame | null;
  readonly failure: Failure | null;
  readonly isLoading: boolean;
}

/** Asks for the pictures of a frame. */
export function useShownFrame({ comparisonId, frame, levelA, levelB }: WantedFrame): ShownAnswer {
  const [answer, setAnswer] = useState<ShownAnswer>({ shown: null, failure: null, isLoading: true });
  useEffect(() => {
    let isWanted = true;
    setAnswer(({ shown }) => ({ shown, failure: null, isLoading: true }));
    void request("comparison/frame", { comparisonId, frame, levelA, levelB }).then((reply) => {
      if (!isWanted) return;
      setAnswer(({ shown }) => (reply.ok ? { shown: reply.value, failure: null, isLoading: false } : { shown, failure: reply.error, isLoading: false }));
    });
    return () => {
      isWanted = false;
    };
  }, [comparisonId, frame, levelA, levelB]);
  return answer;
}

/** The pictures of a frame, ready to be drawn. */
export interface FramePictures {
  readonly width: number;
  readonly height: number;
  readonly original: HTMLCanvasElement;
  readonly a: HTMLCanvasElement;
  readonly b: HTMLCanvasElement;
  readonly differenceA: HTMLCanvasElement;
  readonly differenceB: HTMLCanvasElement;
}

/** Pixels reach the screen as canvases: bytes need no address, so the content security policy stays as it is. */
function canvasOf(pixels: Rgba, width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}

/** Makes the five pictures of a frame once. */
export function useFramePictures(shown: ShownFrame | null, isExchanged: boolean): FramePictures | null {
  return useMemo(() => {
    if (shown === null) return null;
    const { width, height, original } = shown;
    const [a, b] = isExchanged ? [shown.b.rgb, shown.a.rgb] : [shown.a.rgb, shown.b.rgb];
    return {
      width,
      height,
      original: canvasOf(opaque(original), width, height),
      a: canvasOf(opaque(a), width, height),
      b: canvasOf(opaque(b), width, height),
      differenceA: canvasOf(differenceOf(original, a), width, height),
      differenceB: canvasOf(differenceOf(original, b), width, height),
    };
  }, [shown, isExchanged]);
}

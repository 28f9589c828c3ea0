import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { CameraImage, SensorFrame, Vertical } from "../../shared/codec/sensor-frame";
import type { ComparisonSize } from "../../shared/contract/comparison";
import { fail, ok, type Result } from "../../shared/result";
import { readPicture } from "../edge/codec/picture-files";
import { createSensorRig, type SensorRig } from "../edge/sensors/rig";

/**
 * First of the world seeds that no training has seen: training uses 100000 to 100299, its monitoring
 * 200000 to 200019, measurements 300000 and up.
 */
export const HELD_OUT_FIRST_SEED = 300_000;

/** A whole sensor frame, or a picture alone. */
export type ComparedInput =
  | { readonly kind: "frame"; readonly frame: SensorFrame }
  | { readonly kind: "picture"; readonly image: CameraImage };

/** A frame that can be read again and again and is the same each time. */
export interface SceneFrame {
  readonly name: string;
  read(): Promise<Result<ComparedInput>>;
}

/** Frames that follow each other in time; scenes are independent of each other. */
export interface Scene {
  readonly name: string;
  readonly frames: readonly SceneFrame[];
}

/** Scenes and frames of a scene, by size. A third of the scenes stands still, the rest flies. */
const SIZES: Readonly<Record<ComparisonSize, { readonly scenes: number; readonly framesPerScene: number }>> = {
  quick: { scenes: 5, framesPerScene: 4 },
  standard: { scenes: 10, framesPerScene: 6 },
  thorough: { scenes: 24, framesPerScene: 8 },
};

/** Scene after scene begins later, so that not all look at their first moment. */
const START_STRIDE = 13;

function heldOutScene(index: number, framesPerScene: number): Scene {
  const seed = HELD_OUT_FIRST_SEED + index;
  const vertical: Vertical = index % 3 === 2 ? "iot" : "drone";
  let rig: SensorRig | null = null;
  const frames = Array.from({ length: framesPerScene }, (_, step): SceneFrame => {
    const frameIndex = START_STRIDE * index + step;
    return {
      name: `hall ${String(seed)}, ${vertical}, frame ${String(frameIndex)}`,
      read: async () => {
        rig ??= createSensorRig({ seed, vertical });
        return ok({ kind: "frame", frame: rig.sample(frameIndex) });
      },
    };
  });
  return { name: `hall ${String(seed)}`, frames };
}

/** Procedural scenes that no training has seen, with all their sensors. */
export function heldOutScenes(size: ComparisonSize): readonly Scene[] {
  const { scenes, framesPerScene } = SIZES[size];
  return Array.from({ length: scenes }, (_, index) => heldOutScene(index, framesPerScene));
}

const PICTURE_NAME = /\.(png|jpe?g)$/i;
/** More pictures than this are not compared at once. */
const MOST_PICTURES = 500;

/**
 * The pictures of a folder, each a scene of its own; read when they are needed.
 *
 * @returns FILE_READ_FAILED for a folder that cannot be read, holds no PNG or JPEG, or too many.
 */
export async function folderScenes(folder: string): Promise<Result<readonly Scene[], "FILE_READ_FAILED">> {
  let names: readonly string[];
  try {
    names = (await readdir(folder)).filter((name) => PICTURE_NAME.test(name)).sort();
  } catch {
    return fail("FILE_READ_FAILED", `The folder ${folder} could not be read.`);
  }
  if (names.length === 0) return fail("FILE_READ_FAILED", `The folder ${folder} holds no png or jpg.`);
  if (names.length > MOST_PICTURES) {
    return fail("FILE_READ_FAILED", `The folder ${folder} holds ${String(names.length)} pictures; at most ${String(MOST_PICTURES)} can be compared at once.`);
  }
  return ok(
    names.map((name): Scene => {
      const path = join(folder, basename(name));
      const read = async (): Promise<Result<ComparedInput>> => {
        const image = await readPicture(path);
        return image.ok ? ok({ kind: "picture", image: image.value }) : image;
      };
      return { name, frames: [{ name, read }] };
    }),
  );
}

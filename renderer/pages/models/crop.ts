/** A part of a picture: its centre as shares of width and height, and how many times it is magnified. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  /** The crop is 1/zoom of the picture's width. */
  readonly zoom: number;
}

/** A rectangle in pixels of the picture. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A picture's size in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Width over height of the crops that are drawn. */
export const CROP_ASPECT = 1.55;
const LEAST_ZOOM = 2;
const MOST_ZOOM = 16;

/** Where a new comparison looks: right of the middle, where shelves and boxes are. */
export const FIRST_CROP: Crop = { x: 0.66, y: 0.42, zoom: 5 };

/** The pixels of a crop; always inside of the picture. */
export function regionOf({ x, y, zoom }: Crop, size: PictureSize): Region {
  const width = Math.min(size.width / zoom, size.height * CROP_ASPECT);
  const height = width / CROP_ASPECT;
  return {
    x: Math.min(size.width - width, Math.max(0, x * size.width - width / 2)),
    y: Math.min(size.height - height, Math.max(0, y * size.height - height / 2)),
    width,
    height,
  };
}

/** A crop whose centre lies where its region can be: at an edge it stops instead of running on unseen. */
function held(crop: Crop, size: PictureSize): Crop {
  const zoom = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, crop.zoom));
  const region = regionOf({ ...crop, zoom }, size);
  return { zoom, x: (region.x + region.width / 2) / size.width, y: (region.y + region.height / 2) / size.height };
}

/** The crop moved so that its centre lies at shares of the picture. */
export function cropAt(crop: Crop, x: number, y: number, size: PictureSize): Crop {
  return held({ ...crop, x, y }, size);
}

/** The crop moved by shares of its own size. */
export function moveCrop(crop: Crop, right: number, down: number, size: PictureSize): Crop {
  const region = regionOf(crop, size);
  return held({ ...crop, x: crop.x + (right * region.width) / size.width, y: crop.y + (down * region.height) / size.height }, size);
}

/** The crop magnified `factor` times more; 2 to 16 times in all. */
export function zoomCrop(crop: Crop, factor: number, size: PictureSize): Crop {
  return held({ ...crop, zoom: crop.zoom * factor }, size);
}

/** What a key does to a crop; null for a key that does nothing. */
export function cropByKey(key: string, crop: Crop, size: PictureSize): Crop | null {
  switch (key) {
    case "ArrowLeft":
      return moveCrop(crop, -0.25, 0, size);
    case "ArrowRight":
      return moveCrop(crop, 0.25, 0, size);
    case "ArrowUp":
      return moveCrop(crop, 0, -0.25, size);
    case "ArrowDown":
      return moveCrop(crop, 0, 0.25, size);
    case "+":
    case "=":
      return zoomCrop(crop, 1.25, size);
    case "-":
      return zoomCrop(crop, 0.8, size);
    case "0":
      return FIRST_CROP;
    default:
      return null;
  }
}

import { seededRandom, type Random } from "../../../shared/random";

/** Side of the largest level of a texture, in texels; a power of two. */
export const TEXTURE_SIZE = 128;
/** How many halved levels a texture has, the largest included: 128, 64, 32, 16 and 8 texels. */
export const TEXTURE_LEVELS = 5;

/** A square, tiling picture with its halved levels; texels are 0x00BBGGRR. */
export interface Texture {
  readonly levels: readonly Uint32Array[];
}

/** What a surface of the procedural warehouse is made of. */
export type Surface = "concrete" | "bricks" | "shelves" | "crates" | "stripes" | "signs" | "panels";

interface Canvas {
  readonly red: Float32Array;
  readonly green: Float32Array;
  readonly blue: Float32Array;
}

type Colour = readonly [red: number, green: number, blue: number];

const AREA = TEXTURE_SIZE * TEXTURE_SIZE;
const MASK = TEXTURE_SIZE - 1;

function fill(canvas: Canvas, x0: number, y0: number, width: number, height: number, colour: Colour): void {
  for (let y = y0; y < y0 + height; y++) {
    for (let x = x0; x < x0 + width; x++) {
      const at = (y & MASK) * TEXTURE_SIZE + (x & MASK);
      canvas.red[at] = colour[0];
      canvas.green[at] = colour[1];
      canvas.blue[at] = colour[2];
    }
  }
}

function shade(colour: Colour, factor: number): Colour {
  return [colour[0] * factor, colour[1] * factor, colour[2] * factor];
}

function warmColour(random: Random): Colour {
  const base = 70 + 120 * random.next();
  return [base * (0.9 + 0.4 * random.next()), base * (0.7 + 0.3 * random.next()), base * (0.4 + 0.4 * random.next())];
}

function anyColour(random: Random): Colour {
  return [40 + 190 * random.next(), 40 + 190 * random.next(), 40 + 190 * random.next()];
}

/** One row of a lattice, drawn out to the texture's width by straight lines between its points. */
function stretched(lattice: Float32Array, from: number, side: number, cell: number): Float64Array {
  const line = new Float64Array(TEXTURE_SIZE);
  for (let x = 0; x < TEXTURE_SIZE; x++) {
    const column = Math.floor(x / cell);
    const fx = x / cell - column;
    line[x] = (lattice[from + column] ?? 0) * (1 - fx) + (lattice[from + ((column + 1) % side)] ?? 0) * fx;
  }
  return line;
}

/** Adds tiling value noise in octaves of the given cell sizes: dirt, grain and the unevenness of light. */
function weather(canvas: Canvas, random: Random, octaves: readonly (readonly [cell: number, amplitude: number])[]): void {
  for (const [cell, amplitude] of octaves) {
    const side = TEXTURE_SIZE / cell;
    const lattice = Float32Array.from({ length: side * side }, () => (random.next() * 2 - 1) * amplitude);
    const lines = Array.from({ length: side }, (_, row) => stretched(lattice, row * side, side, cell));
    for (let y = 0; y < TEXTURE_SIZE; y++) {
      const row = Math.floor(y / cell);
      const fy = y / cell - row;
      const upper = lines[row] ?? new Float64Array(0);
      const lower = lines[(row + 1) % side] ?? new Float64Array(0);
      for (let x = 0; x < TEXTURE_SIZE; x++) {
        const add = (upper[x] ?? 0) * (1 - fy) + (lower[x] ?? 0) * fy;
        const at = y * TEXTURE_SIZE + x;
        canvas.red[at] = (canvas.red[at] ?? 0) + add;
        canvas.green[at] = (canvas.green[at] ?? 0) + add;
        canvas.blue[at] = (canvas.blue[at] ?? 0) + add * 0.9;
      }
    }
  }
}

/** Marks like lines of print: short strokes in rows, as on labels and signs. */
function print(canvas: Canvas, random: Random, x0: number, y0: number, width: number, height: number, ink: Colour): void {
  const line = 6;
  for (let y = y0 + 2; y + 4 < y0 + height; y += line) {
    let x = x0 + 2;
    while (x + 4 < x0 + width) {
      const stroke = 1 + random.nextInt(3);
      if (random.next() < 0.8) {
        fill(canvas, x, y, stroke, 4, ink);
        if (random.next() < 0.5) fill(canvas, x, y + random.nextInt(4), stroke + 2, 1, ink);
      }
      x += stroke + 2;
    }
  }
}

function paintBricks(canvas: Canvas, random: Random): void {
  const mortar: Colour = [150, 145, 138];
  const clay: Colour = random.next() < 0.5 ? [150, 82, 62] : [168, 160, 150];
  fill(canvas, 0, 0, TEXTURE_SIZE, TEXTURE_SIZE, mortar);
  for (let row = 0; row < 8; row++) {
    const offset = row % 2 === 0 ? 0 : 16;
    for (let column = 0; column < 4; column++) {
      fill(canvas, column * 32 + offset + 1, row * 16 + 1, 30, 14, shade(clay, 0.75 + 0.45 * random.next()));
    }
  }
}

function paintShelves(canvas: Canvas, random: Random): void {
  fill(canvas, 0, 0, TEXTURE_SIZE, TEXTURE_SIZE, [34, 34, 40]);
  const frame: Colour = random.next() < 0.5 ? [200, 96, 24] : [40, 80, 150];
  for (let shelf = 0; shelf < 3; shelf++) {
    const floor = 40 + shelf * 42;
    let x = 8;
    while (x < TEXTURE_SIZE - 14) {
      const width = 12 + random.nextInt(18);
      const height = 14 + random.nextInt(22);
      if (x + width < TEXTURE_SIZE - 4 && random.next() < 0.85) {
        const body = warmColour(random);
        fill(canvas, x, floor - height, width, height, body);
        fill(canvas, x, floor - height, width, 1, shade(body, 1.3));
        fill(canvas, x + (width >> 1), floor - height, 2, height, shade(body, 0.8));
        if (random.next() < 0.6) {
          fill(canvas, x + 2, floor - height + 4, width >> 1, 8, [225, 225, 218]);
          print(canvas, random, x + 1, floor - height + 3, (width >> 1) + 2, 9, [30, 30, 36]);
        }
      }
      x += width + 2;
    }
    fill(canvas, 0, floor, TEXTURE_SIZE, 4, frame);
    fill(canvas, 0, floor + 4, TEXTURE_SIZE, 1, shade(frame, 0.5));
  }
  fill(canvas, 0, 0, 5, TEXTURE_SIZE, shade(frame, 0.8));
}

function paintCrates(canvas: Canvas, random: Random): void {
  const body = warmColour(random);
  fill(canvas, 0, 0, TEXTURE_SIZE, TEXTURE_SIZE, body);
  for (let plank = 0; plank < 8; plank++) {
    fill(canvas, 0, plank * 16, TEXTURE_SIZE, 15, shade(body, 0.8 + 0.35 * random.next()));
    fill(canvas, 0, plank * 16 + 15, TEXTURE_SIZE, 1, shade(body, 0.45));
  }
  for (const edge of [0, 60, 118]) fill(canvas, edge, 0, 10, TEXTURE_SIZE, shade(body, 0.65));
  fill(canvas, 16, 40, 38, 34, [214, 210, 196]);
  print(canvas, random, 16, 40, 38, 34, [24, 24, 28]);
}

function paintStripes(canvas: Canvas, random: Random): void {
  const light: Colour = [222, 186, 40];
  const dark: Colour = [32, 32, 34];
  const wall: Colour = [168, 172, 176];
  const period = random.next() < 0.5 ? 32 : 16;
  for (let y = 0; y < TEXTURE_SIZE; y++) {
    for (let x = 0; x < TEXTURE_SIZE; x++) {
      const banded = y > 84 && y < 116;
      const isLight = ((x + y) & (period - 1)) < period / 2;
      fill(canvas, x, y, 1, 1, banded ? (isLight ? light : dark) : wall);
    }
  }
}

function paintSigns(canvas: Canvas, random: Random): void {
  fill(canvas, 0, 0, TEXTURE_SIZE, TEXTURE_SIZE, [150, 156, 160]);
  for (let i = 0; i < 5; i++) {
    const width = 24 + random.nextInt(40);
    const height = 16 + random.nextInt(28);
    const x = random.nextInt(TEXTURE_SIZE - width);
    const y = random.nextInt(TEXTURE_SIZE - height);
    const board = anyColour(random);
    const isDark = board[0] + board[1] + board[2] < 380;
    fill(canvas, x, y, width, height, board);
    print(canvas, random, x + 2, y + 2, width - 4, height - 4, isDark ? [235, 235, 230] : [20, 20, 24]);
  }
}

function paintPanels(canvas: Canvas, random: Random): void {
  const tone = 90 + 90 * random.next();
  for (let row = 0; row < 2; row++) {
    for (let column = 0; column < 2; column++) {
      const body = tone * (0.85 + 0.3 * random.next());
      fill(canvas, column * 64, row * 64, 64, 64, [body * 0.6, body * 0.6, body * 0.62]);
      fill(canvas, column * 64 + 1, row * 64 + 1, 62, 62, [body, body, body * 1.04]);
      for (const rivet of [6, 54]) fill(canvas, column * 64 + rivet, row * 64 + 6, 3, 3, shade([body, body, body], 0.6));
    }
  }
}

const PAINTERS: Readonly<Record<Surface, (canvas: Canvas, random: Random) => void>> = {
  concrete: (canvas) => {
    fill(canvas, 0, 0, TEXTURE_SIZE, TEXTURE_SIZE, [128, 126, 122]);
  },
  bricks: paintBricks,
  shelves: paintShelves,
  crates: paintCrates,
  stripes: paintStripes,
  signs: paintSigns,
  panels: paintPanels,
};

function pack(canvas: Canvas): Uint32Array {
  const texels = new Uint32Array(AREA);
  const clamp = (value: number | undefined): number => Math.max(0, Math.min(255, Math.round(value ?? 0)));
  for (let at = 0; at < AREA; at++) {
    texels[at] = (clamp(canvas.blue[at]) << 16) | (clamp(canvas.green[at]) << 8) | clamp(canvas.red[at]);
  }
  return texels;
}

function halve(texels: Uint32Array, side: number): Uint32Array {
  const half = side / 2;
  const result = new Uint32Array(half * half);
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const at = 2 * y * side + 2 * x;
      const a = texels[at] ?? 0;
      const b = texels[at + 1] ?? 0;
      const c = texels[at + side] ?? 0;
      const d = texels[at + side + 1] ?? 0;
      // Red and blue are summed together: their sums need ten bits and lie sixteen apart.
      const redBlue = (a & 0xff00ff) + (b & 0xff00ff) + (c & 0xff00ff) + (d & 0xff00ff) + 0x020002;
      const green = (a & 0xff00) + (b & 0xff00) + (c & 0xff00) + (d & 0xff00) + 0x0200;
      const packed = ((redBlue >>> 2) & 0xff00ff) | ((green >>> 2) & 0xff00);
      result[y * half + x] = packed;
    }
  }
  return result;
}

/** Paints one surface; the same seed paints the same texels. */
export function paintTexture(surface: Surface, seed: number): Texture {
  const random = seededRandom(seed);
  const canvas: Canvas = { red: new Float32Array(AREA), green: new Float32Array(AREA), blue: new Float32Array(AREA) };
  PAINTERS[surface](canvas, random);
  const grain = surface === "concrete" ? 1.6 : 1;
  weather(canvas, random, [
    [32, 10 * grain],
    [8, 6 * grain],
    [2, 7 * grain],
    [1, 4 * grain],
  ]);
  const levels = [pack(canvas)];
  for (let level = 1; level < TEXTURE_LEVELS; level++) {
    levels.push(halve(levels[level - 1] ?? new Uint32Array(0), TEXTURE_SIZE >> (level - 1)));
  }
  return { levels };
}

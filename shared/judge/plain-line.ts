import type { JudgedSample } from "./node-judge";

/** What a plain line holds. */
export interface PlainSample {
  readonly nodeId: string;
  readonly sample: JudgedSample;
}

/** Powers of ten that a double holds exactly. */
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, power) => 10 ** power);
/** Whole numbers with so many figures are exact, and so is their quotient by a power of ten (W. D. Clinger, 1990). */
const EXACT_FIGURES = 15;

const QUOTE = 34;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const SPACE = 32;
const COMMA = 44;
const CLOSING_BRACE = 125;
/** A small e; a capital one is the same with the bit of {@link SPACE}. */
const EXPONENT = 101;

function bytesOf(ascii: string): Uint8Array {
  return Uint8Array.from(ascii, (character) => character.charCodeAt(0));
}

interface Name {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/**
 * Names that were checked once: a recording repeats few of them millions of times, and each is one string for all of
 * its lines, so that what is kept by name is found at once.
 */
export class KnownNames {
  private readonly texts = new Set<string>();
  private readonly byHash = new Map<number, Name>();

  /** @param most names that are kept; more are checked each time. */
  constructor(private readonly most = 10_000) {}

  has(text: string): boolean {
    return this.texts.has(text);
  }

  /** @param text of ASCII alone. */
  add(text: string): void {
    if (this.texts.size >= this.most) return;
    this.texts.add(text);
    const bytes = bytesOf(text);
    let hash = 0;
    for (const byte of bytes) hash = mixed(hash, byte);
    // Of two names with one hash the second is read the long way.
    if (!this.byHash.has(hash)) this.byHash.set(hash, { text, bytes });
  }

  /** The name that these bytes are; undefined where it is not known. */
  find(hash: number, line: Uint8Array, from: number, end: number): string | undefined {
    const name = this.byHash.get(hash);
    if (name?.bytes.length !== end - from) return undefined;
    const { bytes, text } = name;
    for (let index = 0; index < bytes.length; index += 1) if (line[from + index] !== bytes[index]) return undefined;
    return text;
  }
}

/** One more byte of a name's hash. */
function mixed(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}

const T_MS = bytesOf('{"tMs":');
const NODE_ID = bytesOf('"nodeId":');
const MODEL_VERSION = bytesOf('"modelVersion":');
const COMPRESSION_RATIO = bytesOf('"compressionRatio":');
const LATENCY_MS = bytesOf('"latencyMs":');
const QUALITY_SCORE = bytesOf('"qualityScore":');

/** Walks over the bytes of a line; every step tells whether it found what it looked for. */
class Walk {
  private line: Uint8Array = new Uint8Array(0);
  private at = 0;
  private end = 0;
  /** What the last step read. */
  number = 0;
  name = "";

  begin(line: Uint8Array, from: number, end: number): void {
    this.line = line;
    this.at = from;
    this.end = end;
  }

  private byteAt(at: number): number {
    return at < this.end ? (this.line[at] ?? 0) : 0;
  }

  private overSpace(): void {
    if (this.byteAt(this.at) === SPACE) this.at += 1;
  }

  /** A byte, and a space after it if there is one. */
  overByte(byte: number): boolean {
    if (this.byteAt(this.at) !== byte) return false;
    this.at += 1;
    this.overSpace();
    return true;
  }

  /** A field's name with its colon, and a space after it if there is one. */
  overField(field: Uint8Array): boolean {
    const { line, at } = this;
    if (at + field.length > this.end) return false;
    for (let index = 0; index < field.length; index += 1) if (line[at + index] !== field[index]) return false;
    this.at = at + field.length;
    this.overSpace();
    return true;
  }

  isAtEnd(): boolean {
    return this.at === this.end;
  }

  /** A string that is a known name. */
  overName(names: KnownNames): boolean {
    if (this.byteAt(this.at) !== QUOTE) return false;
    const { line } = this;
    const from = this.at + 1;
    let hash = 0;
    for (let end = from; end < this.end; end += 1) {
      const byte = line[end] ?? 0;
      if (byte !== QUOTE) {
        hash = mixed(hash, byte);
        continue;
      }
      const name = names.find(hash, line, from, end);
      if (name === undefined) return false;
      this.name = name;
      this.at = end + 1;
      return true;
    }
    return false;
  }

  /** A number without exponent and of so few figures that it is read exactly. */
  overNumber(): boolean {
    const isNegative = this.byteAt(this.at) === MINUS;
    const from = isNegative ? this.at + 1 : this.at;
    const wholeEnd = this.figures(from, 0);
    // JSON has no leading zeros; this.number is what the figures came to.
    if (wholeEnd === from || (this.byteAt(from) === ZERO && wholeEnd > from + 1)) return false;
    let end = wholeEnd;
    let decimals = 0;
    if (this.byteAt(end) === POINT) {
      end = this.figures(wholeEnd + 1, this.number);
      decimals = end - wholeEnd - 1;
      if (decimals === 0) return false;
    }
    if (wholeEnd - from + decimals > EXACT_FIGURES) return false;
    const next = this.byteAt(end) | SPACE;
    if (next === EXPONENT) return false;
    const size = this.number / (POWERS_OF_TEN[decimals] ?? 1);
    this.number = isNegative ? -size : size;
    this.at = end;
    return true;
  }

  /** Adds decimal figures to a number; gives where they end. */
  private figures(from: number, before: number): number {
    const { line } = this;
    let at = from;
    let sum = before;
    for (; at < this.end; at += 1) {
      const figure = (line[at] ?? 0) - ZERO;
      if (figure < 0 || figure > 9) break;
      sum = sum * 10 + figure;
    }
    this.number = sum;
    return at;
  }
}

const walk = new Walk();

/**
 * Reads a line that is laid out as recordings are written: every field, in order, plain numbers, known names, at most one
 * space after a comma or colon. It looks at the bytes, so that no text is made of them, and gives the same numbers as
 * JSON.parse.
 * @param line bytes in which the line lies from `from` to before `end`, UTF-8.
 * @returns null for any other line, good or bad: that one is for JSON.parse.
 */
export function readPlainLine(line: Uint8Array, from: number, end: number, nodes: KnownNames, versions: KnownNames): PlainSample | null {
  walk.begin(line, from, end);
  if (!(walk.overField(T_MS) && walk.overNumber())) return null;
  const tMs = walk.number;
  if (!(walk.overByte(COMMA) && walk.overField(NODE_ID) && walk.overName(nodes))) return null;
  const nodeId = walk.name;
  if (!(walk.overByte(COMMA) && walk.overField(MODEL_VERSION) && walk.overName(versions))) return null;
  const modelVersion = walk.name;
  if (!(walk.overByte(COMMA) && walk.overField(COMPRESSION_RATIO) && walk.overNumber())) return null;
  const compressionRatio = walk.number;
  if (!(walk.overByte(COMMA) && walk.overField(LATENCY_MS) && walk.overNumber())) return null;
  const latencyMs = walk.number;
  if (!(walk.overByte(COMMA) && walk.overField(QUALITY_SCORE) && walk.overNumber())) return null;
  const qualityScore = walk.number;
  if (!(walk.overByte(CLOSING_BRACE) && walk.isAtEnd())) return null;
  return { nodeId, sample: { tMs, modelVersion, compressionRatio, latencyMs, qualityScore } };
}

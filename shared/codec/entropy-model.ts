import { fail, ok, type Result } from "../result";
import { parseStreamModel, type StreamModel } from "./stream-model";

/** A level's quantiser steps and frequency tables, laid out flat for speed. */
export interface EntropyLevel {
  readonly level: number;
  /** Step of each channel: a latent is coded as the nearest multiple. */
  readonly steps: Float32Array;
  /** Class bounds of each channel, rising; a score at or above bound k belongs to class k + 1 or higher. */
  readonly thresholds: readonly Int32Array[];
  /** For each channel the number of its first table. */
  readonly firstTable: Int32Array;
  /** For each table the symbol of its first entry. */
  readonly lowest: Int32Array;
  /** For each table where its cumulated frequencies begin in `cumulated`; one more than there are tables. */
  readonly offsets: Int32Array;
  /** Cumulated frequencies, from 0 to 2^precisionBits; a table's last entry is the escape. */
  readonly cumulated: Int32Array;
}

/** How the latents of a version of family 1 are turned into symbols and frequencies, in integers. */
export interface PictureEntropyModel {
  readonly schemaVersion: 1;
  readonly latents: number;
  readonly precisionBits: number;
  readonly predictionBits: number;
  /** Three integers a channel: weights of the left, upper and upper left neighbour. */
  readonly prediction: Int32Array;
  /** Three integers a channel: weights of same-channel magnitudes, of activity, of earlier channels. */
  readonly weights: Int32Array;
  readonly levels: readonly EntropyLevel[];
}

/** The integers behind a version: of family 1, which codes each picture by itself, or of family 2. */
export type EntropyModel = PictureEntropyModel | StreamModel;

/** The most latent channels a model may have. */
export const MAX_LATENTS = 256;

class Malformed extends Error {}

function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Malformed(`${name} is not an object`);
  return value as Readonly<Record<string, unknown>>;
}

function list(value: unknown, name: string, length?: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new Malformed(`${name} is not a list`);
  if (length !== undefined && value.length !== length) throw new Malformed(`${name} has not ${String(length)} entries`);
  return value as readonly unknown[];
}

function integer(value: unknown, name: string, low: number, high: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < low || value > high) {
    throw new Malformed(`${name} is not an integer from ${String(low)} to ${String(high)}`);
  }
  return value;
}

function triples(value: unknown, name: string, latents: number, limit: number): Int32Array {
  return Int32Array.from(
    list(value, name, latents).flatMap((row) => list(row, name, 3).map((entry) => integer(entry, name, -limit, limit))),
  );
}

function parseLevel(value: unknown, latents: number, precisionBits: number): EntropyLevel {
  const source = record(value, "level");
  const total = 1 << precisionBits;
  const steps = list(source["steps"], "steps", latents).map((step) => {
    if (typeof step !== "number" || !Number.isFinite(step) || step < 1e-6 || step > 1e6) throw new Malformed("a step is out of range");
    return step;
  });
  const thresholds = list(source["thresholds"], "thresholds", latents).map((row) => {
    const bounds = Int32Array.from(list(row, "thresholds").map((bound) => integer(bound, "threshold", 0, 0x7fffffff)));
    if (bounds.length > 15 || bounds.some((bound, i) => i > 0 && bound <= (bounds[i - 1] ?? 0))) throw new Malformed("thresholds do not rise");
    return bounds;
  });
  const firstTable = new Int32Array(latents);
  const lowest: number[] = [];
  const offsets: number[] = [0];
  const cumulated: number[] = [];
  list(source["tables"], "tables", latents).forEach((row, channel) => {
    firstTable[channel] = lowest.length;
    for (const table of list(row, "tables", (thresholds[channel]?.length ?? 0) + 1)) {
      const [first, ...frequencies] = list(table, "table");
      if (frequencies.length < 2 || frequencies.length > 512) throw new Malformed("a table's size is out of range");
      lowest.push(integer(first, "first symbol", -512, 0));
      let sum = 0;
      cumulated.push(0);
      for (const frequency of frequencies) {
        sum += integer(frequency, "frequency", 1, total);
        cumulated.push(sum);
      }
      if (sum !== total) throw new Malformed("a table's frequencies do not sum to the total");
      offsets.push(cumulated.length);
    }
  });
  return {
    level: integer(source["level"], "level", 1, 255),
    steps: Float32Array.from(steps),
    thresholds,
    firstTable,
    lowest: Int32Array.from(lowest),
    offsets: Int32Array.from(offsets),
    cumulated: Int32Array.from(cumulated),
  };
}

/**
 * Checks the parsed JSON of an entropy file of either family and lays its tables out.
 *
 * @returns BAD_MANIFEST with the first thing that is wrong.
 */
export function parseEntropyModel(value: unknown): Result<EntropyModel, "BAD_MANIFEST"> {
  const isStream = typeof value === "object" && value !== null && "schemaVersion" in value && value.schemaVersion === 2;
  return isStream ? parseStreamModel(value) : parsePictureEntropyModel(value);
}

/**
 * Checks the parsed JSON of an entropy file of family 1.
 *
 * @returns BAD_MANIFEST with the first thing that is wrong.
 */
export function parsePictureEntropyModel(value: unknown): Result<PictureEntropyModel, "BAD_MANIFEST"> {
  try {
    const source = record(value, "the entropy file");
    integer(source["schemaVersion"], "schemaVersion", 1, 1);
    const latents = integer(source["latents"], "latents", 1, MAX_LATENTS);
    const precisionBits = integer(source["precisionBits"], "precisionBits", 8, 16);
    const levels = list(source["levels"], "levels").map((level) => parseLevel(level, latents, precisionBits));
    if (levels.length === 0) throw new Malformed("there is no level");
    return ok({
      schemaVersion: 1,
      latents,
      precisionBits,
      predictionBits: integer(source["predictionBits"], "predictionBits", 1, 12),
      prediction: triples(source["prediction"], "prediction", latents, 4096),
      weights: triples(source["weights"], "weights", latents, 4096),
      levels,
    });
  } catch (thrown) {
    if (thrown instanceof Malformed) return fail("BAD_MANIFEST", `The entropy file is not valid: ${thrown.message}.`);
    throw thrown;
  }
}

import { seededRandom } from "../../random";
import { BrokenPromise, World } from "./world";

/** What an exploration found. */
export interface Exploration {
  readonly transitions: number;
  readonly walks: number;
  /** How often what is rare happened, by its name: what was not reached was not tried. */
  readonly tally: Readonly<Record<string, number>>;
  /** The first broken promise, with the seed of its walk; null of none. */
  readonly broken: { readonly seed: number; readonly what: string } | null;
}

/** Steps of a walk before everything heals. Short walks have short journals, so many crashes can be tried. */
const WALK_STEPS = 120;

/** Walks the model of nodes, link, engine and operator at random until so many steps were taken, or a promise broke. */
export function exploreModel(options: { readonly transitions: number; readonly firstSeed: number }): Exploration {
  let transitions = 0;
  let walks = 0;
  const tally: Record<string, number> = {};
  for (let seed = options.firstSeed; transitions < options.transitions; seed += 1) {
    const random = seededRandom(seed);
    const bad = new Set(seed % 3 === 0 ? ["1.1.0", "1.2.0", "1.3.0"] : ["1.2.0"]);
    const nodes = 1 + (seed % 4);
    walks += 1;
    const world = new World({ random, nodes, bad });
    try {
      for (let step = 0; step < WALK_STEPS; step += 1) world.step();
      // To rest takes long and shows little that is new: one walk in ten.
      if (seed % 10 === 0) world.settle();
      transitions += world.transitions;
      for (const [what, times] of world.tally) tally[what] = (tally[what] ?? 0) + times;
    } catch (error) {
      if (!(error instanceof BrokenPromise)) throw error;
      return { transitions, walks, tally, broken: { seed, what: error.message } };
    }
  }
  return { transitions, walks, tally, broken: null };
}

/** A random walk to an end that may be rare. */
export interface Walk {
  /** One step; whether it came to what is counted, after which it ends. */
  step(): boolean;
  /** How near it is to that: 0 and more, about the logarithm of how much rarer a walk is that came so far. */
  height(): number;
}

/** What a count of rare ends is asked for. */
export interface SplittingRequest<W extends Walk> {
  readonly steps: number;
  /** Copies take together so many steps at most; after that walks are split no more, which is as right and tells less. */
  readonly mostCopiedSteps: number;
  /** Called for every end that is counted, with the step and how many ends of a plain walk it stands for. */
  readonly found: (walk: W, step: number, weight: number) => void;
  /** Called before every step of the walk itself, not of its copies. */
  readonly visit?: (walk: W, step: number) => void;
}

/** Below this height walks are common enough. */
const FIRST_HEIGHT = 5;
/** A level higher, half of the walks have turned back: where one rises, two go on. */
const LEVEL_HEIGHT = Math.LN2;
const COPIES = 2;

function levelOf(walk: Walk): number {
  return Math.max(0, 1 + Math.floor((walk.height() - FIRST_HEIGHT) / LEVEL_HEIGHT));
}

interface Path<W extends Walk> {
  readonly walk: W;
  /** Steps that are behind it. */
  done: number;
  /** A copy ends when it falls below the level at which it was made; the walk that it was made of goes on. */
  readonly endsBelow: number;
  level: number;
  /** How many plain walks it stands for at each level, from the one it began at. */
  readonly weights: number[];
}

/**
 * Counts ends of a walk that are too rare to wait for, without bias: each time it comes higher than a level it is split,
 * and its copies, each for half as many, explore from there (RESTART; M. and J. Villen-Altamirano, 1991). The sum of
 * the weights found has the mean number of ends of plain walks as its mean, whatever heights are: they decide how soon.
 *
 * @param copyOf a walk that stands where the given one does and goes on by numbers of its own.
 * @returns steps that copies took.
 */
export function countRareEnds<W extends Walk>(first: W, copyOf: (walk: W) => W, { steps, mostCopiedSteps, found, visit }: SplittingRequest<W>): number {
  const paths: Path<W>[] = [{ walk: first, done: 0, endsBelow: 0, level: 0, weights: [1] }];
  let copied = 0;
  const settle = (path: Path<W>, level: number): void => {
    while (path.level < level) {
      const weight = path.weights[path.level] ?? 0;
      const isSplit = copied < mostCopiedSteps;
      path.level += 1;
      path.weights[path.level] = isSplit ? weight / COPIES : weight;
      if (!isSplit) continue;
      const weights: number[] = [];
      weights[path.level] = weight / COPIES;
      paths.push({ walk: copyOf(path.walk), done: path.done, endsBelow: path.level, level: path.level, weights });
    }
    path.level = level;
  };
  for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
    const isFirst = path.endsBelow === 0;
    while (path.done < steps) {
      const level = levelOf(path.walk);
      if (level < path.endsBelow) break;
      if (level !== path.level) settle(path, level);
      if (isFirst) visit?.(path.walk, path.done);
      else copied += 1;
      path.done += 1;
      if (!path.walk.step()) continue;
      found(path.walk, path.done, path.weights[path.level] ?? 0);
      break;
    }
  }
  return copied;
}

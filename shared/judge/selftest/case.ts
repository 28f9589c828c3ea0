/** One published value and how it is computed again. */
export interface SelftestCase {
  readonly name: string;
  /** As it was printed. */
  readonly expected: number;
  /** How far the value may lie from `expected`: half of the last printed figure, unless a reason is given. */
  readonly tolerance: number;
  /** Where it was published, and why the tolerance is wider where it is. */
  readonly source: string;
  readonly compute: () => number;
  /** The same in pieces of a few hundredths of a second, for what takes longer; the last one returns the value. */
  readonly pieces?: () => Generator<undefined, number>;
}

/** Cases about one thing. */
export interface SelftestGroup {
  readonly title: string;
  readonly cases: readonly SelftestCase[];
}

/** A case computed. */
export interface SelftestResult {
  readonly name: string;
  readonly expected: number;
  readonly got: number;
  readonly tolerance: number;
  readonly passed: boolean;
  readonly source: string;
}

/** Half of the last figure of a printed number: `3.75` 0.005, `168` 0.5, `2.3e7` 500 000. */
export function halfLastFigure(printed: string): number {
  const [mantissa = "", exponent = "0"] = printed.split("e");
  const decimals = mantissa.split(".")[1]?.length ?? 0;
  // A hair more than half: the printed number itself is no exact double.
  return 0.5000001 * 10 ** (Number(exponent) - decimals);
}

/** A case that must agree to the last printed figure. */
export function printed(name: string, text: string, source: string, compute: () => number): SelftestCase {
  return { name, expected: Number(text), tolerance: halfLastFigure(text), source, compute };
}

/** Cases of a printed row: one for each column. */
export function printedRow<Column extends number>(
  name: (column: Column) => string,
  columns: readonly Column[],
  texts: string,
  source: string,
  compute: (column: Column) => number,
): readonly SelftestCase[] {
  return texts.split(" ").map((text, index) => {
    const column = columns[index];
    if (column === undefined) throw new Error(`the row ${source} has more values than columns`);
    return printed(name(column), text, source, () => compute(column));
  });
}

/** Runs pieces to their end without a pause. */
export function lastOf(pieces: Generator<undefined, number>): number {
  for (;;) {
    const step = pieces.next();
    if (step.done === true) return step.value;
  }
}

function resultOf({ name, expected, tolerance, source }: SelftestCase, got: number): SelftestResult {
  return { name, expected, got, tolerance, passed: Math.abs(got - expected) <= tolerance, source };
}

/** Computes a case. */
export function runCase(one: SelftestCase): SelftestResult {
  return resultOf(one, one.compute());
}

/** Computes a case in its pieces. */
export function* runCaseInPieces(one: SelftestCase): Generator<undefined, SelftestResult> {
  return resultOf(one, one.pieces === undefined ? one.compute() : yield* one.pieces());
}

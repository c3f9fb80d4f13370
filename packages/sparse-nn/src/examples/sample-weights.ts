/** How much each row of examples counts, in training and in measures. */

/** Rows that count differently. */
export interface SampleWeights {
  /**
   * One a row, 0 or more: what the row's loss and gradient are multiplied by, and how much it counts in measures. They are not
   * divided by their mean: a mean of 1 keeps the learning rate what it is. Default 1 each.
   */
  readonly sampleWeights?: Float32Array | undefined;
}

type Weighed = SampleWeights & { readonly rows: number };

/** Refuses weights that do not fit the rows, naming the first that does not, and those that are all 0. @throws {RangeError} */
export function checkSampleWeights(examples: Weighed): void {
  checkWeightsOfPiece(examples);
  const { rows, sampleWeights } = examples;
  if (sampleWeights?.every((weight) => weight === 0)) {
    throw new RangeError(`All ${rows} sampleWeights are 0: no row counts.`);
  }
}

/** The same for a piece of examples, all rows of which may weigh 0. */
export function checkWeightsOfPiece({ rows, sampleWeights }: Weighed): void {
  if (sampleWeights === undefined) return;
  if (sampleWeights.length !== rows) {
    throw new RangeError(`${rows} rows have ${rows} sampleWeights; got ${String(sampleWeights.length)}.`);
  }
  for (let row = 0; row < rows; row++) {
    const weight = sampleWeights[row]!;
    if (!(weight >= 0 && Math.fround(weight) < Infinity)) {
      throw new RangeError(
        `The weight of row ${row} is ${weight}; sampleWeights are finite numbers of 0 or more.`,
      );
    }
  }
}

/** The weight of a row. */
export function weightOf({ sampleWeights }: SampleWeights, row: number): number {
  return sampleWeights ? sampleWeights[row]! : 1;
}

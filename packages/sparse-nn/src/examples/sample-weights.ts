/** How much each row of examples counts, in training and in measures. */

/** Rows that count differently. */
export interface SampleWeights {
  /**
   * One a row, 0 or more: what the row's loss and gradient are multiplied by, and how much it counts in measures. They are not
   * divided by their mean: a mean of 1 keeps the learning rate what it is. Default 1 each.
   */
  readonly sampleWeights?: Float32Array | undefined;
}

/** Refuses weights that do not fit the rows, naming the first that does not. @throws {RangeError} */
export function checkSampleWeights({ rows, sampleWeights }: SampleWeights & { readonly rows: number }): void {
  if (sampleWeights === undefined) return;
  if (sampleWeights.length !== rows) {
    throw new RangeError(`${rows} rows have ${rows} sampleWeights; got ${String(sampleWeights.length)}.`);
  }
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const weight = sampleWeights[row]!;
    if (!(weight >= 0 && Math.fround(weight) < Infinity)) {
      throw new RangeError(
        `The weight of row ${row} is ${weight}; sampleWeights are finite numbers of 0 or more.`,
      );
    }
    total += weight;
  }
  if (total === 0) throw new RangeError(`All ${rows} sampleWeights are 0: no row counts.`);
}

/** The weight of a row. */
export function weightOf({ sampleWeights }: SampleWeights, row: number): number {
  return sampleWeights ? sampleWeights[row]! : 1;
}

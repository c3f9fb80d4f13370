/** Which classes are taken for which. */
import { weightOf } from '../examples/sample-weights.ts';
import { shown } from '../spec/options.ts';
import { acceptLabelled, checkRankings, type Labelled, type Rankings } from './labelled.ts';

/** Rows by their class and by what was predicted for them. */
export interface ConfusionMatrix {
  readonly classes: number;
  /** counts[c * classes + p]: rows of class c for which class p was predicted, weighted by `sampleWeights`. */
  readonly counts: Float64Array;
  /** One a class: rows for which nothing was predicted, as a sparse pass may find no class. */
  readonly missed: Float64Array;
}

/** Classes of the largest matrix: 128 MiB. */
const MOST_CLASSES = 4096;

/**
 * The confusion matrix of each row's first prediction, as `net.predict` gives them.
 * @throws {RangeError} @throws {TypeError} if they do not fit together, are of a network with a single output, a row has not one
 * label, or there are more than 4096 classes.
 */
export function confusionMatrix(predictions: Rankings, given: Labelled, classes: number): ConfusionMatrix {
  if (!(Number.isInteger(classes) && classes >= 1 && classes <= MOST_CLASSES)) {
    throw new RangeError(
      `A confusion matrix is of 1 to ${MOST_CLASSES} classes; got ${shown(classes)}. classMetrics has measures of each class.`,
    );
  }
  const examples = acceptLabelled(given, classes);
  checkRankings(predictions, examples, classes);
  const { k, ids } = predictions;
  const counts = new Float64Array(classes * classes);
  const missed = new Float64Array(classes);
  for (let row = 0; row < examples.rows; row++) {
    const label = labelOf(examples, row);
    const predicted = ids[row * k]!;
    if (predicted < 0) missed[label]! += weightOf(examples, row);
    else counts[label * classes + predicted]! += weightOf(examples, row);
  }
  return { classes, counts, missed };
}

function labelOf(examples: Labelled, row: number): number {
  if (!('labelOffsets' in examples)) return examples.labels[row]!;
  const [from, to] = [examples.labelOffsets[row]!, examples.labelOffsets[row + 1]!];
  if (to - from === 1) return examples.labels[from]!;
  throw new RangeError(`A confusion matrix is of rows with one label each; row ${row} has ${to - from}.`);
}

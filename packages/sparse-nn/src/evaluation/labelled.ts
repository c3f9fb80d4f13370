/** What measures are taken of: labels of rows, and what was predicted for them. Both come from anywhere. */
import { acceptAnswers, asOneOutput } from '../examples/accept.ts';
import {
  checkLabels,
  hasTargets,
  type ClassLabels,
  type Examples,
  type LabelSets,
} from '../examples/examples.ts';
import { checkSampleWeights, type SampleWeights } from '../examples/sample-weights.ts';
import { isList, shown } from '../spec/options.ts';

/** Labels of rows, whatever their inputs are. */
export type Labelled = { readonly rows: number } & (ClassLabels | LabelSets) & SampleWeights;

/** Rankings of classes: row r's are ids[r * k] to ids[r * k + k - 1], best first; -1 where there are fewer than k. */
export interface Rankings {
  readonly rows: number;
  readonly k: number;
  readonly ids: Int32Array;
  /** How many classes the network has that ranked them, where it was one. A single output ranks none. */
  readonly classes?: number;
}

/**
 * Labels and weights that fit their rows, in the arrays that measures read.
 * @param classes how many there are; Infinity where that is not known.
 * @throws {TypeError} @throws {RangeError} naming what does not fit.
 */
export function acceptLabelled(given: Labelled, classes: number): Labelled {
  const examples = acceptAnswers(given as Examples);
  const { rows } = examples;
  if (hasTargets(examples)) {
    throw new TypeError('Measures of labels are of examples with `labels`; these have `targets`.');
  }
  if (!(Number.isInteger(rows) && rows >= 1)) {
    throw new RangeError(`Measures are of 1 or more rows; got ${shown(rows)}.`);
  }
  checkLabels(examples, rows, classes, false);
  checkSampleWeights(examples);
  return examples;
}

/**
 * The labels that outputs are measured by, rows x labels, and how many labels there are. A single output tells rows of label 1 from
 * those of 0.
 * @throws {TypeError} @throws {RangeError} if the rows do not divide the outputs, a label has none, or one is no number.
 */
export function acceptOutputs(
  outputs: ArrayLike<number>,
  given: Labelled,
): { readonly examples: Labelled; readonly labels: number } {
  const examples = acceptLabelled(given, Infinity);
  const { rows } = examples;
  if (!isList(outputs)) throw new TypeError(`Outputs are an array, rows x labels; got ${shown(outputs)}.`);
  const labels = outputs.length / rows;
  if (!(Number.isInteger(labels) && labels >= 1)) {
    throw new RangeError(`Outputs are rows x labels, of ${rows} rows; got ${outputs.length} numbers.`);
  }
  for (let i = 0; i < outputs.length; i++) {
    const output: unknown = outputs[i];
    if (typeof output === 'number' && !Number.isNaN(output)) continue;
    throw new RangeError(
      `Output ${i % labels} of row ${Math.floor(i / labels)} is ${shown(output)}; outputs are numbers.`,
    );
  }
  if (labels === 1 && !('labelOffsets' in examples)) {
    return { examples: asOneOutput(examples as Examples) as Labelled, labels };
  }
  checkLabels(examples, rows, labels, false);
  return { examples, labels };
}

/**
 * Refuses what are no rankings of the examples' rows.
 * @param classes how many there are; Infinity where that is not known.
 * @throws {TypeError} @throws {RangeError} naming what does not fit.
 */
export function checkRankings(given: Rankings, examples: Labelled, classes: number): void {
  if (typeof given !== 'object' || given === null || !isList(given.ids)) {
    throw new TypeError(`Predictions are { rows, k, ids }, as \`predict\` gives them; got ${shown(given)}.`);
  }
  const { rows, k, ids } = given;
  if (given.classes === 1) {
    throw new RangeError(
      'These predictions are of a single output, which ranks no classes: `labelMetrics(net.outputs(rows), examples)` measures it ' +
        'at a threshold, `rocAuc` and `averagePrecision` at all of them; for `confusionMatrix` make the ids 0 and 1 of its outputs.',
    );
  }
  if (!(Number.isInteger(k) && k >= 1) || rows !== examples.rows || ids.length !== rows * k) {
    throw new RangeError(
      `Predictions have ${examples.rows} rows of ${shown(k)} ids; got ${shown(rows)} rows and ${ids.length} ids.`,
    );
  }
  for (let i = 0; i < ids.length; i++) {
    const id: unknown = ids[i];
    const row = Math.floor(i / k);
    if (!(Number.isInteger(id) && (id as number) >= -1 && (id as number) < classes)) {
      const known = classes === Infinity ? 'ids are classes from 0 on' : `classes are 0 to ${classes - 1}`;
      throw new RangeError(
        `A prediction of row ${row} is ${shown(id)}; ${known}, or -1 where there is none.`,
      );
    }
    if (id === -1) continue;
    for (let before = row * k; before < i; before++) {
      if (ids[before] === id) throw new RangeError(`Row ${row} ranks class ${ids[i]} twice.`);
    }
  }
}

/** @throws {RangeError} unless there is a whole number of classes. */
export function checkClassCount(classes: number): void {
  if (!(Number.isInteger(classes) && classes >= 1)) {
    throw new RangeError(`There are 1 or more classes; got ${shown(classes)}.`);
  }
}

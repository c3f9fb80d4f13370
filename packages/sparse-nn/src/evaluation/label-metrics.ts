/** How well labels are told where each is predicted or not: precision, recall and F1, as scikit-learn defines them. */
import { weightOf } from '../examples/sample-weights.ts';
import { checkOptions, isList, shown } from '../spec/options.ts';
import {
  acceptLabelled,
  acceptOutputs,
  checkClassCount,
  checkRankings,
  type Labelled,
  type Rankings,
} from './labelled.ts';

/** Three shares. Where there is nothing to divide by, each is 0. */
export interface PrecisionRecall {
  /** Of what was predicted, the share that is right. */
  readonly precision: number;
  /** Of the labels, the share that was predicted. */
  readonly recall: number;
  /** Their harmonic mean, 2 right / (predicted + labels). */
  readonly f1: number;
}

/** Measures of predicted sets of labels. Rows without labels count: to predict nothing for them is right. */
export interface LabelMetrics {
  /** Of all labels of all rows together. */
  readonly micro: PrecisionRecall;
  /** The mean of the measures of all labels, however rare; of a label that no row has they are 0. */
  readonly macro: PrecisionRecall;
  /** One a label. */
  readonly perLabel: {
    readonly precision: Float64Array;
    readonly recall: Float64Array;
    readonly f1: Float64Array;
    /** Rows that have the label, weighted by `sampleWeights`. */
    readonly support: Float64Array;
  };
  /** The share of rows of which exactly the labels were predicted. */
  readonly subsetAccuracy: number;
}

/** From which score on a label counts as predicted: one number, or one a label. */
export type Threshold = number | ArrayLike<number>;

/**
 * Measures of the labels whose outputs reach a threshold. Of a single output: of the rows of class 1.
 * @param outputs rows x labels, as `net.outputs` gives them.
 * @param options `threshold`: default 0.5.
 * @throws {RangeError} @throws {TypeError} if they do not fit together.
 */
export function labelMetrics(
  outputs: ArrayLike<number>,
  given: Labelled,
  options: { readonly threshold?: Threshold } = {},
): LabelMetrics {
  checkOptions('labelMetrics', options, { threshold: true });
  const { examples, labels } = acceptOutputs(outputs, given);
  const { threshold = 0.5 } = options;
  checkThreshold(threshold, labels);
  const counts = new LabelCounts(labels);
  for (let row = 0; row < examples.rows; row++) {
    const predicted: number[] = [];
    for (let label = 0; label < labels; label++) {
      if (outputs[row * labels + label]! >= thresholdOf(threshold, label)) predicted.push(label);
    }
    counts.add(examples, row, predicted);
  }
  return counts.metrics();
}

/**
 * Measures of single predictions: of each row the first of `predictions`, as `net.predict` gives them. Where a row has one label,
 * the subset accuracy is the accuracy.
 * @throws {RangeError} @throws {TypeError} if they do not fit together, or are of a network with a single output.
 */
export function classMetrics(predictions: Rankings, given: Labelled, classes: number): LabelMetrics {
  checkClassCount(classes);
  const examples = acceptLabelled(given, classes);
  checkRankings(predictions, examples, classes);
  const counts = new LabelCounts(classes);
  for (let row = 0; row < examples.rows; row++) {
    const id = predictions.ids[row * predictions.k]!;
    counts.add(examples, row, id < 0 ? [] : [id]);
  }
  return counts.metrics();
}

/** @throws {RangeError} @throws {TypeError} unless a threshold is a number, or one for each label. */
export function checkThreshold(threshold: Threshold, labels: number): void {
  if (typeof threshold !== 'number' && !isList(threshold)) {
    throw new TypeError(`A threshold is a number, or one for each label; got ${shown(threshold)}.`);
  }
  const thresholds = typeof threshold === 'number' ? [threshold] : Array.from(threshold);
  if (typeof threshold !== 'number' && thresholds.length !== labels) {
    throw new RangeError(`There is a threshold for each of ${labels} labels; got ${thresholds.length}.`);
  }
  const wrong = thresholds.find((each) => !Number.isFinite(each));
  if (wrong !== undefined) throw new RangeError(`A threshold is a finite number; got ${shown(wrong)}.`);
}

/** The threshold of a label. */
export function thresholdOf(threshold: Threshold, label: number): number {
  return typeof threshold === 'number' ? threshold : threshold[label]!;
}

/** Counts of what was predicted and what was right, row by row. */
export class LabelCounts {
  readonly #predicted: Float64Array;
  readonly #actual: Float64Array;
  readonly #right: Float64Array;
  /** The last row, counted from 1, that each label was predicted for. */
  readonly #seen: Int32Array;
  #rows = 0;
  #weight = 0;
  #exact = 0;

  /** Of so many labels. */
  constructor(labels: number) {
    this.#predicted = new Float64Array(labels);
    this.#actual = new Float64Array(labels);
    this.#right = new Float64Array(labels);
    this.#seen = new Int32Array(labels);
  }

  /** Adds a row, for which each of `predicted` is predicted once. */
  add(examples: Labelled, row: number, predicted: readonly number[]): void {
    const { labels } = examples;
    const sets = 'labelOffsets' in examples ? examples.labelOffsets : undefined;
    const [from, to] = sets ? [sets[row]!, sets[row + 1]!] : [row, row + 1];
    const weight = weightOf(examples, row);
    this.#rows++;
    this.#weight += weight;
    for (const label of predicted) {
      this.#predicted[label]! += weight;
      this.#seen[label] = this.#rows;
    }
    let right = 0;
    let different = 0;
    for (let l = from; l < to; l++) {
      const label = labels[l]!;
      if (labels.subarray(from, l).includes(label)) continue;
      different++;
      this.#actual[label]! += weight;
      if (this.#seen[label] !== this.#rows) continue;
      this.#right[label]! += weight;
      right++;
    }
    if (right === different && right === predicted.length) this.#exact += weight;
  }

  metrics(): LabelMetrics {
    const [right, predicted, actual] = [this.#right, this.#predicted, this.#actual];
    const each = Array.from(right, (count, label) => measures(count, predicted[label]!, actual[label]!));
    const list = (name: keyof PrecisionRecall): Float64Array => Float64Array.from(each, (of) => of[name]);
    const perLabel = { precision: list('precision'), recall: list('recall'), f1: list('f1') };
    return {
      micro: measures(sum(right), sum(predicted), sum(actual)),
      macro: {
        precision: sum(perLabel.precision) / right.length,
        recall: sum(perLabel.recall) / right.length,
        f1: sum(perLabel.f1) / right.length,
      },
      perLabel: { ...perLabel, support: actual },
      subsetAccuracy: this.#exact / this.#weight,
    };
  }
}

function measures(right: number, predicted: number, actual: number): PrecisionRecall {
  return {
    precision: share(right, predicted),
    recall: share(right, actual),
    f1: share(2 * right, predicted + actual),
  };
}

/** 0 where there is nothing to divide by. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

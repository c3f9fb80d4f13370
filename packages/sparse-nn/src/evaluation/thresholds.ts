/** The thresholds that do best on examples: those of a validation set, to be used on others. */
import { weightOf } from '../examples/sample-weights.ts';
import { acceptOutputs, type Labelled } from './labelled.ts';

/** A threshold with the F1 that it gives. */
export interface BestThreshold {
  readonly threshold: number;
  readonly f1: number;
}

/** A threshold for each label, with the F1 that it gives. */
export interface BestThresholds {
  readonly thresholds: Float64Array;
  readonly f1: Float64Array;
}

/**
 * The one threshold for all labels by which the micro F1 of these examples is highest.
 * @param outputs rows x labels, as `net.outputs` gives them.
 * @throws {RangeError} @throws {TypeError} if they do not fit together.
 */
export function bestThreshold(outputs: ArrayLike<number>, given: Labelled): BestThreshold {
  const { examples, labels } = acceptOutputs(outputs, given);
  const { targets, weights } = answersOf(examples, labels);
  return best(outputs, targets, (i) => weights[Math.floor(i / labels)]!);
}

/**
 * For each label the threshold by which its F1 on these examples is highest; 1 for a label that no row has. Rare labels have few
 * rows to tell it by.
 * @param outputs rows x labels, as `net.outputs` gives them.
 * @throws {RangeError} @throws {TypeError} if they do not fit together.
 */
export function bestThresholds(outputs: ArrayLike<number>, given: Labelled): BestThresholds {
  const { examples, labels } = acceptOutputs(outputs, given);
  const { rows } = examples;
  const { targets, weights } = answersOf(examples, labels);
  const each = Array.from({ length: labels }, (_, label) => {
    const own = Float32Array.from({ length: rows }, (__, row) => outputs[row * labels + label]!);
    const right = Uint8Array.from({ length: rows }, (__, row) => targets[row * labels + label]!);
    return best(own, right, (row) => weights[row]!);
  });
  return {
    thresholds: Float64Array.from(each, ({ threshold }) => threshold),
    f1: Float64Array.from(each, ({ f1 }) => f1),
  };
}

/** Which outputs are labels, rows x labels, and what each row weighs. */
function answersOf(
  examples: Labelled,
  labels: number,
): { readonly targets: Uint8Array; readonly weights: Float64Array } {
  const { rows } = examples;
  const sets = 'labelOffsets' in examples ? examples.labelOffsets : undefined;
  const targets = new Uint8Array(rows * labels);
  for (let row = 0; row < rows; row++) {
    const to = sets ? sets[row + 1]! : row + 1;
    for (let l = sets ? sets[row]! : row; l < to; l++) targets[row * labels + examples.labels[l]!] = 1;
  }
  return { targets, weights: Float64Array.from({ length: rows }, (_, row) => weightOf(examples, row)) };
}

/** Half way between the lowest score that is to count and the next one below it. */
function best(
  scores: ArrayLike<number>,
  targets: Uint8Array,
  weightAt: (place: number) => number,
): BestThreshold {
  const order = Uint32Array.from({ length: scores.length }, (_, place) => place).toSorted(
    (a, b) => scores[b]! - scores[a]!,
  );
  let actual = 0;
  for (let i = 0; i < targets.length; i++) if (targets[i] === 1) actual += weightAt(i);
  let found: BestThreshold = { threshold: 1, f1: 0 };
  let [predicted, right] = [0, 0];
  for (const [rank, place] of order.entries()) {
    const weight = weightAt(place);
    predicted += weight;
    if (targets[place] === 1) right += weight;
    const score = scores[place]!;
    const below = rank + 1 < order.length ? scores[order[rank + 1]!]! : 0;
    // Equal scores are on the same side.
    if (rank + 1 < order.length && below === score) continue;
    const f1 = right === 0 ? 0 : (2 * right) / (predicted + actual);
    if (f1 > found.f1) found = { threshold: (score + below) / 2, f1 };
  }
  return found;
}

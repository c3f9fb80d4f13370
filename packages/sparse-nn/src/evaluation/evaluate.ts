/** How well a network does on examples. */
import { hasTargets, targetVariance, type Examples } from '../examples/examples.ts';
import { weightOf } from '../examples/sample-weights.ts';
import { ClassRanking, type BestClasses } from '../layers/best-classes.ts';
import type { Activations } from '../layers/activations.ts';
import type { PassKind, Passes } from '../passes/passes.ts';
import type { Piecewise } from '../passes/event-turns.ts';
import type { Known } from '../spec/options.ts';
import type { Labels } from '../selectors/selector.ts';
import { averagePrecision, rocAuc } from './binary-metrics.ts';
import {
  checkThreshold,
  LabelCounts,
  thresholdOf,
  type LabelMetrics,
  type Threshold,
} from './label-metrics.ts';
import {
  checkCuts,
  checkPropensities,
  RankingSums,
  type RankingMetrics,
  type RankingOptions,
} from './ranking-metrics.ts';

/** Which units compute, and which measures are taken. */
export interface EvaluateOptions extends RankingOptions {
  /** Default 'full'. */
  readonly pass?: PassKind;
  /**
   * Of sigmoid outputs: the probability from which on a label counts as predicted, for all or one a label, as `bestThreshold`
   * and `bestThresholds` find them. With it the evaluation has `labels`.
   */
  readonly threshold?: Threshold | undefined;
}

/** How well a network does on examples. Rows count by their `sampleWeights`, where the examples have such. */
export interface Evaluation extends RankingMetrics {
  readonly rows: number;
  /**
   * Share of rows whose most probable output is one of their labels: accuracy, or P@1 where there are several; rows without labels
   * are left out. Of a single sigmoid output, share of all rows for which it is on the right side of 1/2. Of a linear output
   * NaN: see `determination`.
   */
  readonly accuracy: number;
  /**
   * Mean over the rows of what the network is trained by, class weights and smoothed labels included: of cross-entropies in nats,
   * or of the mean squared error. In a sparse pass over the active outputs; a label that is not active adds nothing. A row
   * without labels has the loss 0 of a softmax.
   */
  readonly loss: number;
  /**
   * Of a linear output: 1 - loss / variance of the targets, the coefficient of determination (R squared). Where the targets do not
   * vary it is 1 if the loss is 0, and else 0, as in scikit-learn.
   */
  readonly determination?: number;
  /** Measures at the `threshold`, if it was given. */
  readonly labels?: LabelMetrics;
  /** Of a single sigmoid output: the area under the ROC curve; NaN where all rows have the label, or none has. */
  readonly rocAuc?: number;
  /** Of a single sigmoid output: the average precision; NaN where no row has the label. */
  readonly averagePrecision?: number;
}

/** All that there are. */
export const EVALUATE_OPTIONS: Known<EvaluateOptions> = {
  pass: true,
  at: true,
  propensities: true,
  threshold: true,
};

/**
 * Examples that fit the network, in the arrays that it reads.
 * @throws {RangeError} @throws {TypeError} if they or the options do not fit.
 */
export function acceptEvaluation(passes: Passes, given: Examples, options: EvaluateOptions): Examples {
  const { classes, loss } = passes;
  const { propensities, threshold } = options;
  const examples = passes.acceptExamples(given);
  const at = cutsOf(passes, options);
  if (loss.kind === 'linear' && (at.length > 0 || propensities)) {
    throw new RangeError('A linear output has no labels to rank: `at` and `propensities` are for classes.');
  }
  checkCuts(at, classes);
  checkPropensities(propensities, classes);
  if (threshold !== undefined) {
    if (loss.kind !== 'sigmoid') {
      throw new RangeError(`\`threshold\` is for sigmoid outputs; this network has a ${loss.kind} output.`);
    }
    checkThreshold(threshold, classes);
  }
  passes.batchOf(options.pass ?? 'full');
  return examples;
}

function cutsOf({ classes, loss }: Passes, { at }: EvaluateOptions): readonly number[] {
  return at ?? (loss.kind === 'linear' ? [] : [1, 3, 5].filter((cut) => cut <= classes));
}

/** Measures over all of accepted examples, batch by batch. */
export function* evaluation(
  passes: Passes,
  examples: Examples,
  options: EvaluateOptions,
): Piecewise<Evaluation> {
  const { classes, buffers, loss: criterion } = passes;
  const at = cutsOf(passes, options);
  const { pass = 'full', propensities, threshold } = options;
  const chunk = passes.batchOf(pass);
  const permutation = Int32Array.from({ length: examples.rows }, (_, row) => row);
  const sums = new RankingSums(at, propensities);
  using ranking = new ClassRanking(passes.team, chunk, Math.max(1, ...at));
  const single = criterion.kind === 'sigmoid' && classes === 1;
  const counts = threshold === undefined ? undefined : new LabelCounts(classes);
  const scored = single ? new SingleOutput(examples.rows) : undefined;
  let hits = 0;
  let weight = 0;
  let loss = 0;
  for (let row = 0; row < examples.rows; row += chunk) {
    const batch = Math.min(chunk, examples.rows - row);
    passes.counts.paused(() => {
      buffers.load(examples, permutation, row, batch);
      const outputs = passes.outputs(pass, batch);
      for (let s = 0; s < batch; s++) weight += buffers.weights[s]!;
      if (!hasTargets(examples)) {
        const best = ranking.of(outputs, batch);
        for (let s = 0; s < batch; s++) {
          const hit = isHit(outputs.values, best, s * ranking.k, s, buffers.labels, single);
          sums.add(examples, row + s, best.ids, s * ranking.k, best.lengths[s]!);
          hits += hit ? buffers.weights[s]! : 0;
          counts?.add(examples, row + s, predictedOf(outputs, s, threshold!));
        }
        scored?.add(outputs, buffers.labels, batch);
      }
      loss += criterion.apply(outputs, buffers, batch);
      checkLosses(criterion.losses, row, batch);
    });
    yield;
  }
  const { rows } = examples;
  const mean = loss / weight;
  if (hasTargets(examples)) {
    const variance = targetVariance(examples, passes.spec.layers.at(-1)!.outputWeights);
    return { rows, accuracy: NaN, loss: mean, determination: explained(mean, variance), ...sums.metrics() };
  }
  return {
    rows,
    accuracy: hits / (single ? weight : sums.weight),
    loss: mean,
    ...sums.metrics(),
    ...(counts && { labels: counts.metrics() }),
    ...scored?.metrics(examples),
  };
}

/** The share of the variance that is explained. */
function explained(loss: number, variance: number): number {
  if (variance > 0) return 1 - loss / variance;
  return loss === 0 ? 1 : 0;
}

/** @throws {RangeError} unless the losses of the rows from `first` on are finite. */
function checkLosses(losses: Float32Array, first: number, batch: number): void {
  for (let s = 0; s < batch; s++) {
    if (Number.isFinite(losses[s])) continue;
    throw new RangeError(
      `The loss of row ${first + s} is ${losses[s]}: its inputs, or the network's weights, are too large for 32 bits.`,
    );
  }
}

/**
 * Whether a sample is classified right: its best output, the first in `best` from `first` on, is one of its labels; a
 * `single` sigmoid output is on the label's side of 1/2.
 */
function isHit(
  values: Float32Array,
  { ids, lengths, positions }: BestClasses,
  first: number,
  sample: number,
  { offsets, ids: labels }: Labels,
  single: boolean,
): boolean {
  if (lengths[sample] === 0) return false;
  const own = labels.subarray(offsets[sample], offsets[sample + 1]);
  return single ? values[positions[first]!]! > 0 === own.length > 0 : own.includes(ids[first]!);
}

/** The labels whose probability reaches the threshold. */
function predictedOf(outputs: Activations, sample: number, threshold: Threshold): number[] {
  const sparse = outputs.kind === 'sparse';
  const from = sparse ? outputs.offsets[sample]! : sample * outputs.stride;
  const to = sparse ? outputs.offsets[sample + 1]! : from + outputs.width;
  const predicted: number[] = [];
  for (let q = from; q < to; q++) {
    const label = sparse ? outputs.ids[q]! : q - from;
    if (probability(outputs.values[q]!) >= thresholdOf(threshold, label)) predicted.push(label);
  }
  return predicted;
}

/** As predictions have it, in 32 bits. */
function probability(logit: number): number {
  return Math.fround(1 / (1 + Math.exp(-logit)));
}

/** The scores of the only output there is. */
class SingleOutput {
  readonly #scores: Float32Array;
  readonly #labels: Uint8Array;
  #rows = 0;

  constructor(rows: number) {
    this.#scores = new Float32Array(rows);
    this.#labels = new Uint8Array(rows);
  }

  add(outputs: Activations, { offsets }: Labels, batch: number): void {
    for (let s = 0; s < batch; s++) {
      const at = outputs.kind === 'sparse' ? outputs.offsets[s]! : s * outputs.stride;
      const missing = outputs.kind === 'sparse' && outputs.offsets[s] === outputs.offsets[s + 1];
      this.#scores[this.#rows] = missing ? -Infinity : outputs.values[at]!;
      this.#labels[this.#rows++] = offsets[s + 1]! > offsets[s]! ? 1 : 0;
    }
  }

  metrics(examples: Examples): Required<Pick<Evaluation, 'rocAuc' | 'averagePrecision'>> {
    const weights = Float64Array.from(this.#labels, (_, row) => weightOf(examples, row));
    return {
      rocAuc: rocAuc(this.#scores, this.#labels, weights),
      averagePrecision: averagePrecision(this.#scores, this.#labels, weights),
    };
  }
}

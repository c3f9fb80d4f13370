/** The measures of an evaluation, of batches that come one after the other. */
import { hasTargets, type Examples } from '../examples/examples.ts';
import { weightOf } from '../examples/sample-weights.ts';
import type { Activations } from '../layers/activations.ts';
import { ClassRanking, type BestClasses } from '../layers/best-classes.ts';
import type { PassKind, Passes } from '../passes/passes.ts';
import type { Labels } from '../selectors/selector.ts';
import { averagePrecision, rocAuc } from './binary-metrics.ts';
import type { EvaluateOptions, Evaluation } from './evaluate-options.ts';
import { LabelCounts, thresholdOf, type Threshold } from './label-metrics.ts';
import { RankingSums } from './ranking-metrics.ts';
import { TargetVariance } from './target-variance.ts';

export class Evaluator implements Disposable {
  readonly #passes: Passes;
  readonly #pass: PassKind;
  readonly #threshold: Threshold | undefined;
  /** Whether there is one sigmoid output, which is on one side of 1/2 or on the other. */
  readonly #single: boolean;
  readonly #ranking: ClassRanking;
  readonly #rankings: RankingSums;
  readonly #counts: LabelCounts | undefined;
  readonly #scored: SingleOutput | undefined;
  /** Of a linear output. */
  readonly #variance: TargetVariance | undefined;
  #rows = 0;
  #hits = 0;
  #weight = 0;
  #loss = 0;

  /** For options that were checked; `at`: the cut-offs of rankings. */
  constructor(passes: Passes, options: EvaluateOptions, at: readonly number[]) {
    const { classes, loss, spec, team } = passes;
    const { pass = 'full', propensities, threshold } = options;
    this.#passes = passes;
    this.#pass = pass;
    this.#threshold = threshold;
    this.#single = loss.kind === 'sigmoid' && classes === 1;
    this.#ranking = new ClassRanking(team, passes.batchOf(pass), Math.max(1, ...at));
    this.#rankings = new RankingSums(at, propensities);
    this.#counts = threshold === undefined ? undefined : new LabelCounts(classes);
    this.#scored = this.#single ? new SingleOutput() : undefined;
    if (loss.kind === 'linear') {
      this.#variance = new TargetVariance(classes, spec.layers.at(-1)!.outputWeights);
    }
  }

  /**
   * Adds the rows permutation[first], permutation[first + 1], ... of accepted examples: `batch` of them, as many as the pass takes at
   * once or, at the end, fewer.
   * @throws {RangeError} if the loss of a row is not finite.
   */
  add(examples: Examples, permutation: Int32Array, first: number, batch: number): void {
    const { buffers, counts, loss } = this.#passes;
    counts.paused(() => {
      buffers.load(examples, permutation, first, batch);
      const outputs = this.#passes.outputs(this.#pass, batch);
      for (let s = 0; s < batch; s++) this.#weight += buffers.weights[s]!;
      if (hasTargets(examples)) {
        for (let s = 0; s < batch; s++) this.#variance!.add(examples, permutation[first + s]!);
      } else this.#addLabels(examples, permutation.subarray(first, first + batch), outputs);
      this.#loss += loss.apply(outputs, buffers, batch);
      checkLosses(loss.losses, this.#rows, batch);
    });
    this.#rows += batch;
  }

  /** Of all rows that were added. */
  result(): Evaluation {
    const rows = this.#rows;
    const loss = this.#loss / this.#weight;
    const rankings = this.#rankings.metrics();
    if (this.#variance) {
      return { rows, accuracy: NaN, loss, determination: explained(loss, this.#variance.value), ...rankings };
    }
    return {
      rows,
      accuracy: this.#hits / (this.#single ? this.#weight : this.#rankings.weight),
      loss,
      ...rankings,
      ...(this.#counts && { labels: this.#counts.metrics() }),
      ...this.#scored?.metrics(),
    };
  }

  [Symbol.dispose](): void {
    this.#ranking[Symbol.dispose]();
  }

  #addLabels(
    examples: Exclude<Examples, { targets: Float32Array }>,
    rows: Int32Array,
    outputs: Activations,
  ): void {
    const { labels, weights } = this.#passes.buffers;
    const ranking = this.#ranking;
    const best = ranking.of(outputs, rows.length);
    for (const [s, row] of rows.entries()) {
      const hit = isHit(outputs.values, best, s * ranking.k, s, labels, this.#single);
      this.#rankings.add(examples, row, best.ids, s * ranking.k, best.lengths[s]!);
      this.#hits += hit ? weights[s]! : 0;
      this.#counts?.add(examples, row, predictedOf(outputs, s, this.#threshold!));
      this.#scored?.add(outputs, s, labels, weightOf(examples, row));
    }
  }
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
  readonly #scores: number[] = [];
  readonly #labels: number[] = [];
  readonly #weights: number[] = [];

  add(outputs: Activations, sample: number, { offsets }: Labels, weight: number): void {
    const at = outputs.kind === 'sparse' ? outputs.offsets[sample]! : sample * outputs.stride;
    const missing = outputs.kind === 'sparse' && at === outputs.offsets[sample + 1];
    this.#scores.push(missing ? -Infinity : outputs.values[at]!);
    this.#labels.push(offsets[sample + 1]! > offsets[sample]! ? 1 : 0);
    this.#weights.push(weight);
  }

  metrics(): Required<Pick<Evaluation, 'rocAuc' | 'averagePrecision'>> {
    return {
      rocAuc: rocAuc(this.#scores, this.#labels, this.#weights),
      averagePrecision: averagePrecision(this.#scores, this.#labels, this.#weights),
    };
  }
}

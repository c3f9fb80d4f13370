/** How well a network does on examples. */
import { ClassRanking, type BestClasses } from '../layers/best-classes.ts';
import { checkAnswers, hasTargets, targetVariance, type Examples } from '../examples/examples.ts';
import type { PassKind, Passes } from '../passes/passes.ts';
import type { Labels } from '../selectors/selector.ts';
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
}

/** How well a network does on examples. */
export interface Evaluation extends RankingMetrics {
  readonly rows: number;
  /**
   * Share of rows whose most probable output is one of their labels: accuracy, or P@1 where there are several. Of a single
   * sigmoid output, share of rows for which it is on the right side of 1/2. Of a linear output NaN: see `determination`.
   */
  readonly accuracy: number;
  /**
   * Mean over the rows: of cross-entropies in nats, or of the mean squared error. In a sparse pass over the active outputs;
   * a label that is not active adds nothing.
   */
  readonly loss: number;
  /** Of a linear output: 1 - loss / variance of the targets, the coefficient of determination (R squared). */
  readonly determination?: number;
}

/** Measures over all examples. @throws {RangeError} if they or the options do not fit. */
export function evaluate(passes: Passes, examples: Examples, options: EvaluateOptions = {}): Evaluation {
  const { classes, buffers, loss: criterion } = passes;
  passes.check(examples);
  checkAnswers(examples, classes, criterion.kind);
  const ranked = criterion.kind !== 'linear';
  const { at = ranked ? [1, 3, 5].filter((cut) => cut <= classes) : [], propensities } = options;
  if (!ranked && (at.length > 0 || propensities)) {
    throw new RangeError('A linear output has no labels to rank: `at` and `propensities` are for classes.');
  }
  checkCuts(at, classes);
  checkPropensities(propensities, classes);
  const { pass = 'full' } = options;
  const chunk = passes.batchOf(pass);
  const permutation = Int32Array.from({ length: examples.rows }, (_, row) => row);
  const sums = new RankingSums(at, propensities);
  using ranking = new ClassRanking(passes.team, chunk, Math.max(1, ...at));
  const single = criterion.kind === 'sigmoid' && classes === 1;
  let hits = 0;
  let loss = 0;
  passes.counts.paused(() => {
    for (let row = 0; row < examples.rows; row += chunk) {
      const batch = Math.min(chunk, examples.rows - row);
      buffers.load(examples, permutation, row, batch);
      const outputs = passes.outputs(pass, batch);
      if (!hasTargets(examples)) {
        const best = ranking.of(outputs, batch);
        for (let s = 0; s < batch; s++) {
          sums.add(examples, row + s, best.ids, s * ranking.k, best.lengths[s]!);
          hits += isHit(outputs.values, best, s * ranking.k, s, buffers.labels, single) ? 1 : 0;
        }
      }
      loss += criterion.apply(outputs, buffers, batch);
    }
  });
  const { rows } = examples;
  const measures = { rows, accuracy: ranked ? hits / rows : NaN, loss: loss / rows };
  if (hasTargets(examples)) {
    const determination = 1 - measures.loss / targetVariance(examples);
    return { ...measures, determination, ...sums.metrics(rows) };
  }
  return { ...measures, ...sums.metrics(rows) };
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

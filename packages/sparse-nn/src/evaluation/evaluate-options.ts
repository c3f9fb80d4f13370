/** What `evaluate` is told and what it tells. */
import type { PassKind } from '../passes/passes.ts';
import type { Known } from '../spec/options.ts';
import type { LabelMetrics, Threshold } from './label-metrics.ts';
import { RANKING_OPTIONS, type RankingMetrics, type RankingOptions } from './ranking-metrics.ts';

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
  ...RANKING_OPTIONS,
  threshold: true,
};

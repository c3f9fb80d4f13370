/** The least that a step of the wide task must do, beside the steps of uniform negatives. */
import type { Examples, SparseExamples } from '@hashgrad/sparse-nn';
import { mean } from 'simple-statistics';
import { SHARED } from '../../arms/outputs.ts';
import { significant } from '../../format.ts';
import type { StepVisits, VisitsForm } from '../baselines/visits/visits.ts';
import { ratio, type Sample } from '../lib/measure.ts';
import type { BenchTable } from '../lib/result.ts';
import { distinctFeatures } from './bytes.ts';
import type { ArmSteps } from './tables.ts';
import type { WideSize } from './task.ts';

/** Steps of a form of the program. */
export interface LeastSteps {
  readonly form: VisitsForm;
  /** Milliseconds. */
  readonly sample: Sample;
}

/** What steps of uniform negatives visit on these batches: rows of labels as many as are drawn by expectation. */
export function stepVisits(size: WideSize, batches: readonly Examples[], threads: number): StepVisits {
  const { features, labels, active, batchSize } = size;
  const nonZeros = mean(batches.map((batch) => (batch as SparseExamples).ids.length)) / batchSize;
  return {
    features,
    visitedFeatures: Math.round(mean(batches.map(distinctFeatures))),
    nonZeros: Math.round(nonZeros),
    labels,
    visitedLabels: Math.round(labels * (1 - (1 - active / labels) ** (batchSize / SHARED))),
    batchSize,
    threads,
  };
}

/** How long the least takes, and how many times as long a step of uniform negatives. */
export function leastTable(steps: readonly LeastSteps[], { name, summary }: ArmSteps): BenchTable {
  return {
    title:
      `What ${name} must do at the least, in C++: the same number of rows visited, with their products and updates; no row is loaded, ` +
      'drawn, sorted or normalized',
    head: ['', 'median, ms', 'quartiles', 'uniform takes times'],
    rows: steps.map(({ form, sample }) => [
      form.name,
      significant(sample.median),
      `${significant(sample.low)} – ${significant(sample.high)}`,
      ratio(summary.milliseconds, sample).median.toFixed(2),
    ]),
  };
}

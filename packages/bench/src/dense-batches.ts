/** How fast the dense network trains at several batch sizes: only the fastest of them is an honest baseline for time. */
import type { DenseDataset } from '@hashgrad/datasets';
import { Network } from '@hashgrad/sparse-nn';
import { sum } from 'simple-statistics';
import { armSpec } from './arms.ts';
import { batchesOf } from './benchmarks/batches.ts';
import { Stepper, timeSteps } from './benchmarks/steps.ts';
import type { StepRun } from './benchmarks/steps.ts';
import type { StudySettings } from './plan.ts';

/** Dense training steps of one batch size. */
export interface DenseTiming {
  readonly batchSize: number;
  /** Steps that were timed. */
  readonly steps: number;
  /** Their time by their samples. */
  readonly secondsPerSample: number;
}

/** Samples that each batch size is timed on, about, and steps before them. */
const SAMPLES = 2048;
const WARM_UP = 2;

/**
 * Times dense training steps at each batch size, by turns. All networks are in memory at once.
 *
 * @param batchSizes none larger than the number of training samples.
 * @returns in the order of `batchSizes`.
 */
export async function timeDense(
  train: DenseDataset,
  { hidden, threads, rate, seeds }: Pick<StudySettings, 'hidden' | 'threads' | 'rate' | 'seeds'>,
  batchSizes: readonly number[],
): Promise<DenseTiming[]> {
  const spec = armSpec('dense', { inputs: train.columns, hidden, classes: train.classes, fraction: 1, rate });
  const seed = seeds[0] as number;
  const runs: Record<string, StepRun> = {};
  try {
    for (const batchSize of batchSizes) {
      const network = await Network.create(spec, { seed, threads, batchSize });
      const measured = Math.ceil(SAMPLES / batchSize);
      const stepper = new Stepper(network, batchesOf(train, batchSize, measured));
      runs[batchSize] = { stepper, plan: { warmUp: WARM_UP, measured } };
    }
    const steps = timeSteps(runs);
    return batchSizes.map((batchSize) => {
      const reports = (steps[batchSize] ?? []).map(({ report }) => report);
      const seconds = sum(reports.map((report) => report.seconds));
      return { batchSize, steps: reports.length, secondsPerSample: seconds / (reports.length * batchSize) };
    });
  } finally {
    for (const { stepper } of Object.values(runs)) stepper.network[Symbol.dispose]();
  }
}

/** Rows that have nothing in common: what a network knows of them it has learned by heart. */
import type { DenseDataset } from '@hashgrad/datasets';
import { randomStream } from '@hashgrad/kernels';
import { filled } from '../engine/filled.ts';
import type { Config } from '../engine/record.ts';
import { checkCounts } from './fields.ts';
import type { LabelledRows, TaskDefinition } from './task.ts';

/** How many rows of what shape; plain JSON. */
export type MemoriseTask = {
  readonly kind: 'memorise';
  readonly rows: number;
  /** Numbers a row, standard normal. */
  readonly dimensions: number;
  readonly classes: number;
  /** Standard deviation of what is added to each number, drawn anew for each epoch of training; 0 for none. */
  readonly noise: number;
  readonly seed: number;
};

/**
 * A task of memorisation: 10,000 Gaussian rows of 64 dimensions with random labels of 256, without noise, of the seed 1, unless
 * options say otherwise. Rows are scored as they are, on what they were trained with.
 */
export function memorise(options: Partial<Omit<MemoriseTask, 'kind'>> = {}): MemoriseTask {
  const usual = { rows: 10_000, dimensions: 64, classes: 256, noise: 0, seed: 1 };
  return { kind: 'memorise', ...filled('memorise', usual, options) };
}

export const memoriseTask: TaskDefinition = {
  kind: 'memorise',
  scoresTraining: true,
  check(task) {
    checkCounts(task, ['rows', 'dimensions', 'classes']);
    checkCounts(task, ['seed'], 0);
    const noise = task['noise'];
    if (!(typeof noise === 'number' && noise >= 0 && noise < Infinity)) {
      throw new RangeError(
        `task.noise is a standard deviation, a number of 0 or more; got ${JSON.stringify(noise)}.`,
      );
    }
  },
  load: (task: Config): LabelledRows => memoriseRows(task as unknown as MemoriseTask),
};

function memoriseRows({ rows, dimensions, classes, noise, seed }: MemoriseTask): LabelledRows {
  const random = randomStream(seed, 'memorise');
  const inputs = Float32Array.from({ length: rows * dimensions }, () => random.normal());
  const labels = Int32Array.from({ length: rows }, () => random.integer(classes));
  const train: DenseDataset = { name: 'memorise', rows, columns: dimensions, classes, inputs, labels };
  const noisy = (epoch: number): DenseDataset => {
    const draws = randomStream(seed, `memorise noise ${epoch}`);
    return { ...train, inputs: inputs.map((value) => value + noise * draws.normal()) };
  };
  return { name: 'memorise', train, test: train, ...(noise > 0 && { trainAt: noisy }) };
}

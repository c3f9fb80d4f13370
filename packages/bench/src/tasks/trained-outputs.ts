/** The labels of a wide network that was trained, as vectors: rows ask for those with the highest logits. */
import type { SparseDataset, Split } from '@hashgrad/datasets';
import {
  adam,
  hidden,
  Network,
  network,
  nonZerosOf,
  random,
  softmax,
  type UnitWeights,
} from '@hashgrad/sparse-nn';
import { filled } from '../engine/filled.ts';
import type { Config } from '../engine/record.ts';
import { checkCounts } from './fields.ts';
import { extremeTask } from './extreme.ts';
import { languageModelTask } from './language-model.ts';
import type { Corpus, TaskDefinition } from './task.ts';

/** Which network; plain JSON. */
export type TrainedOutputsTask = {
  readonly kind: 'outputs';
  /** Gives sparse rows with labels. */
  readonly task: Config;
  /** Units of the one hidden layer. */
  readonly hidden: number;
  /** Labels that are computed for a training row, drawn uniformly, their logits corrected. */
  readonly active: number;
  readonly epochs: number;
  /** Of Adam. */
  readonly rate: number;
  /** Test rows that ask, the first ones. */
  readonly queries: number;
  readonly seed: number;
};

const BATCH = 256;
/** Rows that share what is drawn. */
const SHARED = 16;

/** The labels of a network with 128 hidden units, after 2 epochs with 1,000 labels a row; 1,000 rows ask. */
export function trainedOutputs(
  task: Config,
  options: Partial<Omit<TrainedOutputsTask, 'kind' | 'task'>> = {},
): TrainedOutputsTask {
  const training = { hidden: 128, active: 1000, epochs: 2, rate: 0.001 };
  return {
    kind: 'outputs',
    task,
    ...filled('trainedOutputs', { ...training, queries: 1000, seed: 1 }, options),
  };
}

export const trainedOutputsTask: TaskDefinition = {
  kind: 'outputs',
  check(config) {
    const task = config['task'] as Config;
    definitionOf(task).check?.(task);
    checkCounts(config, ['hidden', 'active', 'epochs', 'queries']);
    checkCounts(config, ['seed'], 0);
  },
  load: (config) => outputsOf(config as unknown as TrainedOutputsTask),
};

/** The task that gives the rows. @throws {Error} if it is of no kind with sparse rows. */
function definitionOf(task: Config | undefined): TaskDefinition {
  const found = [extremeTask, languageModelTask].find(({ kind }) => kind === task?.['kind']);
  if (found !== undefined) return found;
  throw new Error(
    `task.task gives sparse rows, of the kind extreme or language model; got ${JSON.stringify(task?.['kind'])}.`,
  );
}

async function outputsOf({
  task,
  hidden: units,
  active,
  epochs,
  rate,
  queries,
  seed,
}: TrainedOutputsTask): Promise<Corpus> {
  const { name, train, test } = (await definitionOf(task).load(task)) as Split<SparseDataset>;
  const outputs = softmax(train.classes, random({ count: active, logQ: true, shared: SHARED }));
  const spec = network(train.columns, [hidden(units), outputs], adam({ rate }));
  const nonZeros = nonZerosOf([train, test], BATCH);
  using net = await Network.create(spec, { seed, threads: 1, batchSize: BATCH, nonZeros });
  for await (const _ of net.fit(train, { epochs })) void _;
  const labels = net.copyWeights(1);
  const rows = Math.min(queries, test.rows);
  const right = Array.from({ length: rows }, (_, row) =>
    test.labels.slice(test.labelOffsets[row], test.labelOffsets[row + 1]),
  );
  return {
    name: `outputs of ${name}`,
    dimensions: units + 1,
    vectors: withBias(labels),
    queries: hiddenOf(net.copyWeights(0), test, rows),
    right,
  };
}

/** Rows of weights, flat, each with its bias as one more coordinate. */
export function withBias({ weights, bias }: UnitWeights): Float32Array {
  const width = weights.length / bias.length;
  const made = new Float32Array(weights.length + bias.length);
  for (const [unit, value] of bias.entries()) {
    made.set(weights.subarray(unit * width, (unit + 1) * width), unit * (width + 1));
    made[unit * (width + 1) + width] = value;
  }
  return made;
}

/** The hidden layer's outputs for the first rows, rectified, with a 1 after each. */
export function hiddenOf({ weights, bias }: UnitWeights, test: SparseDataset, rows: number): Float32Array {
  const units = bias.length;
  const { columns, offsets, ids, values } = test;
  const outputs = new Float32Array(rows * (units + 1)).fill(1);
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit++) {
      let sum = bias[unit]!;
      for (let at = offsets[row]!; at < offsets[row + 1]!; at++)
        sum += weights[unit * columns + ids[at]!]! * values[at]!;
      outputs[row * (units + 1) + unit] = Math.max(0, sum);
    }
  }
  return outputs;
}

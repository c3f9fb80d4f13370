/** A step of training with a hashed softmax as the last layer of a TensorFlow.js model, beside tfjs's dense softmax. */
import { randomStream } from '@hashgrad/kernels';
import { significant, thousands } from '../format.ts';
import { loadTensorFlow, type TensorFlow } from './baselines/tensorflow.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { secondsOf } from './lib/clock.ts';
import { ratio, sample } from './lib/measure.ts';
import { countOption } from './lib/options.ts';
import type { BenchResult } from './lib/result.ts';
import { denseStep, hashedStep, type Batch, type TfjsTask, type TimedStep } from './tfjs/steps.ts';

/** All but the classes. */
const TASK: Omit<TfjsTask, 'classes'> = { rows: 64, words: 3, vocabulary: 1000, embedding: 32, hidden: 128 };
const CLASSES = 100_000;
const STEPS = 5;
/** Steps with the hashed softmax to one with the dense one, so that its medians are of as much time. */
const HASHED_STEPS = 10;
/** Different batches, which steps go through by turns. */
const BATCHES = 8;

/** What `tfjs` is run with. */
export interface TfjsOptions {
  readonly classes: number;
  /** Steps with the dense softmax. */
  readonly steps: number;
}

/** Steps of a model of TensorFlow.js on its WebAssembly backend. */
export const tfjsBenchmark: Bench = defineBench<TfjsOptions>({
  name: 'tfjs',
  description: `training a TensorFlow.js model on its wasm backend, an embedding and two dense layers below ${thousands(CLASSES)} classes: a hashed softmax beside the dense one, one thread, ms a step`,
  options: {
    classes: countOption('classes', 'classes of the softmax', CLASSES),
    steps: countOption('steps', 'steps with the dense softmax', STEPS),
  },
  run: (options) => runTfjs(options, TASK),
});

/** Runs the benchmark. @throws {Error} saying what to install, where TensorFlow.js is missing. */
export async function runTfjs(
  { classes, steps, onProgress }: TfjsOptions & Told,
  size: Omit<TfjsTask, 'classes'>,
): Promise<BenchResult> {
  const tensorFlow = await loadTensorFlow();
  const wanted = { ...size, classes };
  const dense = largestDense(tensorFlow, wanted, onProgress);
  const task = { ...size, classes: dense.classes };
  const hashed = await hashedStep(tensorFlow, task);
  const ways = [dense.step, hashed];
  try {
    const batches = batchesOf(task);
    // Both compile and warm up: the dense one has done a step.
    for (const batch of batches.slice(0, 2)) hashed.run(batch);
    const times: Times = { dense: { clock: [], processor: [] }, hashed: { clock: [], processor: [] } };
    for (let turn = 0; turn < steps; turn++) {
      onProgress?.(`turn ${turn + 1} of ${steps}`);
      const batch = (i: number): Batch => batches[i % batches.length]!;
      timeStep(times.dense, () => dense.step.run(batch(turn)));
      for (let i = 0; i < HASHED_STEPS; i++) {
        timeStep(times.hashed, () => hashed.run(batch(turn * HASHED_STEPS + i)));
      }
    }
    return resultOf(tensorFlow, task, classes, times);
  } finally {
    for (const way of ways) way.close();
  }
}

/** Milliseconds of each step, by the clock and of the processor. */
interface StepTimes {
  readonly clock: number[];
  readonly processor: number[];
}

type Times = Readonly<Record<'dense' | 'hashed', StepTimes>>;

function timeStep({ clock, processor }: StepTimes, step: () => void): void {
  const before = process.cpuUsage();
  clock.push(1000 * secondsOf(step));
  const { user, system } = process.cpuUsage(before);
  processor.push((user + system) / 1000);
}

/** The dense softmax of so many classes, or of the half as often as needed: of the most that tfjs makes a step with. */
function largestDense(
  tensorFlow: TensorFlow,
  task: TfjsTask,
  onProgress: Told['onProgress'],
): { readonly classes: number; readonly step: TimedStep } {
  for (let classes = task.classes; ; classes = Math.floor(classes / 2)) {
    const tried = { ...task, classes };
    let step: TimedStep | undefined;
    try {
      step = denseStep(tensorFlow, tried);
      step.run(batchesOf(tried)[0]!);
      return { classes, step };
    } catch (error) {
      step?.close();
      if (classes < 2) throw error;
      onProgress?.(`no dense softmax of ${classes} classes: ${(error as Error).message.split('\n')[0]}`);
    }
  }
}

function resultOf({ tf }: TensorFlow, task: TfjsTask, wanted: number, times: Times): BenchResult {
  const [dense, hashed] = [sample(times.dense.clock), sample(times.hashed.clock)];
  const [denseWork, hashedWork] = [sample(times.dense.processor), sample(times.hashed.processor)];
  const { rows, words, vocabulary, embedding, hidden, classes } = task;
  const fits =
    classes === wanted
      ? []
      : [`tfjs has no room for a dense softmax of ${wanted} classes; these are ${classes} of both.`];
  return {
    unit: 'ms a step',
    compare: 'speed-up',
    rows: [
      { name: `dense softmax of TensorFlow.js ${tf.version_core} (wasm)`, sample: dense, baseline: true },
      { name: 'hashed softmax', sample: hashed },
    ],
    figures: { dense_ms: dense, hashed_ms: hashed, step_ratio_wasm: ratio(dense, hashed) },
    notes: [
      `Of the processor a step took ${significant(denseWork.median)} ms dense and ${significant(hashedWork.median)} ms hashed, ` +
        `${significant(denseWork.median / hashedWork.median)} to 1: where others use the machine, the clock counts their work, too.`,
      `Batches of ${rows} rows of ${words} words, an embedding of ${vocabulary} x ${embedding}, two ReLU layers of ${hidden}, ` +
        `${classes} classes, Adam everywhere; forward, backward and update.`,
      'The embedding is a product with rows of 0 and 1 in both: the wasm backend has no gradient of tf.layers.embedding.',
      ...fits,
    ],
  };
}

function batchesOf({ rows, words, vocabulary, classes }: TfjsTask): Batch[] {
  const random = randomStream(1, 'batches');
  return Array.from({ length: BATCHES }, () => ({
    words: Int32Array.from({ length: rows * words }, () => random.integer(vocabulary)),
    labels: Int32Array.from({ length: rows }, () => random.integer(classes)),
  }));
}

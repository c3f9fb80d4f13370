/** One step of training, which `fit` takes time and again and a user may take alone. */
import type { Engine } from './engine.ts';
import type { Passes } from '../passes/passes.ts';
import { checkLabelCounts, inOrder, type Examples } from '../examples/examples.ts';
import { activeUnits } from '../layers/activations.ts';
import { paddingOf, paddingSince, reportOf, type Work, type WorkReport } from './work.ts';

/** What one step did. */
export interface StepResult extends WorkReport {
  /**
   * Updates of the network so far, this step's included: one a batch, or in the update modes 'sample' and 'hogwild' one a
   * sample.
   */
  readonly step: number;
}

/**
 * Examples that fit the network, in the arrays that it reads.
 * @throws {RangeError} @throws {TypeError} if they do not, or if its last layer's selector cannot have all their labels.
 */
export function acceptTraining({ passes }: Engine, given: Examples): Examples {
  const examples = passes.acceptExamples(given);
  checkLabelCounts(examples, mostLabels(passes));
  return examples;
}

/** The same for a piece of examples, all rows of which may weigh 0. */
export function acceptTrainingPiece({ passes }: Engine, given: Examples): Examples {
  const examples = passes.acceptPiece(given);
  checkLabelCounts(examples, mostLabels(passes));
  return examples;
}

/** Labels that a row may have in training, where they are always active. */
function mostLabels({ layers }: Passes): number {
  const { selector, output } = layers.at(-1)!;
  return selector?.maxActive ?? output.width;
}

/** Trains on the rows permutation[first], permutation[first + 1], ... of checked examples: `count` of them, which are a batch. */
export function trainBatch(
  engine: Engine,
  examples: Examples,
  permutation: Int32Array,
  first: number,
  count: number,
): Work {
  const { buffers, layers } = engine.passes;
  const start = performance.now();
  const before = paddingOf(layers);
  buffers.load(examples, permutation, first, count, mostLabels(engine.passes));
  const loss = engine.train(count);
  const active = layers.slice(0, -1).reduce((total, { output }) => total + activeUnits(output, count), 0);
  const padding = paddingSince(before, layers);
  return { loss, active, padding, seconds: (performance.now() - start) / 1000 };
}

/** Trains on all rows of `batch`, in their order. @throws {RangeError} if they do not fit, or are no batch. */
export function step(engine: Engine, given: Examples): StepResult {
  const { counts, layers, options } = engine.passes;
  const batch = acceptTraining(engine, given);
  const { rows } = batch;
  if (rows > options.batchSize) {
    throw new RangeError(
      `A step takes at most ${options.batchSize} rows, the network's batch size; got ${rows}.`,
    );
  }
  const permutation = inOrder(rows);
  const before = counts.get();
  const work = trainBatch(engine, batch, permutation, 0, rows);
  return { step: engine.step, ...reportOf(layers, work, rows, counts.since(before)) };
}

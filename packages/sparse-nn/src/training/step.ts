/** One step of training, which `fit` takes time and again and a user may take alone, at once or in two halves. */
import type { Engine } from './engine.ts';
import type { Passes } from '../passes/passes.ts';
import { checkLabelCounts, inOrder, type Examples } from '../examples/examples.ts';
import { activeUnits, type Activations, type DenseActivations } from '../layers/activations.ts';
import type { Layer } from '../layers/layer.ts';
import { shown } from '../spec/options.ts';
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
  const active = activeHidden(layers, count);
  const padding = paddingSince(before, layers);
  return { loss, active, padding, seconds: (performance.now() - start) / 1000 };
}

/** A step whose first half was made: what it found, and the second half. See `Network.beginStep`. */
export interface BegunStep {
  /** Mean over the rows of the loss over the active outputs, before the update. */
  readonly loss: number;
  /**
   * Makes the gradients and the update.
   * @param options.inputGradients an array that takes the gradients of the mean loss with respect to the inputs, rows x columns,
   * row-major, as they were before the update.
   * @throws {RangeError} if it is not of that size, or the rows are sparse. @throws {Error} if the step was finished before, or
   * the network has worked on other rows since it was begun.
   */
  finish(options?: { readonly inputGradients?: Float32Array | undefined }): StepResult;
}

/** Trains on all rows of `batch`, in their order. @throws {RangeError} if they do not fit, or are no batch. */
export function step(engine: Engine, given: Examples): StepResult {
  const { counts, layers } = engine.passes;
  const batch = acceptBatch(engine, given);
  const { rows } = batch;
  const before = counts.get();
  const work = trainBatch(engine, batch, inOrder(rows), 0, rows);
  return { step: engine.step, ...reportOf(layers, work, rows, counts.since(before)) };
}

/**
 * The forward half of a step on all rows of `batch`.
 * @throws {RangeError} as `step`, and in an update mode in which each sample is a step.
 */
export function beginStep(engine: Engine, given: Examples): BegunStep {
  const { buffers, counts, layers } = engine.passes;
  const batch = acceptBatch(engine, given);
  const { rows, columns } = batch;
  const start = performance.now();
  const [before, padding] = [counts.get(), paddingOf(layers)];
  buffers.load(batch, inOrder(rows), 0, rows, mostLabels(engine.passes));
  const loss = engine.forward(rows);
  const { loads } = buffers;
  const seconds = (performance.now() - start) / 1000;
  let finished = false;
  const finish: BegunStep['finish'] = ({ inputGradients } = {}) => {
    engine.passes.alive();
    if (finished) throw new Error('This step was finished before.');
    if (buffers.loads !== loads) {
      throw new Error(
        'The network has worked on other rows since this step was begun; it cannot be finished.',
      );
    }
    if (inputGradients) checkGradients(buffers.input, inputGradients, rows, columns);
    finished = true;
    const again = performance.now();
    engine.backward(rows, inputGradients !== undefined);
    if (inputGradients) copyGradients(buffers.input as DenseActivations, inputGradients, rows);
    const work = {
      loss,
      active: activeHidden(layers, rows),
      padding: paddingSince(padding, layers),
      seconds: seconds + (performance.now() - again) / 1000,
    };
    return { step: engine.step, ...reportOf(layers, work, rows, counts.since(before)) };
  };
  return { loss: loss / rows, finish };
}

/** Rows that are a batch. @throws {RangeError} if they do not fit, or are too many. */
function acceptBatch(engine: Engine, given: Examples): Examples {
  const batch = acceptTraining(engine, given);
  const { batchSize } = engine.passes.options;
  if (batch.rows <= batchSize) return batch;
  throw new RangeError(
    `A step takes at most ${batchSize} rows, the network's batch size; got ${batch.rows}.`,
  );
}

/** Active units of hidden layers in the batch that was computed last. */
function activeHidden(layers: readonly Layer[], rows: number): number {
  return layers.slice(0, -1).reduce((total, { output }) => total + activeUnits(output, rows), 0);
}

/** @throws {TypeError} @throws {RangeError} unless gradients with respect to the input can be copied there. */
function checkGradients(input: Activations, given: Float32Array, rows: number, columns: number): void {
  if (!(given instanceof Float32Array)) {
    throw new TypeError(`inputGradients is a Float32Array that takes them; got ${shown(given)}.`);
  }
  if (input.kind === 'sparse') {
    throw new RangeError(
      'Gradients with respect to the inputs are of dense rows; the network is for sparse ones.',
    );
  }
  if (given.length === rows * columns) return;
  throw new RangeError(
    `inputGradients of ${rows} rows of ${columns} inputs has ${rows * columns} numbers; got ${given.length}.`,
  );
}

function copyGradients({ gradients, stride, width }: DenseActivations, to: Float32Array, rows: number): void {
  for (let s = 0; s < rows; s++) to.set(gradients.subarray(s * stride, s * stride + width), s * width);
}

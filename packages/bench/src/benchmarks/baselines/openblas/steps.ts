/** Dense training steps of the program on OpenBLAS. */
import type { Examples, UnitWeights } from '@hashgrad/sparse-nn';
import { mean } from 'simple-statistics';
import { isSparse, type Labelled } from '../../lib/batches.ts';
import type { OpenBlas } from './compile.ts';

/** A dense network, ReLU layers and a softmax, and how it is trained by Adam. */
export interface DenseTask {
  /** Of each layer, inputs first. */
  readonly units: readonly number[];
  readonly rate: number;
  readonly threads: number;
}

/** Milliseconds of each of `steps` steps after `warmUp` others, on the batches by turns, from random weights. */
export function stepMilliseconds(
  program: OpenBlas,
  task: DenseTask,
  batches: readonly Examples[],
  { warmUp, measured }: { readonly warmUp: number; readonly measured: number },
): number[] {
  const [, line] = run(program, task, batches, warmUp, measured, []);
  return line;
}

/** Samples a second of such steps, all of a batch size. */
export function sampleRate(...[program, task, batches, plan]: Parameters<typeof stepMilliseconds>): number {
  return (1000 * batches[0]!.rows) / mean(stepMilliseconds(program, task, batches, plan));
}

/** The weights that a step on each of the batches, in their order, makes of others. */
export function weightsAfter(
  program: OpenBlas,
  task: DenseTask,
  batches: readonly Examples[],
  weights: readonly UnitWeights[],
): UnitWeights[] {
  const [printed] = run(program, task, batches, 0, batches.length, weights);
  let at = 0;
  const take = (count: number): Float32Array => {
    const bytes = printed.subarray(at, (at += 4 * count));
    return new Float32Array(Uint8Array.from(bytes).buffer);
  };
  return task.units
    .slice(1)
    .map((units, l) => ({ weights: take(units * task.units[l]!), bias: take(units) }));
}

/** What follows the line of times, and the times. */
function run(
  program: OpenBlas,
  { units, rate, threads }: DenseTask,
  batches: readonly Examples[],
  warmUp: number,
  steps: number,
  weights: readonly UnitWeights[],
): [Buffer, number[]] {
  const [first] = batches as readonly Labelled[];
  const args = ['train', units.join(','), first!.rows, threads, rate, warmUp, steps];
  const arrays = [
    Int32Array.of(batches.length, Number(isSparse(first!))),
    ...weights.flatMap((layer) => [layer.weights, layer.bias]),
    ...(batches as readonly Labelled[]).flatMap(arraysOf),
  ];
  const input = Buffer.concat(
    arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
  const printed = program.run(weights.length > 0 ? [...args, 'weights'] : args, input);
  const end = printed.indexOf('\n');
  const times = printed.subarray(0, end).toString().trim().split(' ').map(Number);
  return [printed.subarray(end + 1), times];
}

/** A batch as the program reads it. */
function arraysOf(batch: Labelled): (Int32Array | Float32Array)[] {
  if (!isSparse(batch)) {
    const { rows, inputs, labels } = batch;
    return [inputs, Int32Array.from({ length: rows + 1 }, (_, row) => row), Int32Array.from(labels)];
  }
  const { offsets, ids, values, labelOffsets, labels } = batch;
  return [offsets, ids, values, labelOffsets, labels];
}

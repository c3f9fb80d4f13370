/** Single batches of a data set, so that a network can be trained, timed and counted step by step. */
import type { DenseExamples, Examples, SparseExamples } from '@hashgrad/sparse-nn';

/** What the data sets of benchmarks are. */
export type Labelled = DenseExamples | SparseExamples;

/** Whether examples are compressed rows. */
export function isSparse(examples: Labelled): examples is SparseExamples {
  return 'labelOffsets' in examples;
}

/**
 * The first whole batches of the examples, in their order, as examples of their own that share the memory of the values.
 *
 * @param most how many batches at most.
 * @throws RangeError if there are fewer rows than a batch has.
 */
export function batchesOf(examples: Labelled, batchSize: number, most: number): Examples[] {
  const count = Math.min(most, Math.floor(examples.rows / batchSize));
  if (count < 1)
    throw new RangeError(`A batch of ${batchSize} needs as many rows; there are ${examples.rows}.`);
  return Array.from({ length: count }, (_, index) => {
    const first = index * batchSize;
    return isSparse(examples)
      ? sparseRows(examples, first, first + batchSize)
      : denseRows(examples, first, first + batchSize);
  });
}

function denseRows({ columns, inputs, labels }: DenseExamples, from: number, to: number): DenseExamples {
  return {
    rows: to - from,
    columns,
    inputs: inputs.subarray(from * columns, to * columns),
    labels: labels.subarray(from, to),
  };
}

/** Rows from `from` to before `to`, sharing the memory of the values. */
function sparseRows(examples: SparseExamples, from: number, to: number): SparseExamples {
  const { columns, offsets, ids, values, labelOffsets, labels } = examples;
  const bounds = (all: Int32Array): readonly [number, number] => [all[from] as number, all[to] as number];
  const rebased = (all: Int32Array): Int32Array =>
    all.subarray(from, to + 1).map((offset) => offset - (all[from] as number));
  return {
    rows: to - from,
    columns,
    offsets: rebased(offsets),
    ids: ids.subarray(...bounds(offsets)),
    values: values.subarray(...bounds(offsets)),
    labelOffsets: rebased(labelOffsets),
    labels: labels.subarray(...bounds(labelOffsets)),
  };
}

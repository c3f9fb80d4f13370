import { checkSeed, checkWhole, checkOptions } from '../check-options.ts';
import { randomPermutation, randomSource } from '../random.ts';
import type { DenseDataset, SparseDataset } from '../types.ts';
import { selectRows } from './rows.ts';

/** How rows are put into batches. */
export interface BatchOptions {
  /** Rows of a batch; 128 by default. The last one has what is left. */
  readonly size?: number;
  /** Whether rows come in random order, which they do by default; else in their own. */
  readonly shuffle?: boolean;
  /** Decides the order, together with `epoch`; from 0 to 2^32 - 1, 1 by default. */
  readonly seed?: number;
  /** Which pass over the rows this is: each has an order of its own. From 0 on; 1 by default. */
  readonly epoch?: number;
  /** Whether rows that fill no batch at the end are left out; they are not by default. */
  readonly dropLast?: boolean;
}

/**
 * The rows of a data set, a batch at a time: each row in one batch, in an order that `seed` and `epoch` alone decide. Each batch
 * is a data set of its own. In their own order, batches share the memory of the set's inputs, values and labels.
 *
 * To train on them: `net.train((epoch) => batches(train, { size: 128, epoch }), { shuffle: false, ... })`. (Networks take a whole
 * data set, too, and then make batches themselves.)
 *
 * @returns an iterable that begins anew each time that it is iterated.
 * @throws RangeError for an option outside its range.
 */
export function batches<T extends DenseDataset | SparseDataset>(
  dataset: T,
  options: BatchOptions = {},
): Iterable<T> {
  checkOptions('batches', options, { size: true, shuffle: true, seed: true, epoch: true, dropLast: true });
  const { size = 128, shuffle = true, seed = 1, epoch = 1, dropLast = false } = options;
  checkWhole(size, 'size', 1);
  checkWhole(epoch, 'epoch', 0);
  checkSeed(seed);
  const count = dropLast ? Math.floor(dataset.rows / size) : Math.ceil(dataset.rows / size);
  return {
    *[Symbol.iterator]() {
      const order = shuffle
        ? randomPermutation(randomSource(seed, `batches/${epoch}`), dataset.rows)
        : undefined;
      for (let i = 0; i < count; i++) {
        const [first, end] = [i * size, Math.min((i + 1) * size, dataset.rows)];
        yield order ? selectRows(dataset, order.subarray(first, end)) : rowsFrom(dataset, first, end);
      }
    },
  };
}

/** Rows that follow each other, as views. */
function rowsFrom<T extends DenseDataset | SparseDataset>(dataset: T, first: number, end: number): T {
  const rows = end - first;
  if ('inputs' in dataset) {
    const { inputs, labels, columns } = dataset;
    return {
      ...dataset,
      rows,
      inputs: inputs.subarray(first * columns, end * columns),
      labels: labels.subarray(first, end),
    };
  }
  const { offsets, ids, values, labelOffsets, labels } = dataset;
  const [from, to] = [offsets[first]!, offsets[end]!];
  const [labelsFrom, labelsTo] = [labelOffsets[first]!, labelOffsets[end]!];
  return {
    ...dataset,
    rows,
    offsets: offsets.slice(first, end + 1).map((offset) => offset - from),
    ids: ids.subarray(from, to),
    values: values.subarray(from, to),
    labelOffsets: labelOffsets.slice(first, end + 1).map((offset) => offset - labelsFrom),
    labels: labels.subarray(labelsFrom, labelsTo),
  };
}

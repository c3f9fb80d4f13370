/** How many bytes a step of the wide task moves: a model, from what was counted, to be held against the memory's speed. */
import { PARTS } from '@hashgrad/sparse-nn';
import { optimizerCost } from '@hashgrad/sparse-nn';
import type { AdamSpec, Examples, LshSpec, Part, SelectorSpec, SparseExamples } from '@hashgrad/sparse-nn';
import { mean } from 'simple-statistics';
import { byPart, type StepSummary } from '../lib/steps.ts';
import { rehashEvery, WIDE_ADAM } from './task.ts';
import type { WideSize } from './task.ts';

/** What a step of the wide task works on; means over steps. */
export interface WideTraffic {
  readonly batchSize: number;
  readonly labels: number;
  /** Bytes from one row of weights to the next, in both layers: a row belongs to a feature or to a label. */
  readonly rowBytes: number;
  /** Bytes of a row's moments, biases' left out. */
  readonly momentBytes: number;
  /** Non-zeros of the batch. */
  readonly nonZeros: number;
  /** Different features in it: rows of the first layer that are visited. */
  readonly features: number;
  /** (row, label) pairs whose outputs are computed. */
  readonly pairs: number;
  /** Different labels among them: rows of the second layer that are visited. */
  readonly visited: number;
  /** Hash tables; 0 where nothing is hashed. */
  readonly tables: number;
  /** Bucket entries that the look-ups read. */
  readonly entries: number;
  /** Steps from one rehash of all labels to the next; only where there are tables. */
  readonly rehashEvery: number;
}

const FLOAT = 4;

/**
 * Bytes read and written in a step, by part; every array as often as a pass goes through it. Left out is what stays in
 * the caches: hyperplanes, the hidden activations as each pair reads them, and partial sums.
 *
 * - hashing: the activations read, the codes written.
 * - choose: two bounds of a bucket for each row and table, the buckets' entries, the chosen labels written.
 * - forward: non-zeros copied into the batch; a visit to each feature's row; the activations written. The pairs sorted
 *   by label (labels read twice, places and rows written) and walked (places and rows read, outputs written), a visit
 *   to each label's row and bias; the softmax (outputs and labels read, gradients written).
 * - backward: pairs walked (places, rows and gradients read), each label's row with its bias and their moments read and
 *   written, its count of updates too; the same for the features, whose non-zeros are sorted first; the activations'
 *   gradients written and read. The optimizer works within this part.
 * - rehash, once in so many steps: rows read for their lengths and for their projections, codes written and read by both
 *   passes of the counting sort, labels written.
 */
export function bytesMoved(traffic: WideTraffic): Record<Part, number> {
  const { batchSize, labels, rowBytes, nonZeros, features, pairs, visited, tables, entries } = traffic;
  const activations = batchSize * rowBytes;
  /** Weights, moments and count of updates of a row, read and written. */
  const update = 2 * (rowBytes + traffic.momentBytes + FLOAT);
  /** The same of a bias, which has its row's count. */
  const updateBias = 2 * 3 * FLOAT;
  const sorted = (2 + 2 + 2) * FLOAT;
  const bytes: Partial<Record<Part, number>> = {
    hashing: tables === 0 ? 0 : activations + batchSize * tables * FLOAT,
    choose: tables === 0 ? pairs * FLOAT : (2 * batchSize * tables + entries + pairs) * FLOAT,
    forward:
      nonZeros * 4 * FLOAT +
      features * rowBytes +
      activations +
      pairs * (sorted + FLOAT + 3 * FLOAT) +
      visited * (rowBytes + FLOAT),
    backward:
      pairs * 3 * FLOAT +
      visited * (update + updateBias) +
      nonZeros * (sorted + FLOAT) +
      features * update +
      2 * activations,
    rehash: tables === 0 ? 0 : (labels * (2 * rowBytes + 4 * tables * FLOAT)) / traffic.rehashEvery,
  };
  return byPart((part) => bytes[part] ?? 0);
}

/** Sum over the parts. */
export function totalBytes(bytes: Readonly<Record<Part, number>>): number {
  return PARTS.reduce((sum, part) => sum + bytes[part], 0);
}

/** Bytes of a row of weights: whole cache lines. */
export function rowBytesOf(size: WideSize): number {
  return Math.ceil(size.hidden / 16) * 16 * FLOAT;
}

/** Bytes of the moments that Adam keeps for a row of weights. */
export function momentBytesOf(size: WideSize, { firstMoment, secondMoment }: AdamSpec): number {
  const of = { float32: rowBytesOf(size), bfloat16: rowBytesOf(size) / 2, row: FLOAT };
  return of[firstMoment] + of[secondMoment];
}

/**
 * What the measured steps worked on. The products tell the number of pairs, the optimizer's work that of rows visited:
 * both are counted exactly.
 */
export function wideTraffic(
  size: WideSize,
  select: SelectorSpec,
  { work, batches }: StepSummary,
): WideTraffic {
  const { multiplyAdds, entries } = work;
  const nonZeros = mean(batches.map((batch) => (batch as SparseExamples).ids.length));
  const features = mean(batches.map(distinctFeatures));
  const hashed = select.kind === 'lsh' ? (select as LshSpec) : undefined;
  return {
    batchSize: size.batchSize,
    labels: size.labels,
    rowBytes: rowBytesOf(size),
    momentBytes: momentBytesOf(size, WIDE_ADAM),
    nonZeros,
    features,
    pairs: multiplyAdds.forward / size.hidden - nonZeros,
    visited: multiplyAdds.optimizer / (optimizerCost(WIDE_ADAM) * size.hidden) - features,
    tables: hashed?.family.tables ?? 0,
    entries: entries.choose,
    rehashEvery: hashed ? rehashEvery(hashed) : 1,
  };
}

const counted = new WeakMap<Examples, number>();

/** How many different features occur in a batch: the rows of the first layer's weights that a step visits. */
export function distinctFeatures(batch: Examples): number {
  const known = counted.get(batch) ?? new Set((batch as SparseExamples).ids).size;
  counted.set(batch, known);
  return known;
}

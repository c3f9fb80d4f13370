/** Training in segments, after each of which the network may be evaluated. */
import { type DenseDataset, selectRows, type SparseDataset } from '@hashgrad/datasets';
import type { EpochReport, Network } from '@hashgrad/sparse-nn';
import type { Length } from './length.ts';

/** A segment of training, in rows since its start; it crosses no epoch. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  /** Whether an evaluation follows. */
  readonly evaluated: boolean;
}

/** Cuts training at `evaluations`, shares of it that are brought to whole batches, and where epochs end. */
export function segments(
  rows: number,
  epochs: number,
  evaluations: readonly number[],
  batchSize: number,
): Segment[] {
  const total = rows * epochs;
  const places = new Set([total]);
  for (const share of evaluations) {
    const within = (share * total) % rows;
    const start = share * total - within;
    const place = Math.round(start + Math.min(rows, Math.round(within / batchSize) * batchSize));
    if (place > 0) places.add(place);
  }
  const ends = Array.from({ length: epochs }, (_, epoch) => (epoch + 1) * rows);
  const cuts = [...new Set([...places, ...ends])].toSorted((a, b) => a - b);
  return cuts.map((to, i) => ({ from: cuts[i - 1] ?? 0, to, evaluated: places.has(to) }));
}

/** What training gave since the last report. */
export interface TrainedSegment {
  /** Of the rows of a segment. */
  readonly report: EpochReport;
  /** From 1. */
  readonly epoch: number;
  /** Rows so far, as a share of all of training. */
  readonly done: number;
  readonly evaluated: boolean;
}

/**
 * Trains as it is iterated.
 *
 * @param trainAt the rows as they are in an epoch, from 1, where that changes them.
 * @param evaluations shares of the epochs; `null` for the ends of epochs. Between two of them the rows have their own random order,
 * so that evaluating within an epoch changes what is trained.
 */
export async function* trainSegments(
  net: Network,
  rows: DenseDataset | SparseDataset,
  trainAt: ((epoch: number) => DenseDataset) | undefined,
  length: Length,
  evaluations: readonly number[] | null,
  batchSize: number,
): AsyncGenerator<TrainedSegment, void, undefined> {
  if (evaluations === null) {
    const { options } = length;
    const fit = trainAt
      ? net.fit((epoch: number) => [trainAt(epoch)], { ...options, shuffle: { window: rows.rows } })
      : net.fit(rows, options);
    for await (const report of fit) {
      length.ended(report);
      yield { report, epoch: report.epoch, done: length.done, evaluated: true };
    }
    return;
  }
  const { epochs } = length;
  for (const { from, to, evaluated } of segments(rows.rows, epochs, evaluations, batchSize)) {
    const first = from % rows.rows;
    const epoch = Math.floor(from / rows.rows) + 1;
    const part = selectRows<DenseDataset | SparseDataset>(
      trainAt?.(epoch) ?? rows,
      Int32Array.from({ length: to - from }, (_, row) => first + row),
    );
    for await (const report of net.fit(part, { epochs: 1 })) {
      yield { report, epoch, done: to / (rows.rows * epochs), evaluated };
    }
  }
}

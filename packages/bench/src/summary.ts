/** From the records of single runs to one row for each arm and fraction, with the spread over the seeds. */
import { mean, median, sampleStandardDeviation } from 'simple-statistics';
import { PARTS } from '@hashgrad/sparse-nn';
import type { Part } from '@hashgrad/sparse-nn';
import type { RunRecord } from './records.ts';

/** Mean over the seeds, with the sample standard deviation (n - 1); of a single run no deviation is known. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number | null;
}

/** Median over the seeds, with the extremes. */
export interface Range {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Means over the seeds of one epoch. */
export interface CurvePoint {
  readonly epoch: number;
  /** Test accuracies. */
  readonly full: Spread;
  readonly sparse: Spread;
}

/** One arm at one fraction, all its seeds together. */
export interface SummaryRow {
  readonly arm: string;
  readonly fraction: number;
  /** Number of runs, one a seed. */
  readonly runs: number;
  readonly accuracy: { readonly sparse: Spread; readonly full: Spread };
  /** Measured mean share of hidden units computed in training. */
  readonly activeShare: number;
  /** Multiply-adds by part as a share of the dense network's total; 1 is as many as dense. */
  readonly multiplyAdds: Readonly<Record<Part, number>>;
  /** Sum of `multiplyAdds`. */
  readonly multiplyAddsTotal: number;
  readonly secondsPerEpoch: Range;
  /** Mean seconds per epoch, by part. */
  readonly partSeconds: Readonly<Record<Part, number>>;
  /**
   * Training time as a multiple of the dense arm's. Each run is divided by the dense run of the same seed, which was
   * measured close to it in time, and the median of these ratios is taken: a machine that slows down for a while
   * slows both. `null` when there is no dense run of any of the seeds.
   */
  readonly secondsRelative: Range | null;
  readonly curve: readonly CurvePoint[];
}

/** Mean and sample standard deviation of at least one value. */
export function spread(values: readonly number[]): Spread {
  const copy = [...values];
  return { mean: mean(copy), deviation: copy.length < 2 ? null : sampleStandardDeviation(copy) };
}

/** Median, least and greatest of at least one value. */
export function range(values: readonly number[]): Range {
  return { median: median([...values]), low: Math.min(...values), high: Math.max(...values) };
}

/**
 * Groups records by arm and fraction, in the order in which these first appear, but every arm's fractions together.
 *
 * @param records runs of one study: the same data set, units and epochs.
 * @throws Error if the records are of different data sets or networks, which one table must not mix.
 */
export function summarize(records: readonly RunRecord[]): SummaryRow[] {
  checkComparable(records);
  const denseSeconds = new Map(
    records.filter((record) => record.arm === 'dense').map((record) => [record.seed, record.seconds]),
  );
  const arms = [...new Set(records.map((record) => record.arm))];
  return arms.flatMap((arm) => {
    const ofArm = records.filter((record) => record.arm === arm);
    const fractions = [...new Set(ofArm.map((record) => record.fraction))].toSorted((a, b) => a - b);
    return fractions.map((fraction) =>
      summarizeGroup(
        ofArm.filter((record) => record.fraction === fraction),
        denseSeconds,
      ),
    );
  });
}

function summarizeGroup(group: readonly RunRecord[], denseSeconds: ReadonlyMap<number, number>): SummaryRow {
  const first = group[0] as RunRecord;
  const multiplyAdds = byPart((part) =>
    mean(group.map((record) => record.multiplyAdds[part] / record.denseMultiplyAdds)),
  );
  const ratios = group.flatMap((record) => {
    const dense = denseSeconds.get(record.seed);
    return dense === undefined ? [] : [record.seconds / dense];
  });
  return {
    arm: first.arm,
    fraction: first.fraction,
    runs: group.length,
    accuracy: {
      sparse: spread(group.map((record) => record.accuracy.sparse)),
      full: spread(group.map((record) => record.accuracy.full)),
    },
    activeShare: mean(group.map((record) => record.activeShare)),
    multiplyAdds,
    multiplyAddsTotal: PARTS.reduce((sum, part) => sum + multiplyAdds[part], 0),
    secondsPerEpoch: range(group.map((record) => record.seconds / record.epochs)),
    partSeconds: byPart((part) => mean(group.map((record) => record.partSeconds[part] / record.epochs))),
    secondsRelative: ratios.length === 0 ? null : range(ratios),
    curve: curve(group),
  };
}

function curve(group: readonly RunRecord[]): CurvePoint[] {
  const first = group[0] as RunRecord;
  return first.history.map(({ epoch }, index) => ({
    epoch,
    full: spread(group.flatMap((record) => record.history[index]?.full ?? [])),
    sparse: spread(group.flatMap((record) => record.history[index]?.sparse ?? [])),
  }));
}

function setting(record: RunRecord): string {
  return `${record.dataset}, ${record.units.join('-')}, ${record.epochs} epochs, batches of ${record.batchSize}`;
}

function checkComparable(records: readonly RunRecord[]): void {
  const first = records[0];
  if (first === undefined) throw new Error('There are no records to summarize.');
  const other = records.find((record) => setting(record) !== setting(first));
  if (other !== undefined) {
    throw new Error(
      `The records mix two studies, which cannot be compared: ${setting(first)}; and ${setting(other)}.`,
    );
  }
}

/** A record by part, from a function of the part. */
export function byPart(value: (part: Part) => number): Record<Part, number> {
  return {
    hashing: value('hashing'),
    choose: value('choose'),
    forward: value('forward'),
    backward: value('backward'),
    optimizer: value('optimizer'),
    rehash: value('rehash'),
  };
}

/** What each arm of the wide task learns in two epochs, and how soon. */
import type { SparseDataset, Split } from '@hashgrad/datasets';
import type { SparseExamples } from '@hashgrad/sparse-nn';
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { significant } from '../../format.ts';
import { batchesOf } from '../lib/batches.ts';
import type { BenchTable } from '../lib/result.ts';
import { createWide } from './task.ts';
import type { WideArm, WideSize } from './task.ts';

/** The P@1 to which the time is taken: the full softmax passes it between the first epoch and the second. */
const TARGET = 0.38;

const EPOCHS = 2;
/** Evaluations in an epoch. */
const QUARTERS = 4;

/** P@1 at a moment of training. */
export interface PrecisionPoint {
  /** Epochs until then. */
  readonly epoch: number;
  /** Share of test rows whose most probable label, of all, is one of theirs: P@1. */
  readonly precision: number;
  /** Seconds of training until then, evaluations left out. */
  readonly seconds: number;
}

/** Trains an arm for two epochs, and evaluates it after each quarter of one; rows are shuffled within the quarters. */
export async function learn(
  size: WideSize,
  arm: WideArm,
  data: Split<SparseDataset>,
  threads: number,
  seed: number,
): Promise<PrecisionPoint[]> {
  using network = await createWide(size, arm, data, threads, seed);
  const quarters = batchesOf(data.train, Math.ceil(data.train.rows / QUARTERS), QUARTERS) as SparseExamples[];
  const learned: PrecisionPoint[] = [];
  let total = 0;
  for (let quarter = 1; quarter <= EPOCHS * QUARTERS; quarter++) {
    const rows = quarters[(quarter - 1) % quarters.length] as SparseExamples;
    for await (const { seconds } of network.fit(rows, { epochs: 1 })) total += seconds;
    const precision = network.evaluate(data.test).accuracy;
    learned.push({ epoch: quarter / QUARTERS, precision, seconds: total });
  }
  return learned;
}

/** Seconds of training until P@1, `start` before it, was `target`, on straight lines between evaluations; nothing if it never was. */
export function secondsTo(
  target: number,
  learned: readonly Pick<PrecisionPoint, 'precision' | 'seconds'>[],
  start: number = 0,
): number | undefined {
  const at = learned.findIndex(({ precision }) => precision >= target);
  if (at < 0) return undefined;
  const after = learned[at]!;
  const before = learned[at - 1] ?? { precision: start, seconds: 0 };
  const share = (target - before.precision) / (after.precision - before.precision);
  return before.seconds + share * (after.seconds - before.seconds);
}

/** P@1 after an epoch, mean over the seeds. */
export function precisionAfter(epoch: number, bySeed: readonly (readonly PrecisionPoint[])[]): number {
  return mean(precisions(epoch, bySeed));
}

function precisions(epoch: number, bySeed: readonly (readonly PrecisionPoint[])[]): number[] {
  return bySeed.map((learned) => learned.find((moment) => moment.epoch === epoch)?.precision ?? NaN);
}

/** P@1 and training time of all arms, by arm the records of each seed. */
export function accuracyTable(
  learned: Readonly<Record<string, readonly (readonly PrecisionPoint[])[]>>,
): BenchTable {
  const rows = Object.entries(learned).map(([name, bySeed]) => {
    const soon = bySeed.map((each) => secondsTo(TARGET, each));
    return [
      name,
      String(bySeed.length),
      ...[1, EPOCHS].map((epoch) => withDeviation(precisions(epoch, bySeed), (value) => value.toFixed(3))),
      significant(mean(bySeed.map((each) => each.at(-1)?.seconds ?? NaN))),
      soon.includes(undefined) ? 'never' : withDeviation(soon as number[], significant),
    ];
  });
  return {
    title:
      'P@1 on the test rows over all labels, mean ± standard deviation over seeds; seconds of training, all and until ' +
      `P@1 is ${TARGET}`,
    head: ['', 'seeds', 'P@1, epoch 1', `P@1, epoch ${EPOCHS}`, 's', `s to ${TARGET}`],
    rows,
  };
}

function withDeviation(values: readonly number[], format: (value: number) => string): string {
  const text = format(mean(values as number[]));
  return values.length < 2 ? text : `${text} ± ${format(sampleStandardDeviation(values as number[]))}`;
}

/** What each arm of the wide task learns in two epochs. */
import type { SparseDataset, Split } from '@hashgrad/datasets';
import { significant } from '../format.ts';
import type { BenchTable } from './result.ts';
import { createWide } from './wide-task.ts';
import type { WideArm, WideSize } from './wide-task.ts';

/** After an epoch of training. */
export interface Learned {
  /** Share of test rows whose most probable label, of all, is one of theirs: P@1. */
  readonly precision: number;
  /** Seconds of training until then, evaluations left out. */
  readonly seconds: number;
}

/** Trains an arm for two epochs of all rows, and evaluates it after each. */
export async function learn(
  size: WideSize,
  arm: WideArm,
  data: Split<SparseDataset>,
  threads: number,
): Promise<readonly [Learned, Learned]> {
  using network = await createWide(size, arm, data, threads);
  const learned: Learned[] = [];
  let total = 0;
  for await (const { seconds } of network.fit(data.train, { epochs: 2 })) {
    total += seconds;
    learned.push({ precision: network.evaluate(data.test).accuracy, seconds: total });
  }
  return learned as [Learned, Learned];
}

/** P@1 and training time of all arms. */
export function accuracyTable(learned: Readonly<Record<string, readonly [Learned, Learned]>>): BenchTable {
  const rows = Object.entries(learned).map(([name, [first, second]]) => [
    name,
    first.precision.toFixed(3),
    significant(first.seconds),
    second.precision.toFixed(3),
    significant(second.seconds),
  ]);
  return {
    title: 'P@1 on the test rows over all labels, and seconds of training until then',
    head: ['', 'P@1, epoch 1', 's', 'P@1, epoch 2', 's'],
    rows,
  };
}

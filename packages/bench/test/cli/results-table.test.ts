import { expect, test } from 'vitest';
import { resultsTable } from '../../src/cli/results-table.ts';
import { planPoints } from '../../src/engine/plan.ts';
import type { TrialRecord } from '../../src/engine/record.ts';
import { record, study, trial } from '../engine/made-up.ts';

const metrics = ['accuracy.full', 'secondsPerEpoch'];
const what = study({ metrics, factors: { a: { one: { a: 1 }, two: { a: 2 } } } });

function run(a: string, seed: number, values: Record<string, number>, change: object = {}): TrialRecord {
  return record({ trial: trial({ point: { a }, seed }), metrics: values, cost: {}, ...change });
}

function rows(records: readonly TrialRecord[]): string[][] {
  const lines = resultsTable(what, planPoints(what), records).split('\n');
  return lines
    .filter((line) => line.startsWith('│'))
    .map((line) =>
      line
        .split('│')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

test('means and deviations over the seeds, in the units of the metrics; failures are counted', () => {
  const records = [
    run('two', 1, { 'accuracy.full': 0.9, secondsPerEpoch: 2 }),
    run('one', 1, { 'accuracy.full': 0.5 }),
    run('two', 2, { 'accuracy.full': 0.92, secondsPerEpoch: 2 + 1e-12 }),
    run('two', 3, {}, { error: { message: 'no' } }),
    run('one', 9, { 'accuracy.full': 1 }, { trial: trial({ point: { a: 'one' }, stage: 'tune' }) }),
  ];
  expect(rows(records)).toEqual([
    ['', 'accuracy, full pass, %', 'time an epoch, s', 'n'],
    ['one', '50.0', '–', '1'],
    ['two', '91.0 ± 1.4', '2.00', '2, 1 failed'],
  ]);
});

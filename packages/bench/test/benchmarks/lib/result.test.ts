import { expect, test } from 'vitest';
import { sample } from '../../../src/benchmarks/lib/measure.ts';
import { benchTable, type BenchResult } from '../../../src/benchmarks/lib/result.ts';

const result: BenchResult = {
  unit: 'samples/s',
  rows: [
    { name: 'one thread', sample: sample([100, 100, 120]), baseline: true },
    { name: 'two threads', sample: sample([180, 190, 150]) },
  ],
  figures: { samples_per_s_1t: 100, samples_per_s_2t: 180 },
};

test('the table compares with the baseline of the group', () => {
  const table = benchTable(result);
  expect(table).toMatch(/one thread .* 100 .* 1\.00/);
  expect(table).toMatch(/two threads .* 180 .* 100 .* 1\.80/);
  expect(table).toContain('samples_per_s_2t = 180');
});

test('times are compared the other way round', () => {
  const table = benchTable({ ...result, compare: 'speed-up' });
  expect(table).toContain(' speed-up ');
  expect(table).toMatch(/two threads .* 180 .* 100 .* 0\.56/);
});

test('further tables stand below the first', () => {
  const further = { title: 'Where the time goes', head: ['', 'ms'], rows: [['reading', '7.00']] };
  const table = benchTable({ ...result, tables: [further], notes: ['A note.'] });
  expect(table).toMatch(
    /two threads [\s\S]*\nWhere the time goes\n[\s\S]*reading .* 7\.00 [\s\S]*\nA note\.\nFigures: /,
  );
});

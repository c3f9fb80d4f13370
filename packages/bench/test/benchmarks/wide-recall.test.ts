import { expect, test } from 'vitest';
import { runWideRecall } from '../../src/benchmarks/wide-recall.ts';
import { equalWork, lift, METHODS } from '../../src/benchmarks/wide/finding.ts';
import { expectFigures, TINY } from './tiny.ts';

test('wide-recall: what is found, beside as many random labels', { timeout: 60_000 }, async () => {
  const names = ['centred, 32 tables', 'learned, 32 tables of 4 bits more', 'signatures, 64 bits'];
  const methods = METHODS.filter(({ name }) => names.includes(name));
  const size = { ...TINY, train: 16 * 8, test: 32 };
  const result = await runWideRecall(size, { epochs: 1, seeds: [1, 2] }, methods);
  expect(result.rows.map(({ name }) => name)).toEqual(names);
  for (const { sample } of result.rows) {
    expect(sample.count).toBe(2);
    expect(sample.median).toBeGreaterThan(0);
    expect(sample.median).toBeLessThanOrEqual(1);
  }
  const [found, equal] = result.tables ?? [];
  expect(found.rows.map(([name]) => name)).toEqual(names);
  expect(equal.rows.map(([name]) => name)).toEqual(['signatures, 64 bits']);
  expectFigures(result, ['lift_centred_32_tables', 'lift_learned_32_tables_of_4_bits_more']);
});

test('the lift is over what as many random labels would find', () => {
  expect(lift({ recall: 0.3, entries: 20, work: 1 }, 1000)).toBeCloseTo(15, 12);
  // Reading all labels and more finds all.
  expect(lift({ recall: 0.5, entries: 3000, work: 1 }, 1000)).toBe(0.5);
});

test('tables are held against signatures of no less work', () => {
  const words = { recall: 0.6, entries: 0, work: 100 };
  const [cheap, best, dear] = [
    { recall: 0.2, entries: 5, work: 10 },
    { recall: 0.4, entries: 9, work: 100 },
    { recall: 0.9, entries: 50, work: 101 },
  ];
  expect(equalWork([dear, words, cheap, best])).toEqual([{ signatures: words, tables: best }]);
  expect(equalWork([dear, words])).toEqual([{ signatures: words, tables: undefined }]);
});

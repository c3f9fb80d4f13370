import { randomStream } from '@hashgrad/kernels';
import { MinHashIndex } from '@hashgrad/lsh';
import { expect, test } from 'vitest';
import { runMinHash } from '../../src/benchmarks/minhash.ts';
import { exactJoin, jaccard, PlainMinHash } from '../../src/benchmarks/baselines/plain-minhash.ts';
import { expectFigures, valuesOf } from './tiny.ts';

test('the benchmark has every figure and row, and finds what there is', async () => {
  const result = await runMinHash({ texts: 400, words: [30, 60], rounds: 1 }, {});
  expectFigures(result, [
    'minhash_add_ratio',
    'minhash_query_ratio',
    'minhash_law',
    'minhash_recall',
    'minhash_precision',
    'minhash_bytes_per_set',
  ]);
  expect(result.rows.length).toBe(5);
  expect(valuesOf(result)['minhash_precision']).toBe(1);
  expect(valuesOf(result)['minhash_recall']).toBeGreaterThan(0.9);
});

test('what the index is compared with does the same work', () => {
  const random = randomStream(2, 'minhash test');
  const word = (): string => `word ${random.integer(60)}`;
  const sets = Array.from({ length: 60 }, () => new Set(Array.from({ length: 20 }, word)));
  const threshold = 0.2;
  const all = sets.flatMap((set, a) =>
    sets
      .slice(a + 1)
      .map((other, i) => ({ a, b: a + 1 + i, similarity: jaccard(set, other) }))
      .filter(({ similarity }) => similarity >= threshold),
  );
  expect(all.length).toBeGreaterThan(20);
  expect(exactJoin(sets, threshold)).toEqual(all);
  // Of very many tables of one minimum, all that have something in common share a bucket.
  const plain = new PlainMinHash(1, 400, random);
  using index = new MinHashIndex({ hashes: 1, tables: 400 });
  for (const set of sets) plain.add(set);
  index.addAll(sets);
  for (const set of sets) expect(plain.query(set, threshold)).toEqual(index.query(set, { threshold }));
});

import { randomStream } from '@hashgrad/kernels';
import { expect, test } from 'vitest';
import { runLshIndex } from '../../src/benchmarks/lsh-index.ts';
import { plainScan, TextbookSimHash } from '../../src/benchmarks/baselines/plain-simhash.ts';
import { expectFigures } from './tiny.ts';

test('the benchmark has every figure and row', async () => {
  const size = { vectors: 300, dimensions: 16, queries: 5, bits: 4, tables: 4 };
  const result = await runLshIndex(size, {}, { rounds: 1, seconds: 0.01 });
  expectFigures(result, [
    'build_ratio',
    'add_ratio',
    'update_ratio',
    'query_ratio',
    'default_query_ratio',
    'scan_query_ratio',
    'default_recall',
  ]);
  expect(result.rows.length).toBe(13);
});

test('the textbook finds with one bit and many tables what a scan finds', () => {
  const random = randomStream(1, 'textbook');
  const vectors = Float32Array.from({ length: 40 * 5 }, () => random.normal());
  const index = new TextbookSimHash({ dimensions: 5, bits: 1, tables: 60 });
  for (let id = 0; id < 40; id++) index.add(id, vectors.subarray(id * 5, (id + 1) * 5));
  vectors.copyWithin(0, 5, 10);
  index.update(0, vectors.subarray(0, 5));
  const query = vectors.subarray(50, 55);
  expect(index.query(query, 6)).toEqual(plainScan(vectors, query, 6));
  expect(plainScan(vectors, query, 1)[0]?.id).toBe(10);
});

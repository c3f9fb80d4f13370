import { expect, test } from 'vitest';
import { lookup } from '@hashgrad/kernels/reference';
import { buildTables } from '@hashgrad/kernels/reference';
import { randomStream } from '@hashgrad/kernels';
import { runLsh } from '../../src/benchmarks/lsh.ts';
import { MapTables, plainBuild } from '../../src/benchmarks/baselines/plain-lsh.ts';
import { expectFigures } from './tiny.ts';

test('the benchmark has every figure and row', async () => {
  const size = { items: 300, width: 16, bits: 3, tables: 4, queries: 3, limit: 10, changes: 5 };
  const result = await runLsh(size, {}, { rounds: 1, seconds: 0.01 });
  expectFigures(result, ['table_build_ratio', 'lookup_ratio', 'edited_lookup_ratio', 'update_ratio']);
  expect(result.rows.length).toBe(7);
});

test('what the kernels are compared with does the same work', () => {
  const random = randomStream(1, 'lsh test');
  const [items, tables, buckets] = [50, 3, 4];
  const codes = Uint32Array.from({ length: items * tables }, () => random.integer(buckets));
  const expected = buildTables(codes, tables, items, buckets);
  const starts = new Int32Array(tables * (buckets + 1)).fill(-1);
  const ids = new Int32Array(tables * items);
  plainBuild(codes, { items, tables, buckets }, starts, ids);
  expect([starts, ids]).toEqual([expected.starts, expected.items]);
  const maps = new MapTables(codes, items);
  for (const query of [
    [0, 1, 2],
    [3, 3, 0],
  ]) {
    const found = lookup(expected, query, { limit: 7, ranked: true });
    expect(maps.query(query, 7).toSorted()).toEqual([...found.ids].toSorted());
  }
});

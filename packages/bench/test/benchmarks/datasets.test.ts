import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadXc } from '@hashgrad/datasets';
import { expect, onTestFinished, test } from 'vitest';
import { readBySplitting } from '../../src/benchmarks/baselines/read-lines.ts';
import { runDatasets } from '../../src/benchmarks/datasets.ts';
import { expectFigures } from './tiny.ts';

test('the benchmark has every figure and row', async () => {
  const result = await runDatasets({ megabytes: 1, rounds: 1 }, {});
  expectFigures(result, [
    'xc_mb_per_s',
    'xc_ratio',
    'libsvm_ratio',
    'ratings_ratio',
    'words_ratio',
    'xc_memory_ratio',
  ]);
  expect(result.rows.length).toBe(8);
});

test('what the parsers are compared with reads the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hashgrad-read-lines-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'a.txt');
  writeFileSync(path, '2 6 4\n0,3 1:0.5 4:-2\n2 5:.25\n');
  const { train } = await loadXc({ train: path, test: path });
  const plain = await readBySplitting(path, 'xc');
  expect([...plain.values]).toEqual([...train.values]);
  expect([...plain.ids]).toEqual([0, 3, 1, 4, 2, 5]);
  expect(plain.rows).toBe(train.rows);
});

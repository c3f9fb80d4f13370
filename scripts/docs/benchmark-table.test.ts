import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeResultFile } from '../../packages/bench/src/benchmarks/lib/result-file.ts';
import { benchmarkTable, keepBenchmark } from './benchmark-table.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'hashgrad-figures-'));
});
afterAll(() => rmSync(root, { recursive: true }));

test('figures that are kept become a table with the machine and the options; those of another benchmark are refused', () => {
  const table = benchmarkTable('wide', 'README.md', root);
  expect(table.draw([])).toBe('*Not measured yet*: `npx @hashgrad/bench bench wide` does it.');
  const file = join(root, 'wide.json');
  writeResultFile(file, {
    name: 'wide',
    machine: { cpu: 'Some CPU', cores: 2, memoryGiB: 8, platform: 'linux x64', node: 'v26.10.0' },
    options: { threads: 2, json: undefined },
    figures: { lsh_ms: { value: 14.04, low: 13.5, high: 15 } },
  });
  expect(() => keepBenchmark('dense', file, root)).toThrow('its figures are of the benchmark wide');
  keepBenchmark('wide', file, root);
  expect(table.draw([]).split('\n')).toEqual([
    '| figure | median | range |',
    '|---|--:|--:|',
    '| `lsh_ms` | 14.0 | 13.5 to 15.0 |',
    '',
    '`npx @hashgrad/bench bench wide` on Some CPU, 2 cores, 8 GiB, linux x64, Node v26.10.0, threads 2. Another run may find what lies in the range.',
  ]);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeResultFile } from '../../packages/bench/src/benchmarks/lib/result-file.ts';
import { benchmarkTable, keepBenchmark, type Quoted } from './benchmark-table.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'hashgrad-figures-'));
});
afterAll(() => rmSync(root, { recursive: true }));

test('figures that are kept become a table with the machine and the options; those of another benchmark are refused', () => {
  const table = benchmarkTable({ benchmark: 'wide', file: 'README.md' }, root);
  expect(table.draw([])).toBe('*Not measured yet*: `npx @hashgrad/bench bench wide` does it.');
  const file = join(root, 'wide.json');
  writeResultFile(file, {
    name: 'wide',
    machine: { cpu: 'Some CPU', cores: 2, memoryGiB: 8, platform: 'linux x64', node: 'v26.10.0' },
    options: { threads: 2, cache: '/home/somebody/.cache', json: undefined },
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

test('a table names its rows, may have columns of figures alike, and refuses names of nothing', () => {
  const file = join(root, 'mips.json');
  const figure = { value: 12_345, low: 12_000, high: 13_000 };
  writeResultFile(file, {
    name: 'mips',
    machine: { cpu: 'Some CPU', cores: 2, memoryGiB: 8, platform: 'linux x64', node: 'v26.10.0' },
    options: {},
    figures: { flat_qps: figure, flat_build_s: { value: 1.5, low: 1, high: 2 }, words_qps: figure },
  });
  keepBenchmark('mips', file, root);
  const columns = { flat: 'flat_*', words: 'words_*' };
  const linesOf = (quoted: Partial<Quoted>): string[] =>
    benchmarkTable({ benchmark: 'mips', file: 'README.md', ...quoted }, root)
      .draw([])
      .split('\n');
  expect(linesOf({ columns, rows: { qps: 'queries a second', build_s: 'built' } }).slice(0, 4)).toEqual([
    '| median (range) | flat | words |',
    '|---|--:|--:|',
    '| queries a second | 12,300 (12,000 to 13,000) | 12,300 (12,000 to 13,000) |',
    '| built | 1.50 (1.00 to 2.00) | – |',
  ]);
  expect(linesOf({ rows: { words_qps: 'words' } })[2]).toBe('| words | 12,300 | 12,000 to 13,000 |');
  expect(() => linesOf({ rows: { words_build_s: 'built' } })).toThrow('have no words_build_s');
  expect(() => linesOf({ columns, rows: { bulid_s: 'built' } })).toThrow('have no bulid_s');
});

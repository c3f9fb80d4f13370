import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as kernels from '@hashgrad/kernels';
import * as reference from '@hashgrad/kernels/reference';
import { expect, test } from 'vitest';
import * as index from '../src/index.ts';
import { KERNELS } from './jobs.ts';

test('the package and its references are found by their names', () => {
  expect(Object.keys(kernels)).toEqual(Object.keys(index));
  expect(Object.keys(kernels)).toContain('Arena');
});

/** Steps of `RowPairs`, which as a whole has the reference sortPairs. */
const STEPS: readonly string[] = ['countPairs', 'spreadPairs', 'unpackPairs', 'packRows', 'expandPairs'];

test('every kernel that works on items has a reference of its name', () => {
  const own = KERNELS.filter((kernel) => !STEPS.includes(kernel));
  expect(Object.keys(reference)).toEqual(expect.arrayContaining(own));
});

test('what is published has the sources of the WASM program and what compiles them', () => {
  const path = join(import.meta.dirname, '../package.json');
  const { files } = JSON.parse(readFileSync(path, 'utf8')) as { files: string[] };
  expect(files).toEqual(expect.arrayContaining(['assembly', 'scripts', 'src', 'dist']));
});

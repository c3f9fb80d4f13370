import { expect, test } from 'vitest';
import { measureHashFamilies } from '../../src/benchmarks/hash-families.ts';
import { expectFigures, valuesOf } from './tiny.ts';

/** Calls each once, and says that it took a millisecond more than the one before: what they take is nobody's concern here. */
function time(functions: Readonly<Record<string, () => void>>): Record<string, number[]> {
  for (const call of Object.values(functions)) call();
  return Object.fromEntries(Object.keys(functions).map((name, i) => [name, [1e-3 * (1 + i)]]));
}

test('every family is measured in every shape, beside plain TypeScript', async () => {
  const lines: string[] = [];
  const options = { vectors: 20, time, onProgress: (text: string) => lines.push(text) };
  const { tables, figures, notes } = await measureHashFamilies(options);
  expect(lines).toEqual([
    'K x L = 9 x 50, d = 128',
    'K x L = 9 x 50, d = 784',
    'K x L = 6 x 5, d = 128',
    'K x L = 6 x 5, d = 784',
  ]);
  const keys = ['simhash', 'simhash_sparse', 'simhash_hadamard', 'crosspolytope', 'pstable'].concat([
    'wta',
    'dwta',
    'minhash',
    'doph',
    'weightedminhash',
  ]);
  const shapes = ['9x50_d128', '9x50_d784', '6x5_d128', '6x5_d784'];
  const names = shapes.flatMap((shape) => [
    ...keys.flatMap((key) => [`${key}_${shape}_per_s`, `${key}_${shape}_ratio`]),
    `simhash_${shape}_product_ratio`,
  ]);
  expectFigures({ unit: 'ms', rows: [], tables, figures, notes }, names);
  // Ten families and the product.
  expect(tables[0]?.rows.length).toBe(44);
  // The product is the last function of 21, 20 vectors in 21 ms; SimHash is the first.
  expect(valuesOf({ figures })['simhash_6x5_d784_product_ratio']).toBeCloseTo(1 / 21, 9);
  expect(valuesOf({ figures })['simhash_6x5_d784_ratio']).toBeCloseTo(2, 9);
});

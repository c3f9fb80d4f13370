import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { bindHasher, collisionProbability, familyOf, wta } from '../../src/index.ts';
import { codesOf, normals } from '../vectors.ts';

const team = Team.single(new Arena());

test('codes depend on the order of the coordinates only, and a zero is one of them', () => {
  const rows = normals(30, 50, 1).map((row) => row.map((x) => (Math.abs(x) < 0.1 ? 0 : x)));
  const spec = wta({ hashes: 8, tables: 12 });
  const codes = codesOf(team, spec, rows);
  const warped = rows.map((row) => row.map((x) => Math.exp(x)));
  expect(codesOf(team, spec, warped)).toEqual(codes);
  expect(codesOf(team, spec, rows, { form: 'sparse' })).toEqual(codes);
});

test('each place of the winner is met in each digit', () => {
  const spec = wta({ hashes: 8, tables: 40 });
  const units = Array.from({ length: 8 }, (_, k) => Array.from({ length: 8 }, (__, j) => (j === k ? 1 : 0)));
  const codes = codesOf(team, spec, units);
  for (let t = 0; t < 40; t++) {
    for (let digit = 0; digit < 8; digit++) {
      const places = codes.map((code) => ((code[t] as number) >>> (3 * digit)) & 7);
      expect(new Set(places).size).toBe(8);
    }
  }
});

test('a bin of equal coordinates has its first as the winner', () => {
  const spec = wta({ hashes: 4, tables: 20, binSize: 4 });
  for (const value of [-3, 0, 5]) {
    const codes = codesOf(team, spec, [Array.from({ length: 9 }, () => value)]);
    expect(new Set(codes.flat())).toEqual(new Set([0]));
  }
});

test('buckets, counts and defaults', () => {
  const context = { dimensions: 16, tailWidth: 0, seed: 1, team };
  using hasher = bindHasher(wta({ hashes: 8, tables: 2, buckets: 5000 }), context);
  expect([hasher.buckets, hasher.operations(3)]).toEqual([5000, { comparisons: 2 * 8 * 8 }]);
  expect(wta({ hashes: 6, tables: 50 })).toEqual({ kind: 'wta', hashes: 6, tables: 50, binSize: 8 });
  expect(familyOf(wta({ hashes: 6, tables: 50 })).similarity).toBe('rank');
  expect(collisionProbability(wta({ hashes: 2, tables: 1, buckets: 4 }), 0.5)).toBe(0.25 + 0.75 / 4);
});

describe('refusals', () => {
  test.each<[object, string]>([
    [{ tables: 0 }, 'wta: tables is an integer from 1 to 4096; got 0.'],
    [{ binSize: 12 }, 'wta: binSize is a power of 2; got 12.'],
    [{ hashes: 9 }, 'wta: hashes (of 3 bits each) is an integer from 1 to 8; got 9.'],
    [{ buckets: 1 }, 'wta: buckets is an integer from 2 to 262144; got 1.'],
  ])('%o', (change, message) => {
    expect(() => wta({ hashes: 6, tables: 50, ...change })).toThrow(new RangeError(message));
  });

  test('vectors shorter than a bin, and similarities that are none', () => {
    const context = { dimensions: 6, tailWidth: 1, seed: 1, team };
    expect(() => bindHasher(wta({ hashes: 2, tables: 3 }), context)).toThrow(
      'wta: vectors have as many coordinates as a bin (8) or more; got 7.',
    );
    expect(() => collisionProbability(wta({ hashes: 1, tables: 1 }), 1.1)).toThrow('got 1.1.');
  });
});

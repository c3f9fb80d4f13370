import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { bindHasher, collisionProbability, crossPolytope, familyOf } from '../../src/index.ts';
import { codesOf, normals } from '../vectors.ts';

const team = Team.single(new Arena());

function law(bits: number, size: number, cosine: number): number {
  return collisionProbability(crossPolytope({ bits, tables: 1, size }), cosine);
}

describe('the law', () => {
  test.each([2, 8, 64, 256, 4096])(
    'of a polytope of %i coordinates is 1 / (2 size) at a right angle',
    (size) => {
      expect(law(Math.log2(size) + 1, size, 0) * 2 * size).toBeCloseTo(1, 5);
    },
  );

  test.each([-0.9, -0.3, 0, 0.2, 0.7, 0.99, 0.9999])(
    'at cosine %d is that of SimHash for small polytopes',
    (cosine) => {
      const side = 1 - Math.acos(cosine) / Math.PI;
      expect(law(1, 1, cosine)).toBeCloseTo(side, 12);
      // A square's corners are the quadrants of a plane, which two hyperplanes at right angles cut out.
      expect(law(2, 2, cosine)).toBeCloseTo(side ** 2, 5);
    },
  );

  test('is 1 for equal vectors, 0 for opposite ones, and rises between', () => {
    for (const [bits, size] of [
      [7, 64],
      [9, 64],
      [20, 1024],
    ] as const) {
      const cosines = Array.from({ length: 201 }, (_, i) => (i - 100) / 100);
      const values = cosines.map((cosine) => law(bits, size, cosine));
      expect([values[0], values.at(-1)]).toEqual([0, 1]);
      for (let i = 1; i < values.length; i++)
        expect(values[i]).toBeGreaterThanOrEqual(values[i - 1] as number);
    }
  });

  test('of several polytopes is the product', () => {
    expect(law(9, 64, 0.6)).toBeCloseTo(law(7, 64, 0.6) * law(2, 64, 0.6), 12);
    expect(law(2, 64, 0.6)).toBeCloseTo(law(2, 2, 0.6), 12);
  });
});

test('the opposite vector has the opposite corners', () => {
  const rows = normals(20, 100, 1);
  const spec = crossPolytope({ bits: 9, tables: 20, size: 64 });
  const codes = codesOf(team, spec, rows);
  const opposite = codesOf(
    team,
    spec,
    rows.map((row) => row.map((x) => -x)),
  );
  // Seven bits of which the highest is the sign, then two.
  for (const [i, row] of codes.entries()) expect(opposite[i]).toEqual(row.map((code) => code ^ 0b1000000_10));
});

test('every corner is somebody’s nearest', () => {
  const codes = codesOf(team, crossPolytope({ bits: 4, tables: 6, size: 8 }), normals(600, 30, 2));
  for (let t = 0; t < 6; t++) expect(new Set(codes.map((code) => code[t])).size).toBe(16);
});

test('operations are counted', () => {
  const context = { dimensions: 100, tailWidth: 0, seed: 1, team };
  using hasher = bindHasher(crossPolytope({ bits: 9, tables: 4, size: 64 }), context);
  // 4 (64 + 2) outputs, of two common rounds and three others of 7 levels.
  expect(hasher.operations(100)).toEqual({ additions: 5 * 7 * 128, comparisons: 264 });
});

describe('refusals', () => {
  test.each<[object, string]>([
    [{ bits: 0 }, 'crossPolytope: bits is an integer from 1 to 24; got 0.'],
    [{ bits: 25 }, 'crossPolytope: bits is an integer from 1 to 24; got 25.'],
    [{ tables: 4097 }, 'crossPolytope: tables is an integer from 1 to 4096; got 4097.'],
    [{ size: 0 }, 'crossPolytope: size is an integer from 1 to 65536; got 0.'],
    [{ size: 48 }, 'crossPolytope: size is a power of 2; got 48.'],
  ])('%o', (change, message) => {
    expect(() => crossPolytope({ bits: 9, tables: 5, ...change })).toThrow(new RangeError(message));
  });

  test('a cosine that is none, and too many dimensions', () => {
    expect(() => collisionProbability(crossPolytope({ bits: 1, tables: 1 }), 1.5)).toThrow(
      'A cosine is from -1 to 1; got 1.5.',
    );
    const context = { dimensions: 2 ** 25 + 1, tailWidth: 0, seed: 1, team };
    expect(() => bindHasher(crossPolytope({ bits: 1, tables: 1 }), context)).toThrow(
      'crossPolytope: the rotation is for up to 33554432 dimensions; got 33554433.',
    );
  });
});

test('specs are plain, and have their defaults', () => {
  expect(crossPolytope({ bits: 9, tables: 5 })).toEqual({
    kind: 'crossPolytope',
    bits: 9,
    tables: 5,
    size: 64,
  });
  expect(familyOf(crossPolytope({ bits: 9, tables: 5 })).similarity).toBe('cosine');
});

import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { bindHasher, collisionProbability, familyOf, pStable } from '../../src/index.ts';
import { codesOf, normals } from '../vectors.ts';

const team = Team.single(new Arena());

function density(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/** Upper tail of the normal distribution, by Simpson's rule. */
function tail(x: number): number {
  const [steps, to] = [4000, 12];
  const h = (to - x) / steps;
  let sum = density(x) + density(to);
  for (let i = 1; i < steps; i++) sum += (i % 2 ? 4 : 2) * density(x + i * h);
  return (sum * h) / 3;
}

describe('the law', () => {
  test.each([0.1, 0.5, 1, 2, 5])(
    'of cells that do not wrap is that of Datar et al., at distance %d',
    (distance) => {
      const spec = pStable({ hashes: 2, tables: 1, width: 1.5, cells: 4096 });
      const q = 1.5 / distance;
      const f = 1 - 2 * tail(q) - (2 / (Math.sqrt(2 * Math.PI) * q)) * (1 - Math.exp((-q * q) / 2));
      expect(collisionProbability(spec, distance)).toBeCloseTo(f ** 2, 8);
    },
  );

  test('is 1 at distance 0 and falls to one in cells^hashes, without a step', () => {
    for (const cells of [2, 8, 64]) {
      const spec = pStable({ hashes: 2, tables: 1, width: 1, cells });
      const values = Array.from({ length: 600 }, (_, i) => collisionProbability(spec, cells * i * 0.01));
      expect(values[0]).toBe(1);
      for (let i = 1; i < values.length; i++) {
        expect(values[i]).toBeLessThanOrEqual((values[i - 1] as number) + 1e-12);
      }
      expect(values.at(-1)).toBeCloseTo(1 / cells ** 2, 9);
      expect(collisionProbability(spec, 1e9)).toBe(1 / cells ** 2);
      expect(collisionProbability(spec, Infinity)).toBe(1 / cells ** 2);
    }
  });
});

test('vectors and their shift by `cells` cells in all directions share codes only modulo', () => {
  // In one dimension a projection is a multiple of it: a step of so much moves by whole rounds.
  const spec = pStable({ hashes: 1, tables: 300, width: 1, cells: 8 });
  const [zero = [], ...steps] = codesOf(team, spec, [
    [0],
    ...Array.from({ length: 80 }, (_, i) => [i * 0.25]),
  ]);
  expect(new Set(zero)).toEqual(new Set([0]));
  for (const codes of steps) expect(Math.max(...codes)).toBeLessThan(8);
  expect(new Set(steps.map((codes) => codes[0])).size).toBe(8);
  // A neighbour is in the same cell or in the next, up or down.
  for (let i = 1; i < steps.length; i++) {
    for (const [t, code] of (steps[i] ?? []).entries()) {
      const moved = (code - (steps[i - 1]?.[t] ?? 0) + 8) % 8;
      expect([0, 1, 7]).toContain(moved);
    }
  }
});

test('each cell is met in each digit of a code', () => {
  const codes = codesOf(team, pStable({ hashes: 6, tables: 5, width: 1, cells: 8 }), normals(400, 30, 2));
  for (let t = 0; t < 5; t++) {
    for (let digit = 0; digit < 6; digit++) {
      const cells = codes.map((code) => ((code[t] as number) >>> (3 * digit)) & 7);
      const counts = Array.from({ length: 8 }, (_, cell) => cells.filter((x) => x === cell).length);
      expect(Math.min(...counts)).toBeGreaterThan(20);
    }
  }
});

test('the width is in the unit of the vectors', () => {
  const rows = normals(30, 20, 1);
  const codes = codesOf(team, pStable({ hashes: 4, tables: 9, width: 2 }), rows);
  const scaled = rows.map((row) => row.map((x) => 4 * x));
  expect(codesOf(team, pStable({ hashes: 4, tables: 9, width: 8 }), scaled)).toEqual(codes);
  expect(codesOf(team, pStable({ hashes: 4, tables: 9, width: 2 }), scaled)).not.toEqual(codes);
});

test('multiply-adds are counted', () => {
  const context = { dimensions: 10, tailWidth: 2, seed: 1, team };
  using hasher = bindHasher(pStable({ hashes: 3, tables: 7, width: 1 }), context);
  expect(hasher.operations(4)).toEqual({ multiplyAdds: 6 * 21 });
  expect(hasher.buckets).toBe(64 ** 3);
});

describe('refusals', () => {
  test.each<[object, string]>([
    [{ hashes: 0 }, 'pStable: hashes is an integer from 1 to 24; got 0.'],
    [{ tables: 0 }, 'pStable: tables is an integer from 1 to 4096; got 0.'],
    [{ cells: 1 }, 'pStable: cells is an integer from 2 to 4096; got 1.'],
    [{ cells: 12 }, 'pStable: cells is a power of 2; got 12.'],
    [{ hashes: 9, cells: 8 }, 'pStable: hashes (of 3 bits each) is an integer from 1 to 8; got 9.'],
    [{ width: 0 }, 'pStable: width is above 0 and finite; got 0.'],
    [{ width: Infinity }, 'pStable: width is above 0 and finite; got Infinity.'],
  ])('%o', (change, message) => {
    expect(() => pStable({ hashes: 6, tables: 5, width: 1, ...change })).toThrow(new RangeError(message));
  });

  test.each([-1, Number.NaN])('a distance of %d', (distance) => {
    expect(() => collisionProbability(pStable({ hashes: 1, tables: 1, width: 1 }), distance)).toThrow(
      `A distance is 0 or more; got ${distance}.`,
    );
  });
});

test('specs are plain, and have their defaults', () => {
  const spec = pStable({ hashes: 6, tables: 5, width: 2 });
  expect(spec).toEqual({ kind: 'pStable', hashes: 6, tables: 5, width: 2, cells: 8 });
  const cells = [1, 2, 3, 9, 18, 24].map((hashes) => pStable({ hashes, tables: 1, width: 1 }).cells);
  expect(cells).toEqual([256, 256, 64, 4, 2, 2]);
  expect(familyOf(spec).similarity).toBe('euclidean');
});

import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { bindHasher, collisionProbability, simHash } from '../../src/index.ts';
import { collisions, mean } from '../collisions.ts';
import { pairsAt } from '../laws.ts';
import { codesOf, normals } from '../vectors.ts';

const team = Team.single(new Arena());
const PROJECTIONS = ['sparse', 'hadamard'] as const;
const COSINES = [0.2, 0.5, 0.8, 0.95];

/** Share of collisions over all pairs. */
function rateOf(spec: ReturnType<typeof simHash>, rows: readonly number[][], seeds: number): number {
  const { hits, draws } = collisions(team, spec, rows, seeds);
  return mean(hits) / draws;
}

describe.each(PROJECTIONS)('the collision law of dense vectors, %s', (projection) => {
  test.each(COSINES)('one bit at cosine %d: to within 0.005', (cosine) => {
    const spec = simHash({ bits: 1, tables: 450, projection });
    const law = collisionProbability(spec, cosine);
    expect(Math.abs(rateOf(spec, pairsAt(cosine, 128), 60) - law)).toBeLessThan(0.005);
  });

  test.each([0.8, 0.95])('nine bits at cosine %d: to within 5 % of it', (cosine) => {
    const spec = simHash({ bits: 9, tables: 50, projection });
    const rate = rateOf(spec, pairsAt(cosine, 128), 150);
    expect(rate / collisionProbability(spec, cosine)).toBeGreaterThan(0.95);
    expect(rate / collisionProbability(spec, cosine)).toBeLessThan(1.05);
  });

  test('tables are as good as independent', () => {
    const spec = simHash({ bits: 9, tables: 50, projection });
    const p = collisionProbability(spec, 0.8);
    const variance = mean(collisions(team, spec, pairsAt(0.8, 128), 150).variances);
    expect(variance / (50 * p * (1 - p))).toBeGreaterThan(0.85);
    expect(variance / (50 * p * (1 - p))).toBeLessThan(1.15);
  });
});

describe('where the law does not hold', () => {
  const one = { bits: 1, tables: 450 } as const;

  test('sparse hyperplanes on sparse vectors: of 4 non-zeros most planes see two', () => {
    const rows = pairsAt(0.2, 4);
    const law = collisionProbability(simHash(one), 0.2);
    const rate = rateOf(simHash({ ...one, projection: 'sparse' }), rows, 30);
    expect(rate - law).toBeGreaterThan(0.03);
    expect(rate - law).toBeLessThan(0.1);
    expect(Math.abs(rateOf(simHash({ ...one, projection: 'hadamard' }), rows, 30) - law)).toBeLessThan(0.008);
  });

  test('sparse hyperplanes on one heavy coordinate, as Simple-LSH appends: most planes do not see it', () => {
    const rows = pairsAt(0.95, 128);
    // Data are three quarters as long again, at a right angle; queries are not.
    const tails = rows.map((row, i) => (i % 2 ? [0.75 * Math.hypot(...row)] : [0]));
    const law = collisionProbability(simHash(one), 0.95 / Math.hypot(1, 0.75));
    const rate = (projection: 'sparse' | 'hadamard'): number => {
      const { hits, draws } = collisions(team, simHash({ ...one, projection }), rows, 60, { tails });
      return mean(hits) / draws;
    };
    expect(rate('sparse') - law).toBeGreaterThan(0.015);
    expect(rate('sparse') - law).toBeLessThan(0.03);
    expect(Math.abs(rate('hadamard') - law)).toBeLessThan(0.008);
  });

  test('one table of hyperplanes at right angles is a little stricter', () => {
    const spec = simHash({ bits: 9, tables: 1, projection: 'hadamard' });
    const share = rateOf(spec, pairsAt(0.5, 128), 4000) / collisionProbability(spec, 0.5);
    expect(share).toBeGreaterThan(0.85);
    expect(share).toBeLessThan(1);
  });
});

/**
 * Entries of sparse hyperplanes: [h][k] is hyperplane h's at coordinate k. A vector that is -1 there and 0 elsewhere is on
 * the lower side of those that add it, one that is 1 of those that subtract it.
 */
function planesOf(dimensions: number, density?: number): number[][] {
  const spec = simHash({ bits: 12, tables: 10, projection: 'sparse', ...(density && { density }) });
  const unit = (k: number, value: number): number[] =>
    Array.from({ length: dimensions }, (_, j) => (j === k ? value : 0));
  const rows = Array.from({ length: 2 * dimensions }, (_, i) => unit(Math.floor(i / 2), i % 2 ? -1 : 1));
  const bits = codesOf(team, spec, rows).map((codes) =>
    codes.flatMap((code) => Array.from({ length: 12 }, (_, j) => (code >>> j) & 1)),
  );
  return Array.from({ length: 120 }, (_, h) =>
    Array.from({ length: dimensions }, (__, k) => (bits[2 * k]?.[h] ?? 0) - (bits[2 * k + 1]?.[h] ?? 0)),
  );
}

describe('sparse hyperplanes', () => {
  test.each([
    [1, undefined, 1],
    [3, undefined, 1],
    [4, undefined, 2],
    [128, undefined, 43],
    [129, undefined, 43],
    [100, 0.07, 7],
    [10, 1, 10],
    [10, 0.001, 1],
  ])('in %i dimensions with density %s have %i entries each', (dimensions, density, entries) => {
    const planes = planesOf(dimensions, density);
    const counts = new Set(planes.map((plane) => plane.filter((entry) => entry !== 0).length));
    expect(counts).toEqual(new Set([entries]));
  });

  test('have entries of both signs at all coordinates alike', () => {
    const planes = planesOf(30);
    const at = Array.from({ length: 30 }, (_, k) => planes.filter((plane) => plane[k] !== 0).length);
    // 120 planes, each of which has a coordinate with probability a third.
    expect(Math.min(...at)).toBeGreaterThan(20);
    expect(Math.max(...at)).toBeLessThan(60);
    const positive = planes.flat().filter((entry) => entry === 1).length;
    expect(positive / (120 * 10)).toBeGreaterThan(0.44);
    expect(positive / (120 * 10)).toBeLessThan(0.56);
    expect(new Set(planes.map(String)).size).toBe(120);
  });
});

test('additions are counted', () => {
  const context = { dimensions: 127, tailWidth: 1, seed: 1, team };
  const count = (projection: 'sparse' | 'hadamard'): number | undefined => {
    using hasher = bindHasher(simHash({ bits: 9, tables: 50, projection }), context);
    return hasher.operations(127).additions;
  };
  // 43 of 128 coordinates; two common rounds and four others of 7 levels.
  expect(count('sparse')).toBeCloseTo(450 * 43, 6);
  expect(count('hadamard')).toBe(6 * 7 * 128);
});

describe('refusals', () => {
  const parameters = { bits: 4, tables: 2 } as const;

  test('an unknown projection', () => {
    expect(() => simHash({ ...parameters, projection: 'dense' as 'sparse' })).toThrow(
      new RangeError("simHash: projection is 'gaussian', 'sparse', 'hadamard'; got 'dense'."),
    );
  });

  test.each([0, -1, 1.1, Number.NaN])('a density of %d', (density) => {
    expect(() => simHash({ ...parameters, projection: 'sparse', density })).toThrow(
      new RangeError(`simHash: density is above 0 and at most 1; got ${density}.`),
    );
  });

  test.each(['gaussian', 'hadamard', undefined] as const)('a density for %s', (projection) => {
    expect(() => simHash({ ...parameters, ...(projection && { projection }), density: 0.5 })).toThrow(
      `simHash: only projection 'sparse' has a density; got 0.5 for '${projection ?? 'gaussian'}'.`,
    );
  });

  test('more dimensions than the transform can have', () => {
    const spec = simHash({ ...parameters, projection: 'hadamard' });
    const context = { dimensions: 2 ** 25, tailWidth: 1, seed: 1, team };
    expect(() => bindHasher(spec, context)).toThrow(
      "simHash: projection 'hadamard' is for up to 33554432 dimensions; got 33554433.",
    );
  });
});

test('the default is gaussian, and specs say no more than they were given', () => {
  expect(simHash({ bits: 4, tables: 2 })).toEqual({ kind: 'simHash', bits: 4, tables: 2 });
  const rows = normals(5, 20, 1);
  const named = codesOf(team, simHash({ bits: 4, tables: 2, projection: 'gaussian' }), rows);
  expect(named).toEqual(codesOf(team, simHash({ bits: 4, tables: 2 }), rows));
  const sparse = simHash({ bits: 4, tables: 2, projection: 'sparse', density: 0.25 });
  expect(sparse).toEqual({ kind: 'simHash', bits: 4, tables: 2, projection: 'sparse', density: 0.25 });
});

import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import {
  bindHasher,
  collisionProbability,
  doph,
  familyOf,
  minHash,
  weightedMinHash,
  type FamilySpec,
  type HashOperations,
} from '../../src/index.ts';
import { collisions, mean } from '../collisions.ts';
import { setPairs } from '../laws.ts';
import { codesOf, dense, normals, sparse } from '../vectors.ts';

const team = Team.single(new Arena());
const FAMILIES = [
  ['minHash', minHash],
  ['doph', doph],
  ['weightedMinHash', weightedMinHash],
] as const;

describe.each(FAMILIES)('%s', (kind, family) => {
  test('specs are plain, and have their defaults', () => {
    expect(family({ hashes: 6, tables: 5 })).toEqual({ kind, hashes: 6, tables: 5, bits: 3 });
    const bits = [1, 2, 3, 5, 18, 24].map((hashes) => family({ hashes, tables: 1 }).bits);
    expect(bits).toEqual([8, 8, 6, 3, 1, 1]);
    expect(familyOf(family({ hashes: 1, tables: 1 })).similarity).toBe('jaccard');
  });

  test('the law counts in that other winners share bits', () => {
    expect(collisionProbability(family({ hashes: 1, tables: 1, bits: 1 }), 0)).toBe(0.5);
    expect(collisionProbability(family({ hashes: 3, tables: 1, bits: 2 }), 0.5)).toBeCloseTo(0.625 ** 3, 12);
    expect(collisionProbability(family({ hashes: 3, tables: 1, bits: 2 }), 1)).toBe(1);
    for (const similarity of [-0.1, 1.1, Number.NaN]) {
      expect(() => collisionProbability(family({ hashes: 1, tables: 1 }), similarity)).toThrow(
        `A Jaccard similarity is from 0 to 1; got ${similarity}.`,
      );
    }
  });

  test('every label is met in every place of a code', () => {
    const units = Array.from({ length: 400 }, (_, k) =>
      Array.from({ length: 400 }, (__, j) => (j === k ? 1 : 0)),
    );
    const codes = codesOf(team, family({ hashes: 6, tables: 3, bits: 4 }), units);
    for (let t = 0; t < 3; t++) {
      for (let j = 0; j < 6; j++) {
        const labels = codes.map((code) => ((code[t] as number) >>> (4 * j)) & 15);
        const counts = Array.from({ length: 16 }, (_, label) => labels.filter((x) => x === label).length);
        // 25 each, and Poisson.
        expect(Math.min(...counts)).toBeGreaterThan(5);
        expect(Math.max(...counts)).toBeLessThan(50);
      }
    }
  });

  test.each<[object, string]>([
    [{ hashes: 0 }, 'hashes (of 4 bits each) is an integer from 1 to 6; got 0.'],
    [{ hashes: 7 }, 'hashes (of 4 bits each) is an integer from 1 to 6; got 7.'],
    [{ bits: 0 }, 'bits is an integer from 1 to 24; got 0.'],
    [{ bits: 25 }, 'bits is an integer from 1 to 24; got 25.'],
    [{ tables: 5000 }, 'tables is an integer from 1 to 4096; got 5000.'],
  ])('%o', (change, message) => {
    const make = (): FamilySpec => family({ hashes: 6, tables: 5, bits: 4, ...change });
    expect(make).toThrow(new RangeError(`${kind}: ${message}`));
  });
});

describe.each([
  ['minHash', minHash],
  ['doph', doph],
] as const)('%s', (_, family) => {
  test('sees which coordinates are not 0, whatever they are', () => {
    const rows = normals(30, 60, 1).map((row) => row.map((x) => (x > 0.5 ? x : 0)));
    const spec = family({ hashes: 4, tables: 10 });
    const ones = rows.map((row) => row.map((x) => (x === 0 ? -0 : -1)));
    expect(codesOf(team, spec, ones)).toEqual(codesOf(team, spec, rows));
    // A sparse vector may say of a coordinate that it is 0.
    const vectors = sparse(team.arena, ones);
    const flagged = sparse(
      team.arena,
      rows.map((row) => row.map((x) => x || 1)),
    );
    for (const [i, row] of rows.entries()) for (const [k, x] of row.entries()) flagged.values[60 * i + k] = x;
    using hasher = bindHasher(spec, { dimensions: 60, tailWidth: 0, seed: 1, team });
    const [codes, same] = [team.arena.uint32(300), team.arena.uint32(300)];
    hasher.hashSparse(vectors, 30, { codes, stride: 30 });
    hasher.hashSparse(flagged, 30, { codes: same, stride: 30 });
    expect(same).toEqual(codes);
  });

  test('in so many dimensions that no orders are kept has the codes that it has in fewer', () => {
    const spec = family({ hashes: 8, tables: 60 });
    const ids = [3, 77, 1024, 4095];
    const codesIn = (dimensions: number): number[] => {
      const { arena } = team;
      using hasher = bindHasher(spec, { dimensions, tailWidth: 0, seed: 1, team });
      const [offsets, list, values] = [arena.int32(2), arena.int32(4), arena.float32(4).fill(1)];
      offsets[1] = 4;
      list.set(ids);
      const codes = arena.uint32(60);
      hasher.hashSparse({ offsets, ids: list, values }, 1, { codes, stride: 1 });
      return Array.from(codes);
    };
    expect(codesIn(2 ** 21)).toEqual(codesIn(4096));
  });
});

/** Variance of the number of codes that sets of so many elements share, over that of independent tables. */
function varianceRatio(union: number): number {
  const spec = doph({ hashes: 3, tables: 50, bits: 4 });
  const { rows, similarities } = setPairs(2000, union);
  const { variances } = collisions(team, spec, rows, 150);
  const laws = similarities.map((similarity) => collisionProbability(spec, similarity));
  return mean(variances.map((variance, i) => variance / (50 * (laws[i] ?? 0) * (1 - (laws[i] ?? 0)))));
}

test('tables of doph are as good as independent for sets of more elements than tables', () => {
  expect(varianceRatio(200)).toBeLessThan(1.2);
  expect(varianceRatio(15)).toBeGreaterThan(1.3);
});

describe('weights', () => {
  const spec = weightedMinHash({ hashes: 2, tables: 3 });
  const rows = [
    [1, 0, 2, 5],
    [3, 1, 0, 0],
  ];

  test.each([-1, -1e-30, Number.NaN, Infinity])('a weight of %d is refused, and named', (bad) => {
    const message = (row: number): string =>
      `weightedMinHash: weights are 0 or more; got ${Math.fround(bad)} for coordinate 1 of vector ${row}.`;
    const wrong = rows.map((row, i) => row.map((x, k) => (i === 1 && k === 1 ? bad : x)));
    using hasher = bindHasher(spec, { dimensions: 4, tailWidth: 0, seed: 1, team });
    const target = { codes: team.arena.uint32(6), stride: 2 };
    const [vectors, list] = [dense(team.arena, wrong), team.arena.int32(1).fill(1)];
    expect(() => hasher.hash(vectors, 2, target)).toThrow(new RangeError(message(1)));
    expect(() => hasher.hash(vectors, 1, target, list)).toThrow(message(1));
    expect(() => hasher.hashSparse(sparse(team.arena, wrong), 2, target)).toThrow(message(1));
    // Nothing of it stays.
    hasher.hash(vectors, 1, target);
  });

  test('a tail is looked at too', () => {
    using hasher = bindHasher(spec, { dimensions: 4, tailWidth: 1, seed: 1, team });
    const tail = team.arena.float32(2);
    tail[1] = -2;
    const target = { codes: team.arena.uint32(6), stride: 2 };
    expect(() => hasher.hash({ ...dense(team.arena, rows), tail }, 2, target)).toThrow(
      'got -2 for coordinate 4 of vector 1.',
    );
  });

  test('tiny and huge ones are hashed as others are', () => {
    const scaled = [1e-38, 1e-20, 1, 1e20, 1e37].map((scale) => rows.map((row) => row.map((x) => x * scale)));
    for (const each of scaled) {
      const [x, y] = codesOf(team, weightedMinHash({ hashes: 1, tables: 400, bits: 8 }), each);
      const rate = (x ?? []).filter((code, t) => code === y?.[t]).length / 400;
      // Sum of minima 1, of maxima 11.
      expect(Math.abs(rate - 1 / 11)).toBeLessThan(0.07);
    }
  });
});

test('operations are counted', () => {
  const context = { dimensions: 20, tailWidth: 1, seed: 1, team };
  const count = (spec: FamilySpec): HashOperations => {
    using hasher = bindHasher(spec, context);
    return hasher.operations(9);
  };
  expect(count(minHash({ hashes: 3, tables: 7 }))).toEqual({ comparisons: 10 * 21 });
  expect(count(doph({ hashes: 3, tables: 7 }))).toEqual({ comparisons: (10 + 7) * 3 });
  expect(count(weightedMinHash({ hashes: 3, tables: 7 }))).toEqual({
    multiplyAdds: 2 * 10 * 21,
    comparisons: 10 * 21,
  });
});

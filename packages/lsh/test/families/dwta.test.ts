import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import {
  bindHasher,
  collisionProbability,
  dwta,
  type DwtaSpec,
  familyOf,
  HashTables,
  rankSimilarity,
} from '../../src/index.ts';
import { collisions, mean } from '../collisions.ts';
import { noisyPairs } from '../laws.ts';
import { codesOf, normals } from '../vectors.ts';

const team = Team.single(new Arena());

/** What the law says of each pair. */
function laws(spec: DwtaSpec, rows: readonly number[][]): number[] {
  return rows.flatMap((x, i) =>
    i % 2 ? [] : [collisionProbability(spec, rankSimilarity(x, rows[i + 1] as number[], spec.binSize))],
  );
}

describe('the law of winner-take-all hashing', () => {
  test.each([
    ['1 sub-code of 8', { hashes: 1, tables: 60, binSize: 8 }],
    ['3 sub-codes of 8', { hashes: 3, tables: 60, binSize: 8 }],
    // All bins of one sub-code come from one permutation: 128 / 8 = 16 of them.
    ['3 sub-codes, few tables', { hashes: 3, tables: 5, binSize: 8 }],
    ['2 sub-codes of 2', { hashes: 2, tables: 60, binSize: 2 }],
    ['2 sub-codes of 16', { hashes: 2, tables: 60, binSize: 16 }],
    ['3 sub-codes of 8, mixed into 16 buckets', { hashes: 3, tables: 60, binSize: 8, buckets: 16 }],
  ])('%s: dense vectors collide as often as it says', (_, parameters) => {
    const spec = dwta(parameters);
    for (const noise of [0.05, 0.3, 1]) {
      const rows = noisyPairs(noise, 0, 128);
      const { hits, draws } = collisions(team, spec, rows, 6000 / spec.tables);
      for (const [i, p] of laws(spec, rows).entries()) {
        expect(Math.abs((hits[i] ?? 0) - draws * p)).toBeLessThan(4 * Math.sqrt(draws * p * (1 - p)));
      }
    }
  });

  test.each([0.5, 0.75, 0.9, 0.95])('vectors of which a share of %d is 0: to within 0.02', (zeros) => {
    const spec = dwta({ hashes: 1, tables: 60 });
    for (const noise of [0.1, 0.5]) {
      const rows = noisyPairs(noise, zeros, 128);
      const { hits, draws } = collisions(team, spec, rows, 150);
      expect(Math.abs(mean(hits) / draws - mean(laws(spec, rows)))).toBeLessThan(0.02);
    }
  });
});

describe('codes', () => {
  test('depend on the order of the coordinates only', () => {
    const rows = normals(30, 50, 1);
    const spec = dwta({ hashes: 8, tables: 12 });
    const warped = rows.map((row) => row.map((value) => value ** 3 + 5 * value));
    expect(codesOf(team, spec, warped)).toEqual(codesOf(team, spec, rows));
  });

  test('have each position of the winner in each of their digits', () => {
    // With as many coordinates as a bin has, every bin holds all of them.
    const spec = dwta({ hashes: 8, tables: 40 });
    const units = Array.from({ length: 8 }, (_, k) =>
      Array.from({ length: 8 }, (__, j) => (j === k ? 1 : -1)),
    );
    const codes = codesOf(team, spec, units);
    for (let t = 0; t < 40; t++) {
      for (let digit = 0; digit < 8; digit++) {
        // So the eight winners stand at eight positions: no two of the codes' digits are packed into the same bits.
        const positions = codes.map((code) => ((code[t] as number) >>> (3 * digit)) & 7);
        expect(new Set(positions).size).toBe(8);
      }
    }
    expect(Math.max(...codes.flat())).toBeLessThan(8 ** 8);
  });

  test('have the first of equal coordinates as the winner, on whichever side of a zero', () => {
    const spec = dwta({ hashes: 4, tables: 30 });
    const random = randomStream(2, 'ties');
    const rows = Array.from({ length: 60 }, () => Array.from({ length: 24 }, () => random.integer(3) - 1));
    const codes = codesOf(team, spec, rows);
    expect(codesOf(team, spec, rows, { form: 'sparse' })).toEqual(codes);
    // -0 is a zero, and so is what a sparse vector says is 0.
    expect(
      codesOf(
        team,
        spec,
        rows.map((row) => row.map((value) => value || -0)),
      ),
    ).toEqual(codes);
    expect(new Set(codes.map(String)).size).toBe(60);
  });

  test('of vectors with a single non-zero are those of its bins, everywhere', () => {
    const spec = dwta({ hashes: 6, tables: 50 });
    const rows = Array.from({ length: 64 }, (_, k) =>
      Array.from({ length: 64 }, (__, j) => (j === k ? -2 : 0)),
    );
    const codes = codesOf(team, spec, rows);
    expect(codesOf(team, spec, rows, { form: 'sparse' })).toEqual(codes);
    // Each coordinate is in some 37 of the 300 bins, and others ask them: whole codes differ from coordinate to coordinate.
    expect(new Set(codes.map(String)).size).toBe(64);
  });

  test('coordinates that are in no bin do not matter', () => {
    // One bin of 8 of 100 coordinates: a vector that is 0 in the bin is as good as empty.
    const spec = dwta({ hashes: 1, tables: 1 });
    const rows = Array.from({ length: 100 }, (_, k) =>
      Array.from({ length: 100 }, (__, j) => (j === k ? 1 : 0)),
    );
    const codes = codesOf(team, spec, rows).flat();
    expect(codes.filter((code) => code !== 0).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('buckets', () => {
  test('are a code each unless they are given', () => {
    const context = { dimensions: 16, tailWidth: 0, seed: 1, team };
    const bucketsOf = (spec: DwtaSpec): number => {
      using hasher = bindHasher(spec, context);
      return hasher.buckets;
    };
    expect(bucketsOf(dwta({ hashes: 6, tables: 2 }))).toBe(2 ** 18);
    expect(bucketsOf(dwta({ hashes: 8, tables: 2 }))).toBe(2 ** 24);
    expect(bucketsOf(dwta({ hashes: 8, tables: 2, buckets: 5000 }))).toBe(5000);
    const rows = normals(40, 16, 3);
    const whole = dwta({ hashes: 2, tables: 9 });
    expect(codesOf(team, { ...whole, buckets: 64 }, rows)).toEqual(codesOf(team, whole, rows));
  });

  test('that are given are filled evenly, and other pairs share one in other tables', () => {
    const rows = normals(4000, 32, 4);
    const codes = codesOf(team, dwta({ hashes: 8, tables: 2, buckets: 100 }), rows);
    for (const t of [0, 1]) {
      const sizes = Array.from({ length: 100 }, (_, b) => codes.filter((code) => code[t] === b).length);
      // 40 each, and Poisson.
      expect(Math.min(...sizes)).toBeGreaterThan(14);
      expect(Math.max(...sizes)).toBeLessThan(72);
    }
    const inBoth = codes.filter((code) => code[0] === codes[0]?.[0] && code[1] === codes[0]?.[1]).length;
    expect(inBoth).toBeLessThan(8);
  });

  test('make tables of 8 sub-codes possible', () => {
    const spec = dwta({ hashes: 8, tables: 50, buckets: 2 ** 12 });
    const rows = normals(300, 32, 5);
    const { arena } = team;
    const codes = arena.uint32(300 * 50);
    for (const [i, row] of codesOf(team, spec, rows).entries()) {
      for (const [t, code] of row.entries()) codes[t * 300 + i] = code;
    }
    const options = { items: 300, tables: 50, team };
    expect(() => new HashTables({ ...options, buckets: 2 ** 24 })).toThrow('buckets is an integer from 1 to');
    using tables = new HashTables({ ...options, buckets: 2 ** 12 });
    tables.build(codes);
    const found = { ids: arena.int32(300), lengths: arena.int32(300), candidates: arena.int32(300) };
    tables.query(codes, 300, { limit: 1 }, found);
    expect(Array.from(found.ids)).toEqual(rows.map((_, i) => i));
  });
});

test('comparisons are counted', () => {
  using hasher = bindHasher(dwta({ hashes: 6, tables: 50 }), {
    dimensions: 127,
    tailWidth: 1,
    seed: 1,
    team,
  });
  expect(hasher.operations(127).comparisons).toBeCloseTo(300 * 8 + 300, 6);
  expect(hasher.operations(31).comparisons).toBeCloseTo(300 * 2 + 300, 6);
});

describe('refusals', () => {
  test.each<[object, string]>([
    [{ tables: 0 }, 'dwta: tables is an integer from 1 to 4096; got 0.'],
    [{ binSize: 1 }, 'dwta: binSize is an integer from 2 to 256; got 1.'],
    [{ binSize: 12 }, 'dwta: binSize is a power of 2; got 12.'],
    [{ hashes: 0 }, 'dwta: hashes (of 3 bits each) is an integer from 1 to 8; got 0.'],
    [{ hashes: 9 }, 'dwta: hashes (of 3 bits each) is an integer from 1 to 8; got 9.'],
    [{ hashes: 4, binSize: 256 }, 'dwta: hashes (of 8 bits each) is an integer from 1 to 3; got 4.'],
    [{ buckets: 1 }, 'dwta: buckets is an integer from 2 to 262144; got 1.'],
    [{ buckets: 2 ** 18 + 1 }, 'dwta: buckets is an integer from 2 to 262144; got 262145.'],
  ])('%o', (change, message) => {
    expect(() => dwta({ hashes: 6, tables: 50, ...change })).toThrow(new RangeError(message));
  });

  test('vectors shorter than a bin', () => {
    const context = { dimensions: 6, tailWidth: 1, seed: 1, team };
    expect(() => bindHasher(dwta({ hashes: 2, tables: 3 }), context)).toThrow(
      'dwta: vectors have as many coordinates as a bin (8) or more; got 7.',
    );
  });

  test.each([-0.1, 1.1, Number.NaN])('a similarity of %d', (similarity) => {
    expect(() => collisionProbability(dwta({ hashes: 1, tables: 1 }), similarity)).toThrow(
      `A rank similarity is from 0 to 1; got ${similarity}.`,
    );
  });

  test('a spec that was not made by dwta', () => {
    expect(() => familyOf({ kind: 'dwta', tables: 3, binSize: 8 })).toThrow(/hashes .* got undefined/);
  });
});

test('specs are plain', () => {
  expect(dwta({ hashes: 6, tables: 50 })).toEqual({ kind: 'dwta', hashes: 6, tables: 50, binSize: 8 });
  expect(familyOf(dwta({ hashes: 6, tables: 50 })).similarity).toBe('rank');
});

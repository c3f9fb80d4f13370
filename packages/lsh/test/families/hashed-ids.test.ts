import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { bindHasher, collisionProbability, doph, minHash, type SparseVectors } from '../../src/index.ts';
import { codesOf } from '../vectors.ts';

const team = Team.single(new Arena());
const { arena } = team;

/** Two sets of 200 different ids each, of which the first `shared` are common, spread over all ids below `dimensions`. */
function pair(dimensions: number, shared: number): number[][] {
  const ids = Array.from({ length: 400 }, (_, i) => Math.floor(((i + 0.5) * dimensions) / 400));
  const random = randomStream(dimensions, 'pair');
  for (let i = 399; i > 0; i--) {
    const other = random.integer(i + 1);
    [ids[i], ids[other]] = [ids[other]!, ids[i]!];
  }
  // The greatest id is among them.
  ids[0] = dimensions - 1;
  const sets = [ids.slice(0, 200), [...ids.slice(0, shared), ...ids.slice(200, 400 - shared)]];
  return sets.map((set) => set.toSorted((a, b) => a - b));
}

function vectorsOf(sets: readonly (readonly number[])[]): SparseVectors {
  const total = sets.reduce((sum, { length }) => sum + length, 0);
  const vectors = {
    offsets: arena.int32(sets.length + 1),
    ids: arena.uint32(total),
    values: arena.float32(total).fill(1),
  };
  vectors.ids.set(sets.flat());
  for (const [s, { length }] of sets.entries()) vectors.offsets[s + 1] = vectors.offsets[s]! + length;
  return vectors;
}

const DIMENSIONS = [2 ** 24, 2 ** 30, 2 ** 31 - 1, 2 ** 31 + 5, 2 ** 32];

describe.each([
  ['minHash', minHash],
  ['doph', doph],
] as const)('%s of ids of 32 bits', (_, family) => {
  test.each(DIMENSIONS)('follows the law below %d', (dimensions) => {
    const spec = family({ hashes: 1, tables: 100, bits: 8 });
    const codes = arena.uint32(200);
    const [seeds, draws] = [100, 100 * 100];
    for (const shared of [0, 100, 180]) {
      const vectors = vectorsOf(pair(dimensions, shared));
      let equal = 0;
      for (let seed = 1; seed <= seeds; seed++) {
        const hasher = bindHasher(spec, { dimensions, tailWidth: 0, seed, team });
        hasher.hashSparse(vectors, 2, { codes, stride: 2 });
        hasher.close();
        for (let t = 0; t < 100; t++) equal += Number(codes[2 * t] === codes[2 * t + 1]);
      }
      const law = collisionProbability(spec, shared / (400 - shared));
      // Five standard deviations of independent tables, from which those of doph differ little where bins are full.
      expect(Math.abs(equal / draws - law)).toBeLessThan(5 * Math.sqrt((law * (1 - law)) / draws));
      for (const view of [vectors.offsets, vectors.ids, vectors.values]) arena.free(view);
    }
    arena.free(codes);
  });

  test('gives the codes that fewer dimensions give, whatever holds the ids', () => {
    const spec = family({ hashes: 3, tables: 20 });
    const rows = [0, 1].map((i) => Array.from({ length: 40 }, (__, k) => Number((k * 7 + i) % 3 === 0)));
    const listed = rows.map((row) => [...row.keys()].filter((k) => row[k] === 1));
    const vectors = vectorsOf(listed);
    const signed = arena.int32(vectors.ids.length);
    signed.set(vectors.ids);
    for (const dimensions of [40, 2 ** 32]) {
      const hasher = bindHasher(spec, { dimensions, tailWidth: 0, seed: 1, team });
      for (const ids of [vectors.ids, signed]) {
        const codes = arena.uint32(2 * 20);
        hasher.hashSparse({ ...vectors, ids }, 2, { codes, stride: 2 });
        expect([0, 1].map((i) => Array.from({ length: 20 }, (__, t) => codes[2 * t + i]))).toEqual(
          codesOf(team, spec, rows),
        );
      }
      hasher.close();
    }
  });

  test('takes scratch of the longest set, and writes nowhere else', () => {
    const own = Team.single(new Arena({ shared: false, capacity: 2 ** 20 }));
    const hasher = bindHasher(family({ hashes: 1, tables: 100, bits: 8 }), {
      dimensions: 2 ** 32,
      tailWidth: 0,
      seed: 1,
      team: own,
    });
    const given = vectorsOf(pair(2 ** 32, 100));
    const vectors = {
      offsets: own.arena.int32(3),
      ids: own.arena.uint32(400),
      values: own.arena.float32(400).fill(1),
    };
    vectors.offsets.set(given.offsets);
    vectors.ids.set(given.ids);
    const codes = own.arena.uint32(200);
    hasher.hashSparse(vectors, 2, { codes, stride: 2 });
    const first = codes.slice();
    // All that is left is the user's.
    const free = 2 ** 20 - own.arena.usedBytes - 2 ** 15;
    const mine = own.arena.uint8(free).fill(7);
    hasher.hashSparse(vectors, 2, { codes: codes.fill(0), stride: 2 });
    expect(codes).toEqual(first);
    expect(mine.every((byte) => byte === 7)).toBe(true);
  });

  test('with a tail: its coordinates are those behind the dimensions', () => {
    const spec = family({ hashes: 2, tables: 15 });
    const dimensions = 2 ** 32 - 2;
    const codes = [
      { sets: [[5, 2 ** 32 - 1]], dimensions: 2 ** 32, tailWidth: 0, tail: undefined },
      { sets: [[5]], dimensions, tailWidth: 2, tail: [0, 1] },
    ].map(({ sets, tail, ...context }) => {
      const hasher = bindHasher(spec, { ...context, seed: 1, team });
      const tails = arena.float32(2);
      tails.set(tail ?? []);
      const made = arena.uint32(15);
      const vectors = { ...vectorsOf(sets), ...(tail && { tail: tails, tailWidth: 2 }) };
      hasher.hashSparse(vectors, 1, { codes: made, stride: 1 });
      return made;
    });
    expect(codes[0]).toEqual(codes[1]);
  });

  test('refuses ids and dimensions beyond, repeated ids, and dense vectors that no memory holds', () => {
    const spec = family({ hashes: 1, tables: 2 });
    const bind = (dimensions: number, tailWidth = 0) =>
      bindHasher(spec, { dimensions, tailWidth, seed: 1, team });
    expect(() => bind(2 ** 32 + 1)).toThrow(
      'Vectors to hash have up to 4294967296 dimensions beside a tail of 0; got 4294967297.',
    );
    expect(() => bind(2 ** 32, 1)).toThrow('have up to 4294967295 dimensions beside a tail of 1');
    const target = { codes: arena.uint32(2), stride: 1 };
    const vectors = vectorsOf([[0, 2 ** 32 - 1]]);
    expect(() => bind(2 ** 32 - 1).hashSparse(vectors, 1, target)).toThrow(
      'Ids of non-zeros are from 0 to 4294967294; got 4294967295.',
    );
    expect(() => bind(1).hashSparse(vectors, 1, target)).toThrow(
      'Ids of a vector are all different; one has 2 of them in 1 dimensions.',
    );
    const values = arena.float32(4);
    expect(() => bind(2 ** 30).hash({ values, stride: 2 ** 30, width: 2 ** 30 }, 0, target)).toThrow(
      'Dense vectors to hash have up to 536870912 coordinates; those of 1073741824 are given as sparse ones.',
    );
  });
});

import { Arena, Team } from '@hashgrad/kernels';
import { type FamilySpec, pStable, registerFamily, simHash } from '@hashgrad/lsh';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Attention, sampleAttention } from '../../src/index.ts';
import { estimate } from '../moments.ts';
import { drawn, logit, oneHot, type Shape } from './plain-attention.ts';

const team = Team.single(new Arena());
afterAll(() => {
  team.close();
  team.arena.close();
});

const shape: Shape = { queries: 1, keys: 10, dimensions: 6, valueDimensions: 10, heads: 1 };
const arrays = drawn(shape);
const { queries, keys } = arrays;
const SEEDS = 2000;

/** Keys less the mean of all but the first `sink`. */
function centred(sink: number): number[][] {
  const rows = Array.from({ length: 10 }, (_, j) => [...keys.subarray(6 * j, 6 * j + 6)]);
  const rest = rows.slice(sink);
  const mean = rest[0]!.map((_, k) => rest.reduce((sum, row) => sum + row[k]! / rest.length, 0));
  return rows.map((row) => row.map((x, k) => x - mean[k]!));
}

function norm(x: readonly number[]): number {
  return Math.hypot(...x);
}

/** Probability of `from` successes or more in `n` trials, added up one by one. */
function tail(p: number, n: number, from: number): number {
  const choose = (k: number): number => (k === 0 ? 1 : (choose(k - 1) * (n - k + 1)) / k);
  let sum = 0;
  for (let k = from; k <= n; k++) sum += choose(k) * p ** k * (1 - p) ** (n - k);
  return sum;
}

/** The law of each family, as its paper has it. */
const LAWS: readonly [string, FamilySpec, number, (key: readonly number[]) => number][] = [
  ['SimHash, 1 collision', simHash({ bits: 3, tables: 4 }), 1, simHashLaw(3)],
  ['SimHash, 2 collisions', simHash({ bits: 2, tables: 6 }), 2, simHashLaw(2)],
  ['SimHash, 3 collisions', simHash({ bits: 2, tables: 12 }), 3, simHashLaw(2)],
  // By numbers, of normal projections in cells of width 4: the mean over cells of the chance to be in the same one.
  ['p-stable, 2 collisions', pStable({ hashes: 1, width: 4, tables: 5 }), 2, pStableLaw(4)],
];

function simHashLaw(bits: number): (key: readonly number[]) => number {
  return (key) => {
    const product = key.reduce((sum, x, k) => sum + x * queries[k]!, 0);
    return (1 - Math.acos(product / (norm(key) * norm([...queries]))) / Math.PI) ** bits;
  };
}

function pStableLaw(width: number): (key: readonly number[]) => number {
  return (key) => {
    const far = norm(key.map((x, k) => x - queries[k]!));
    let sum = 0;
    const steps = 20_000;
    for (let i = 0; i < steps; i++) {
      const t = (width * (i + 0.5)) / steps;
      sum += Math.exp((-t * t) / (2 * far * far)) * (1 - t / width);
    }
    return (2 / (Math.sqrt(2 * Math.PI) * far)) * sum * (width / steps);
  };
}

describe.each(LAWS)('%s', (_, family, minCollisions, law) => {
  const sink = 1;
  const options = { dimensions: 6, family, minCollisions, sink, team };
  let runs: Attention[] = [];
  beforeAll(() => {
    runs = Array.from({ length: SEEDS }, (__, seed) =>
      sampleAttention(queries, keys, oneHot(10), { ...options, seed }),
    );
  });
  const rows = centred(sink);

  test('each key is read as often as its law says', () => {
    for (const [j, key] of rows.entries()) {
      const p = j < sink ? 1 : tail(law(key), family.tables, minCollisions);
      const often = runs.filter(({ outputs }) => outputs[j]! > 0).length / SEEDS;
      expect(Math.abs(often - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / SEEDS) + 1e-9);
    }
  });

  test('the sums over the keys, with values and without, are right in the mean', () => {
    const exact = rows.map((__, j) => Math.exp(logit(arrays, shape, [0, j, 0])));
    const all = exact.reduce((sum, each) => sum + each, 0);
    const partition = estimate(runs.map(({ logPartitions }) => Math.exp(logPartitions[0]!)));
    expect(Math.abs(partition.mean - all)).toBeLessThan(partition.margin);
    // Tight enough to tell from the sum of what was read.
    expect(partition.margin).toBeLessThan(0.1 * all);
    for (const [j, each] of exact.entries()) {
      const numerator = runs.map(({ outputs, logPartitions }) => outputs[j]! * Math.exp(logPartitions[0]!));
      const { mean, margin } = estimate(numerator);
      expect(Math.abs(mean - each)).toBeLessThan(margin + 1e-5 * each);
    }
  });
});

test('a query that finds no key has outputs of 0, and an empty sum', () => {
  // The opposite of the only other key.
  const pair = Float32Array.of(1, 1, -1, -1);
  const family = simHash({ bits: 24, tables: 2 });
  const given = sampleAttention(Float32Array.of(1, -1), pair, oneHot(2), { dimensions: 2, family });
  expect([...given.outputs, given.logPartitions[0], given.keysRead[0]]).toEqual([0, 0, -Infinity, 0]);
});

/** Each row of a head twice: for two heads. */
function doubled(rows: Float32Array, width: number): Float32Array {
  return Float32Array.from(
    { length: 2 * rows.length },
    (_, i) => rows[Math.floor(i / (2 * width)) * width + (i % width)]!,
  );
}

test('heads have hash functions of their own, seeds others, and the same seed the same', () => {
  const twice = { queries: 1, keys: 60, dimensions: 4, valueDimensions: 1, heads: 1 };
  const { queries: q, keys: k, values: v } = drawn(twice);
  const family = simHash({ bits: 3, tables: 4 });
  const run = (seed: number): Float64Array =>
    sampleAttention(doubled(q, 4), doubled(k, 4), doubled(v, 1), { dimensions: 4, heads: 2, family, seed })
      .logPartitions;
  expect(run(1)).toEqual(run(1));
  expect(run(1)[0]).not.toBe(run(1)[1]);
  expect(run(1)[0]).not.toBe(run(2)[0]);
});

/** A table for each coordinate, its sign the code: what collides can be counted by hand. */
registerFamily({
  kind: 'signs of coordinates',
  similarity: 'cosine',
  check: () => {},
  collisionProbability: () => 0.5,
  bind: ({ tables }) => ({
    tables,
    buckets: 2,
    hash({ values, stride }, count, target) {
      for (let t = 0; t < tables; t++) {
        for (let i = 0; i < count; i++) {
          target.codes[t * target.stride + i] = Number(values[i * stride + t]! >= 0);
        }
      }
    },
    hashSparse: () => {},
    operations: () => ({ comparisons: 4, additions: 2 }),
    [Symbol.dispose]: () => {},
  }),
});

test('counts are those of a plain recount', () => {
  const counted: Shape = { queries: 9, keys: 40, dimensions: 4, valueDimensions: 3, heads: 1 };
  const { queries: q, keys: k, values: v } = drawn(counted);
  const family = { kind: 'signs of coordinates', tables: 4 };
  const options = { dimensions: 4, family, minCollisions: 3, window: 2 };
  const { counts, keysRead } = sampleAttention(q, k, v, options);
  const mean = [0, 1, 2, 3].map((c) => k.reduce((sum, x, i) => sum + (i % 4 === c ? x / 40 : 0), 0));
  let [entries, candidates, read] = [0, 0, 0];
  for (let i = 0; i < 9; i++) {
    for (let j = 0; j < 40; j++) {
      const same = mean.filter((m, c) => k[4 * j + c]! - m >= 0 === q[4 * i + c]! >= 0).length;
      entries += same;
      candidates += Number(same >= 3);
      read += Number(same >= 3 || Math.abs(31 + i - j) < 2);
    }
  }
  expect(keysRead.reduce((sum, each) => sum + each, 0)).toBe(read);
  expect(counts.entries).toMatchObject({ choose: entries, rehash: 2 * 4 * 40 });
  expect(counts.candidates.choose).toBe(candidates);
  expect(counts.comparisons).toMatchObject({ hashing: 9 * 4, rehash: 40 * 4 });
  expect(counts.additions).toMatchObject({ hashing: 9 * 2, rehash: 40 * 2 });
  expect(counts.multiplyAdds).toMatchObject({ hashing: 9 * 4, rehash: 40 * 4, forward: read * 7 });
});

test('all memory of a team is given back, also where a call is refused', () => {
  const used = team.arena.usedBytes;
  const family = simHash({ bits: 24, tables: 16 });
  const options = { dimensions: 6, team };
  sampleAttention(queries, keys, oneHot(10), { ...options, family: simHash({ bits: 4, tables: 8 }) });
  expect(team.arena.usedBytes).toBe(used);
  // 2^28 buckets and more are too many.
  expect(() => sampleAttention(queries, keys, oneHot(10), { ...options, family })).toThrow('buckets');
  expect(team.arena.usedBytes).toBe(used);
});

import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import {
  bindHasher,
  collisionProbability,
  LshIndex,
  pStable,
  registerFamily,
  simHash,
  wta,
} from '../../src/index.ts';

const family = simHash({ bits: 3, tables: 8 });

function normals(count: number, dimensions: number, seed: number = 1): Float32Array {
  const random = randomStream(seed, 'normals');
  return Float32Array.from({ length: count * dimensions }, () => random.normal());
}

function example(): LshIndex<'cosine'> {
  const index = new LshIndex({ dimensions: 4, metric: 'cosine', family });
  index.add(normals(50, 4));
  return index;
}

function make(options: object): () => LshIndex {
  return () => new LshIndex({ dimensions: 4, metric: 'cosine', ...options });
}

function fail(): never {
  throw new Error('mine');
}

describe('ids', () => {
  test('that were not given are new ones, and none is given again, after saving either', () => {
    const index = example();
    index.remove([49]);
    expect([...index.add(normals(1, 4))]).toEqual([50]);
    index.remove([50]);
    const loaded = LshIndex.load(index.toBytes());
    expect([...loaded.add(normals(1, 4))]).toEqual([51]);
    expect([...loaded.add(normals(1, 4), [2 ** 32 - 1])]).toEqual([2 ** 32 - 1]);
    expect(() => loaded.add(normals(1, 4))).toThrow(/no 1 ids above 4294967295/);
  });

  test('of another kind are refused with their type', () => {
    using index = example();
    const one = normals(1, 4);
    const refused = (ids: unknown): (() => void) => {
      return () => void index.add(one, ids as number[]);
    };
    expect(refused(['7'])).toThrow("id 0 is the string '7'");
    expect(refused([7n])).toThrow('id 0 is the bigint 7');
    expect(refused([undefined])).toThrow('id 0 is undefined');
    expect(refused([1.5])).toThrow('id 0 is 1.5');
    expect(refused([-1])).toThrow('id 0 is -1');
    expect(refused([2 ** 32])).toThrow('id 0 is 4294967296');
    expect(refused(7)).toThrow('Ids come as an array of integers; got 7');
    expect(refused(new Set([7]))).toThrow('got the object Set');
    expect(() => index.remove(3 as never)).toThrow('got 3');
    expect(() => index.remove(new Set([3]) as never)).toThrow('got the object Set');
    expect(() => index.update(undefined as never, one)).toThrow('got undefined');
    expect(() => index.has('3' as never)).toThrow("id 0 is the string '3'");
    expect(() => index.get(3n as never)).toThrow('id 0 is the bigint 3');
    expect(index.size).toBe(50);
  });

  test('that are taken, missing or come twice are refused', () => {
    using index = example();
    const before = index.toBytes();
    expect(() => index.add(normals(2, 4), [60, 49])).toThrow('There is a vector 49 already');
    expect(() => index.add(normals(2, 4), [60, 60])).toThrow('Vector 60 comes twice');
    expect(() => index.update([3, 60], normals(2, 4))).toThrow('There is no vector 60');
    expect(() => index.update([3, 3], normals(2, 4))).toThrow('Vector 3 comes twice');
    expect(() => index.remove([3, 60])).toThrow('There is no vector 60');
    expect(() => index.remove([3, 3])).toThrow('Vector 3 comes twice');
    expect(index.toBytes()).toEqual(before);
  });
});

describe('vectors', () => {
  test('of another type, length or size are refused with the numbers, and nothing is changed', () => {
    using index = example();
    const before = index.toBytes();
    const add = (vectors: unknown, ids?: number[]): (() => void) => {
      return () => void index.add(vectors as Float32Array, ids);
    };
    expect(add([1, 2, 3, 4])).toThrow('Vectors come as a Float32Array; got the object Array.');
    expect(add(new Float64Array(4))).toThrow('got the object Float64Array');
    expect(add(undefined)).toThrow('got undefined');
    expect(add(new Float32Array(6))).toThrow(/of 4 dimensions .* got 6/);
    expect(add(new Float32Array(8), [70])).toThrow('One id has one vector of 4 coordinates here; got 8');
    expect(add(new Float32Array(8), [70, 71, 72])).toThrow('2 vectors need as many ids; got 3');
    expect(add(Float32Array.of(1, 2, 3, 4, 5, NaN, 7, 8))).toThrow('Vector 1 has NaN at coordinate 1');
    expect(add(Float32Array.of(1, -Infinity, 3, 4))).toThrow('Vector 0 has -Infinity at coordinate 1');
    expect(add(Float32Array.of(1, 0, 0, 0, 0, 0, 3e18, 0))).toThrow(/Vector 1 has the length 3.00e\+18/);
    expect(add(Float32Array.of(0, 1e-20, 0, 0))).toThrow(/Vector 0 has the length 1.00e-20/);
    expect(() => index.update([1], new Float32Array(8))).toThrow('got 8');
    expect(() => index.query(new Float32Array(3))).toThrow('A query has 4 coordinates here; got 3');
    expect(() => index.query(Float32Array.of(NaN, 0, 0, 0))).toThrow('Query 0 has NaN at coordinate 0');
    expect(() => index.query([1, 2, 3, 4] as never)).toThrow('got the object Array');
    expect(() => index.queryBatch(new Float32Array(7))).toThrow('got 7');
    expect(index.toBytes()).toEqual(before);
    expect(index.add(new Float32Array(0))).toEqual(new Uint32Array(0));
  });

  test('are copied in and out', () => {
    using index = example();
    const given = normals(1, 4, 9);
    const [id = 0] = index.add(given);
    const kept = given.slice();
    given.fill(0);
    const got = index.get(id);
    expect(got).toEqual(kept);
    got?.fill(0);
    expect(index.get(id)).toEqual(kept);
  });

  test('of zeros have the cosine 0 with any, and their own distance', () => {
    using cosine = new LshIndex({
      dimensions: 2,
      metric: 'cosine',
      family: simHash({ bits: 1, tables: 20 }),
    });
    cosine.add(Float32Array.of(0, 0, 1, 1));
    const hits = cosine.query(Float32Array.of(1, 2));
    expect([...hits.ids]).toEqual([1, 0]);
    expect([...hits.similarities].map((x) => x.toFixed(4))).toEqual(['0.9487', '0.0000']);
    expect([...cosine.query(new Float32Array(2)).similarities]).toEqual([0, 0]);
    using euclidean = new LshIndex({ dimensions: 2, metric: 'euclidean', near: 10 });
    euclidean.add(Float32Array.of(0, 0, 3, 4));
    expect([...euclidean.query(new Float32Array(2)).distances]).toEqual([0, 5]);
  });

  test('that are equal come by id, however they came', () => {
    using index = new LshIndex({ dimensions: 8, metric: 'cosine' });
    index.add(
      new Float32Array(8000).fill(1),
      Uint32Array.from({ length: 1000 }, (_, i) => 999 - i),
    );
    expect([...index.query(new Float32Array(8).fill(1), { limit: 5 }).ids]).toEqual([0, 1, 2, 3, 4]);
    const cut = index.query(new Float32Array(8).fill(1), { limit: 9, candidates: 3 });
    expect([...cut.ids]).toEqual([0, 1, 2]);
  });
});

test.each(['cosine', 'euclidean'] as const)(
  'answers by %s do not depend on how vectors came, or on threads, alone or in a batch',
  async (metric) => {
    const [dimensions, count] = [12, 700];
    const vectors = normals(count, dimensions, 3);
    const queries = normals(20, dimensions, 4);
    const spec =
      metric === 'cosine'
        ? simHash({ bits: 4, tables: 10 })
        : pStable({ hashes: 3, tables: 10, width: 5, cells: 8 });
    const options = { dimensions, metric, family: spec };
    using whole = new LshIndex(options);
    whole.add(vectors);
    using parts = await LshIndex.create({ ...options, threads: 2 });
    parts.add(
      vectors.subarray(300 * dimensions),
      Uint32Array.from({ length: 400 }, (_, i) => 300 + i),
    );
    parts.add(new Float32Array(dimensions), [9999]);
    parts.remove([9999, 500]);
    parts.add(vectors.subarray(500 * dimensions, 501 * dimensions), [500]);
    for (let id = 0; id < 300; id += 50) {
      const part = vectors.subarray(id * dimensions, (id + 50) * dimensions);
      parts.add(
        part,
        Uint32Array.from({ length: 50 }, (_, i) => id + i),
      );
    }
    for (const each of [{}, { probes: 3, candidates: 20 }, { minCollisions: 2, limit: 100 }]) {
      const expected = Array.from({ length: 20 }, (_, s) =>
        whole.query(queries.subarray(s * dimensions, (s + 1) * dimensions), each),
      );
      expect(whole.queryBatch(queries, each)).toEqual(expected);
      expect(parts.queryBatch(queries, each)).toEqual(expected);
    }
  },
);

describe('a filter', () => {
  test('is a set or a predicate, asked once for each vector that collides', () => {
    using index = example();
    const query = normals(1, 4, 8);
    const all = [...index.query(query, { limit: 50 }).ids];
    const every = [...index.query(query, { limit: Infinity }).ids];
    expect(every.slice(0, 50)).toEqual(all);
    expect(every).toEqual([...index.query(query, { limit: 2 ** 32 }).ids]);
    const even = new Set(all.filter((id) => id % 2 === 0));
    const asked: number[] = [];
    const filter = (id: number): boolean => {
      asked.push(id);
      return even.has(id);
    };
    expect([...index.query(query, { limit: 50, filter }).ids]).toEqual(all.filter((id) => even.has(id)));
    expect(asked.toSorted((a, b) => a - b)).toEqual(all.toSorted((a, b) => a - b));
    expect(index.query(query, { filter: even })).toEqual(index.query(query, { filter }));
    expect(index.query(query, { filter: new Set<number>() }).ids).toHaveLength(0);
    // Before the candidates are counted.
    expect(index.query(query, { filter: even, candidates: 3 }).ids).toHaveLength(3);
  });

  test('may read the index, but neither change nor query it; what it throws comes out', () => {
    using index = example();
    const before = index.toBytes();
    const query = normals(1, 4, 8);
    const reading = index.query(query, { filter: (id) => index.has(id) && index.size === 50 });
    expect(reading).toEqual(index.query(query));
    for (const act of [
      () => index.remove([1]),
      () => void index.add(query),
      () => void index.query(query),
      () => index.close(),
    ]) {
      const filter = (): boolean => {
        act();
        return true;
      };
      expect(() => index.query(query, { filter })).toThrow('A filter cannot change or query the index');
    }
    expect(() => index.query(query, { filter: fail })).toThrow('mine');
    expect(index.toBytes()).toEqual(before);
    expect(index.query(query)).toEqual(reading);
  });
});

test('options that are unknown, of another type or out of range are refused', () => {
  using index = example();
  const query =
    (options: object): (() => unknown) =>
    () =>
      index.query(normals(1, 4), options);
  expect(query({ ef: 5 })).toThrow('There is no option ef of query; there are limit');
  expect(query({ limit: 0 })).toThrow('limit is an integer from 1 to 4294967296; got 0');
  expect(query({ limit: '3' })).toThrow("got the string '3'");
  expect(query({ minCollisions: 9 })).toThrow('minCollisions is an integer from 1 to 8; got 9');
  expect(query({ probes: 9 })).toThrow('probes is an integer from 1 to 8; got 9');
  expect(query({ candidates: 0.5 })).toThrow('candidates is an integer from 1');
  expect(query({ filter: [1] })).toThrow('filter is a Set of ids or a function; got the object Array');
  expect(() => index.query(normals(1, 4), 5 as never)).toThrow(
    'The options of query come as an object; got 5',
  );
  expect(make({ metric: 'dot' })).toThrow(
    "metric is 'cosine', 'euclidean', 'innerProduct'; got the string 'dot'",
  );
  expect(make({ threads: 2 })).toThrow('There is no option threads of LshIndex');
  expect(make({ dimensions: 2.5 })).toThrow('got 2.5');
  expect(make({ seed: 0.5 })).toThrow('A seed is an integer; got 0.5');
  expect(make({ family, near: 0.8 })).toThrow('give `family` or `near`');
  expect(make({ family: 'simHash' })).toThrow('family is a spec');
  expect(make({ family: pStable({ hashes: 2, tables: 3, width: 1 }) })).toThrow(
    /'cosine' takes a family such as simHash .* 'pStable' hashes Euclidean distances/,
  );
  expect(make({ metric: 'euclidean', family })).toThrow(/such as pStable; 'simHash' hashes angles/);
  expect(make({ family: wta({ hashes: 2, tables: 3 }) })).toThrow(/'wta' hashes the order of coordinates/);
});

test('a family of the user, without probes, has one, and says so', () => {
  const signs = simHash({ bits: 3, tables: 8 });
  registerFamily({
    kind: 'plainSigns',
    similarity: 'cosine',
    check: () => undefined,
    collisionProbability: (_, cosine) => collisionProbability(signs, cosine),
    bind: (_, context) => {
      const hasher = bindHasher(signs, context);
      const { tables, buckets } = hasher;
      return {
        tables,
        buckets,
        hash: (vectors, count, target) => hasher.hash(vectors, count, target),
        hashSparse: (vectors, count, target) => hasher.hashSparse(vectors, count, target),
        operations: (nonZeros) => hasher.operations(nonZeros),
        [Symbol.dispose]: () => hasher[Symbol.dispose](),
      };
    },
  });
  using plain = new LshIndex({ dimensions: 4, metric: 'cosine', family: { kind: 'plainSigns', tables: 8 } });
  plain.add(normals(50, 4));
  using index = example();
  const query = normals(1, 4, 8);
  expect(plain.query(query)).toEqual(index.query(query));
  expect(() => plain.query(query, { probes: 2 })).toThrow("no buckets but a query's own: probes is 1; got 2");
});

test('an empty index answers', () => {
  using index = new LshIndex({ dimensions: 3, metric: 'euclidean', near: 1 });
  expect(index.query(new Float32Array(3))).toEqual({
    ids: new Uint32Array(0),
    distances: new Float32Array(0),
  });
  expect(index.queryBatch(new Float32Array(6))).toHaveLength(2);
  expect(index.queryBatch(new Float32Array(0))).toEqual([]);
  expect([index.size, index.ids().length, index.get(0)]).toEqual([0, 0, undefined]);
});

test('what is closed again takes nothing of others', () => {
  const arena = new Arena({ shared: false, capacity: 2 ** 22 });
  const team = Team.single(arena);
  const index = new LshIndex({ dimensions: 4, metric: 'cosine', family, team });
  index.add(normals(50, 4));
  index.close();
  const other = arena.float32(10_000).fill(1);
  index.close();
  index[Symbol.dispose]();
  expect(() => index.query(normals(1, 4))).toThrow('This index is closed.');
  expect(other.every((x) => x === 1)).toBe(true);
  arena.free(other);
});

test('memory is counted', () => {
  const arena = new Arena({ shared: false, capacity: 2 ** 24 });
  using index = new LshIndex({ dimensions: 100, metric: 'cosine', family, team: Team.single(arena) });
  const before = index.memoryUsage();
  index.add(normals(2000, 100));
  index.query(normals(1, 100));
  expect(index.memoryUsage() - before).toBeGreaterThan(2000 * 4 * 100);
  // Ids and lengths lie elsewhere; what threads use to work in is the team's.
  expect(Math.abs(index.memoryUsage() - arena.usedBytes)).toBeLessThan(1_000_000);
});

describe('an index of inner products answers by the vectors that are here:', () => {
  const dimensions = 16;
  const random = randomStream(5, 'lengths');
  const rows = Float32Array.from(
    { length: 400 * dimensions },
    (_, i) => random.normal() * (1 + (Math.floor(i / dimensions) % 7)),
  );
  const queries = rows.subarray(0, 60 * dimensions);
  const ids = Uint32Array.from({ length: 400 }, (_, i) => i);
  const made = (): LshIndex<'innerProduct'> =>
    new LshIndex({ dimensions, metric: 'innerProduct', family: simHash({ bits: 5, tables: 6 }) });
  const rowsOf = (first: number, last: number): Float32Array =>
    rows.subarray(first * dimensions, last * dimensions);
  const long = rowsOf(0, 1).map((x) => 1e4 * x);
  using once = made();
  once.add(rows, ids);
  const expected = once.queryBatch(queries);

  test.each<[string, (index: LshIndex<'innerProduct'>) => void]>([
    [
      'one by one, the last one first',
      (index) => {
        for (let i = 399; i >= 0; i--) index.add(rowsOf(i, i + 1), [i]);
      },
    ],
    [
      'in three parts',
      (index) => {
        for (const [a, b] of [
          [0, 7],
          [7, 300],
          [300, 400],
        ] as const)
          index.add(rowsOf(a, b), ids.subarray(a, b));
      },
    ],
    [
      'when a much longer one has come and gone',
      (index) => {
        index.add(long, [999]);
        index.add(rows, ids);
        index.remove([999]);
      },
    ],
    [
      'when a much longer one was replaced',
      (index) => {
        index.add(rows, ids);
        index.update([3], long);
        index.update([3], rowsOf(3, 4));
      },
    ],
    [
      'when all were removed, and added again',
      (index) => {
        index.add(
          rows.map((x) => 50 * x),
          ids,
        );
        index.remove(ids);
        index.add(rows, ids);
      },
    ],
  ])('%s', (_, fill) => {
    using index = made();
    fill(index);
    expect(index.queryBatch(queries)).toEqual(expected);
  });
});

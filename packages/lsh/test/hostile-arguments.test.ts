import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import {
  estimateSimilarity,
  estimateSize,
  hashText,
  LshIndex,
  mergeSignatures,
  MinHashIndex,
  shingles,
  simHash,
} from '../src/index.ts';
import { refused, wordless } from '../../../testing/hostile-arguments.ts';

const team = Team.single(new Arena());
const one = new Float32Array(4).fill(1);

function vectors(): LshIndex {
  const family = simHash({ bits: 2, tables: 2 });
  const index = new LshIndex({ dimensions: 4, metric: 'cosine', family, team });
  index.add(Float32Array.from({ length: 40 }, (_, k) => Math.sin(k)));
  return index;
}

function sets(): MinHashIndex {
  const index = new MinHashIndex({ hashes: 2, tables: 2, team });
  index.addAll([[1, 2], ['a'], []], [1, 'x', 9]);
  return index;
}

describe('LshIndex refuses in words, and is as it was', () => {
  test.each<[string, (index: LshIndex, value: never) => unknown]>([
    ['add', (index, value) => index.add(value)],
    ['add, ids', (index, value) => index.add(one, value)],
    ['update, ids', (index, value) => index.update(value, one)],
    ['update', (index, value) => index.update([1], value)],
    ['remove', (index, value) => index.remove(value)],
    ['has', (index, value) => index.has(value)],
    ['get', (index, value) => index.get(value)],
    ['query', (index, value) => index.query(value)],
    ['query, options', (index, value) => index.query(one, value)],
    ['queryBatch', (index, value) => index.queryBatch(value)],
    ...['limit', 'minCollisions', 'probes', 'candidates', 'filter'].map(
      (name): [string, (index: LshIndex, value: never) => unknown] => [
        name,
        (index, value) => index.query(one, { [name]: value }),
      ],
    ),
  ])('%s', (_, call) => {
    expect(refused(vectors, call)).toEqual([]);
  });

  const names = [
    'dimensions',
    'metric',
    'family',
    'seed',
    'near',
    'recall',
    'expected',
    'background',
    'team',
  ];
  test.each(names)('new, %s', (name) => {
    const known = { dimensions: 4, metric: 'euclidean', near: 1, team };
    expect(wordless((value) => new LshIndex({ ...known, [name]: value } as never).close())).toEqual([]);
  });

  test('load', () => {
    const bytes = vectors().toBytes();
    expect(wordless((value) => LshIndex.load(value).close())).toEqual([]);
    expect(wordless((value) => LshIndex.load(bytes, value).close())).toEqual([]);
    expect(wordless((value) => LshIndex.load(bytes, { team: value }).close())).toEqual([]);
  });
});

describe('MinHashIndex refuses in words, and is as it was', () => {
  test.each<[string, (index: MinHashIndex, value: never) => unknown]>([
    ['add', (index, value) => index.add(value)],
    ['add, id', (index, value) => index.add([1], value)],
    ['addAll', (index, value) => index.addAll(value)],
    ['addAll, ids', (index, value) => index.addAll([[1]], value)],
    ['update, id', (index, value) => index.update(value, [1])],
    ['update', (index, value) => index.update(1, value)],
    ['remove', (index, value) => index.remove(value)],
    ['has', (index, value) => index.has(value)],
    ['get', (index, value) => index.get(value)],
    ['query', (index, value) => index.query(value)],
    ['query, options', (index, value) => index.query([1], value)],
    ['queryBatch', (index, value) => index.queryBatch(value)],
    ['limit', (index, value) => index.query([1], { limit: value })],
    ['threshold', (index, value) => index.query([1], { threshold: value })],
    ['exhaustive', (index, value) => index.query([1], { exhaustive: value })],
    ['pairs', (index, value) => [...index.pairs(value)]],
    ['clusters', (index, value) => index.clusters(value)],
    ['signature', (index, value) => index.signature(value)],
    ['signatureOf', (index, value) => index.signatureOf(value)],
    ['estimate', (index, value) => index.estimate(value, [1])],
    ['merge', (index, value) => index.merge(value)],
  ])('%s', (_, call) => {
    expect(refused(sets, call)).toEqual([]);
  });

  const names = ['threshold', 'permutations', 'weights', 'hashes', 'tables', 'keep', 'seed', 'team'];
  test.each(names)('new, %s', (name) => {
    const known = { threshold: 0.5, permutations: 8, team };
    expect(wordless((value) => new MinHashIndex({ ...known, [name]: value } as never).close())).toEqual([]);
  });

  test('load', () => {
    const bytes = sets().toBytes();
    expect(wordless((value) => MinHashIndex.load(value).close())).toEqual([]);
    expect(wordless((value) => MinHashIndex.load(bytes, { team: value }).close())).toEqual([]);
  });

  test('what works without an index', () => {
    expect(wordless((value) => hashText(value))).toEqual([]);
    expect(wordless((value) => hashText('a', value))).toEqual([]);
    expect(wordless((value) => shingles(value, { unit: 'words', size: 1 }))).toEqual([]);
    expect(wordless((value) => shingles('a', value))).toEqual([]);
    expect(wordless((value) => estimateSimilarity(value, new Uint32Array(4)))).toEqual([]);
    expect(wordless((value) => mergeSignatures(new Uint32Array(4), value))).toEqual([]);
    expect(wordless((value) => estimateSize(value))).toEqual([]);
  });
});

test('a filter that writes to the query changes no answer', () => {
  using index = vectors();
  const query = one.slice();
  const plain = index.query(query);
  const filter = (): boolean => {
    query.fill(NaN);
    return true;
  };
  expect(index.query(query, { filter })).toEqual(plain);
});

test('sets whose elements change the index while they are read are added to what it is then', () => {
  using index = sets();
  function* elements(): Generator<number> {
    yield 5;
    index.remove(9);
    index.add([7], 10);
  }
  expect(index.add(elements())).toBe(11);
  expect(index.ids()).toEqual([1, 10, 11, 'x']);
  expect(index.query([5])).toEqual([{ id: 11, similarity: 1 }]);
});

function listOf(get: () => number): number[] {
  return Object.defineProperty([99], 0, { get });
}

test.each<[string, (index: LshIndex, close: () => number) => unknown]>([
  ['the ids of add', (index, close) => index.add(one, listOf(close))],
  ['the ids of update', (index, close) => index.update(listOf(close), one)],
  ['the ids of remove', (index, close) => index.remove(listOf(close))],
  [
    'options',
    (index, close) => index.query(one, Object.defineProperty({}, 'limit', { get: close, enumerable: true })),
  ],
])('%s that close the index while they are read: nothing is written to what takes its place', (_, call) => {
  const index = vectors();
  let other = team.arena.uint8(0);
  const close = (): number => {
    index.close();
    team.arena.free(other);
    other = team.arena.uint8(2 ** 20).fill(7);
    return 99;
  };
  expect(() => call(index, close)).toThrow('This index is closed.');
  expect(other.every((byte) => byte === 7)).toBe(true);
  team.arena.free(other);
});

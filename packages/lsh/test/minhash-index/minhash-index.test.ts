import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { hashText, MinHashIndex, type MinHashIndexOptions, type SetElements } from '../../src/index.ts';

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** What a type checker would not let through. */
const bad = (value: unknown): SetElements => value as SetElements;

describe('an index of sets', () => {
  test('finds near-duplicates, the most similar first, of equals lower ids first', () => {
    using index = new MinHashIndex({ threshold: 0.5 });
    index.addAll(
      [numbers(0, 100), numbers(10, 110), numbers(0, 101), numbers(0, 101), numbers(500, 600)],
      ['b', 7, 'a', 30, 'far'],
    );
    expect(index.query(numbers(0, 100))).toEqual([
      { id: 'b', similarity: 1 },
      { id: 30, similarity: 100 / 101 },
      { id: 'a', similarity: 100 / 101 },
      { id: 7, similarity: 90 / 110 },
    ]);
    expect(index.query(numbers(0, 100), { threshold: 0.99 }).map(({ id }) => id)).toEqual(['b', 30, 'a']);
    expect(index.query(numbers(0, 100), { limit: 2 }).map(({ id }) => id)).toEqual(['b', 30]);
    expect(index.query(numbers(1000, 1100))).toEqual([]);
    const asked = [numbers(10, 110), numbers(1000, 1100), numbers(0, 100)];
    for (const options of [{}, { limit: 1 }, { exhaustive: true, threshold: 0.2 }]) {
      expect(index.queryBatch(asked, options)).toEqual(asked.map((set) => index.query(set, options)));
    }
  });

  test('order, repetition and the kind of collection make no difference', () => {
    using index = new MinHashIndex({ threshold: 0.5 });
    const id = index.add(['x', 'y', 3, 4]);
    const others: SetElements[] = [[4, 'y', 'x', 3, 3, 'x'], new Set(['y', 4, 3, 'x']), new Map().keys()];
    expect(others.slice(0, 2).map((set) => index.query(set))).toEqual([
      [{ id, similarity: 1 }],
      [{ id, similarity: 1 }],
    ]);
    const words = Uint32Array.of(3, 4, hashText('x', 1), hashText('y', 1)).toSorted();
    expect(index.get(id)).toEqual(words);
    expect(index.query(words)).toEqual([{ id, similarity: 1 }]);
  });

  test('the integer 7 and the string "7" are two elements, and two ids', () => {
    using index = new MinHashIndex({ threshold: 0.5 });
    index.addAll([[7], ['7']], ['7', 7]);
    expect(index.query([7])).toEqual([{ id: '7', similarity: 1 }]);
    expect(index.query(['7'])).toEqual([{ id: 7, similarity: 1 }]);
    expect(index.ids()).toEqual([7, '7']);
  });

  test.each(['sets', 'signatures'] as const)(
    'empty sets are equal to each other and to nothing else, %s kept',
    (keep) => {
      using index = new MinHashIndex({ threshold: 0.5, keep });
      index.addAll([[], [1], [], new Set()]);
      expect(index.query([])).toEqual([0, 2, 3].map((id) => ({ id, similarity: 1 })));
      expect(index.query([1])).toEqual([{ id: 1, similarity: 1 }]);
      expect(index.query([], { exhaustive: true, threshold: 0 })[3]).toEqual({ id: 1, similarity: 0 });
      expect([...index.pairs(0.1)].map(({ a, b }) => [a, b])).toEqual([
        [0, 2],
        [0, 3],
        [2, 3],
      ]);
      expect(index.clusters()).toEqual([[0, 2, 3]]);
    },
  );

  test('the ends of the integers', () => {
    using index = new MinHashIndex({ threshold: 0.5 });
    index.add([0, 2 ** 32 - 1]);
    expect(index.query([2 ** 32 - 1, 0])).toEqual([{ id: 0, similarity: 1 }]);
    expect(index.query([0], { exhaustive: true })).toEqual([{ id: 0, similarity: 0.5 }]);
  });

  test('a set of very many elements is hashed as in one piece', () => {
    using index = new MinHashIndex({ hashes: 1, tables: 40 });
    const sets = [numbers(0, 10), numbers(0, 200_000), [], numbers(1, 200_001), numbers(0, 10)];
    index.addAll(sets);
    for (const [i, set] of sets.entries()) {
      using alone = new MinHashIndex({ hashes: 1, tables: 40 });
      alone.add(set, i);
      expect(index.signatureOf(i)).toEqual(alone.signatureOf(i));
    }
    const pieces = [0, 1, 2, 3].map((i) => index.signature(numbers(50_000 * i, 50_000 * (i + 1))));
    const least = pieces.reduce((a, b) => a.map((x, h) => Math.min(x, b[h] as number)));
    expect(index.signatureOf(1)).toEqual(least);
    expect(index.query(numbers(0, 200_000))).toEqual([
      { id: 1, similarity: 1 },
      { id: 3, similarity: 199_999 / 200_001 },
    ]);
  });

  test('ids that are not given are never given again, after load neither', () => {
    using index = new MinHashIndex({ threshold: 0.5 });
    expect(index.addAll([[1], [2], [3]])).toEqual([0, 1, 2]);
    index.remove(2);
    expect(index.add([4])).toBe(3);
    index.add([5], 10);
    index.add([6], 'six');
    index.remove(10);
    using loaded = MinHashIndex.load(index.toBytes());
    expect([index.add([7]), loaded.add([7])]).toEqual([11, 11]);
    loaded.add([1], Number.MAX_SAFE_INTEGER);
    using last = MinHashIndex.load(loaded.toBytes());
    expect(() => last.add([2])).toThrow(/^There are no 1 integers above 9007199254740991/);
    expect(last.addAll([])).toEqual([]);
  });

  test('update and remove', () => {
    using index = new MinHashIndex<string>({ threshold: 0.5 });
    index.addAll([['a', 'b'], ['c']], ['x', 'y']);
    index.update('x', ['c']);
    expect(index.query(['a', 'b'])).toEqual([]);
    expect(index.query(['c']).map(({ id }) => id)).toEqual(['x', 'y']);
    index.remove('y');
    expect([index.size, index.has('x'), index.has('y')]).toEqual([1, true, false]);
    expect([index.get('y'), index.signatureOf('y')]).toEqual([undefined, undefined]);
    expect(index.query(['c'])).toEqual([{ id: 'x', similarity: 1 }]);
  });

  test('two threads answer as one, to the bit', async () => {
    const sets = Array.from({ length: 2000 }, (_, i) => numbers(i % 50, 60 + (i % 97)));
    using one = new MinHashIndex({ threshold: 0.7 });
    using two = await MinHashIndex.create({ threshold: 0.7, threads: 2 });
    for (const index of [one, two]) index.addAll(sets);
    expect(two.toBytes()).toEqual(one.toBytes());
    for (const i of [0, 77, 1999]) {
      expect(two.query(sets[i] as number[])).toEqual(one.query(sets[i] as number[]));
      expect(two.signatureOf(i)).toEqual(one.signatureOf(i));
    }
  });

  test('signatures alone give estimates, within the error that is stated', () => {
    using index = new MinHashIndex({ threshold: 0.5, permutations: 256, keep: 'signatures' });
    index.addAll([numbers(0, 100), numbers(20, 120)]);
    const [first, second] = index.query(numbers(0, 100));
    expect(first).toEqual({ id: 0, similarity: 1 });
    const exact = 80 / 120;
    expect(Math.abs((second?.similarity ?? 0) - exact)).toBeLessThan(
      4 * Math.sqrt((exact * (1 - exact)) / 256),
    );
    expect(index.estimate(numbers(0, 100), numbers(20, 120))).toBe(second?.similarity);
    expect(() => index.get(0)).toThrow(new TypeError("get: only signatures are kept; use keep: 'sets'."));
    using exactly = new MinHashIndex({ threshold: 0.5, permutations: 256 });
    exactly.add(numbers(20, 120), 1);
    expect(index.signatureOf(1)).toEqual(exactly.signatureOf(1));
  });

  test.each(['sets', 'signatures'] as const)('merge adds the sets of another index, %s kept', (keep) => {
    const options = { threshold: 0.6, keep };
    using a = new MinHashIndex(options);
    using b = new MinHashIndex(options);
    using all = new MinHashIndex(options);
    a.addAll([numbers(0, 30), numbers(40, 70)], ['x', 5]);
    b.addAll([numbers(1, 31), []], ['y', 9]);
    all.addAll([numbers(0, 30), numbers(40, 70), numbers(1, 31), []], ['x', 5, 'y', 9]);
    a.merge(b);
    expect(a.toBytes()).toEqual(all.toBytes());
    expect([...a.pairs()]).toEqual([...all.pairs()]);
    expect(b.size).toBe(2);
    const before = a.toBytes();
    expect(() => a.merge(b)).toThrow(new RangeError('There is a set 9 already: `update` replaces it.'));
    expect(() => a.merge(a)).toThrow(RangeError);
    using other = new MinHashIndex({ ...options, seed: 2 });
    expect(() => a.merge(other)).toThrow('merge: indexes have the same seed; got 1 here and 2 there.');
    expect(a.toBytes()).toEqual(before);
  });

  test('many copies of a set, and of nearly one, make a cluster in no time squared', () => {
    using index = new MinHashIndex({ hashes: 2, tables: 8 });
    const count = 20_000;
    index.addAll(
      Array.from({ length: count }, (_, i) => (i % 2 === 0 ? [1, 2, 3] : [...numbers(0, 20), 1000 + i])),
    );
    const clusters = index.clusters(0.8);
    expect(clusters.map(({ length }) => length)).toEqual([count / 2, count / 2]);
    for (let id = 0; id < count; id += 2) index.remove(id);
    expect(index.size).toBe(count / 2);
  });

  test('pairs end with an error if the index is changed meanwhile', () => {
    using index = new MinHashIndex({ threshold: 0.5 });
    index.addAll([[1], [1], [1]]);
    const pairs = index.pairs();
    expect(pairs.next().value).toEqual({ a: 0, b: 1, similarity: 1 });
    index.add([2]);
    expect(() => pairs.next()).toThrow('The index was changed while its pairs were listed.');
  });

  test('statistics and memory', () => {
    using index = new MinHashIndex({ hashes: 2, tables: 3 });
    index.addAll([[1], [1], [1], [2]]);
    index.query([1]);
    index.query([3]);
    expect(index.statistics()).toEqual({
      largestBucket: 3,
      meanBucketOfSet: (9 + 1) / 4,
      queries: 2,
      candidatesPerQuery: 1.5,
    });
    const before = index.memoryUsage();
    index.add(numbers(0, 10_000));
    expect(index.memoryUsage() - before).toBeGreaterThan(4 * (10_000 - 1024));
  });
});

describe('an index of sets refuses, and is as it was', () => {
  const index = new MinHashIndex({ threshold: 0.5 });
  index.addAll([['a'], ['b']], ['x', 3]);
  const before = index.toBytes();

  test.each<[string, () => unknown, string]>([
    [
      'a string',
      () => index.add('text'),
      'Set 0 is a string: make a set of it, with `shingles` for instance.',
    ],
    ['no set', () => index.add(bad(5)), 'Set 0 is neither an array nor a Set, but 5.'],
    [
      'undefined',
      () => index.addAll([[], bad(undefined)]),
      'Set 1 is neither an array nor a Set, but undefined.',
    ],
    [
      'an object',
      () => index.query(bad({ a: 1 })),
      'Set 0 is neither an array nor a Set, but the object Object.',
    ],
    ['a bigint', () => index.add(bad([1n])), 'element 0 of set 0 is the bigint 1.'],
    ['a negative', () => index.addAll([[1], [2, -1]]), 'element 1 of set 1 is -1.'],
    [
      'a fraction',
      () => index.update(3, [0.5]),
      'Integers in sets are from 0 to 4294967295; element 0 of set 0 is 0.5.',
    ],
    ['2^32', () => index.query([2 ** 32]), 'element 0 of set 0 is 4294967296.'],
    ['NaN', () => index.signature([Number.NaN]), 'element 0 of set 0 is NaN.'],
    ['a taken id', () => index.add(['c'], 'x'), 'There is a set "x" already: `update` replaces it.'],
    ['an id twice', () => index.addAll([[1], [2]], ['y', 'y']), 'The id "y" comes twice.'],
    ['too few ids', () => index.addAll([[1], [2]], ['y']), '2 sets need as many ids; got 1.'],
    [
      'a negative id',
      () => index.add([1], -1),
      'The id of set 0 is an integer from 0 to 9007199254740991; got -1.',
    ],
    ['an id of -0', () => index.add([1], -0), 'The id of set 0 is an integer from 0 to'],
    [
      'another id',
      () => index.add([1], {} as string),
      'The id of set 0 is an integer or a string; got the object Object.',
    ],
    ['a missing id', () => index.update('z', [1]), 'There is no set "z".'],
    ['another missing id', () => index.remove('3'), 'There is no set "3".'],
    [
      'a bad set of a batch',
      () => index.queryBatch([['a'], [null as unknown as string]]),
      'element 0 of set 1',
    ],
    ['a threshold', () => index.query([], { threshold: 1.5 }), 'query: threshold is from 0 to 1; got 1.5.'],
    ['a limit', () => index.query([], { limit: 0 }), 'query: limit is an integer from 1 to'],
    [
      'a threshold of text',
      () => index.query([], { threshold: '0.5' as never }),
      "threshold is from 0 to 1; got the string '0.5'",
    ],
    [
      'an unknown option',
      () => index.query([], { treshold: 0.5 } as never),
      'There is no option treshold of query; there are threshold, limit, exhaustive.',
    ],
    ['no options', () => index.query([], null as never), 'The options of query come as an object; got null.'],
    ['text as a flag', () => index.query([], { exhaustive: 'no' as never }), "got the string 'no'"],
    ['no sets', () => index.addAll(5 as never), 'Sets come as an array of them; got 5.'],
    ['no ids', () => index.addAll([[1]], 5 as never), 'Ids come as an array, one for each set; got 5.'],
    ['no index', () => index.merge({} as never), 'merge takes a MinHashIndex; got the object Object.'],
    ['a threshold of pairs', () => index.pairs(0), 'a threshold is above 0 and at most 1; got 0.'],
    [
      'a threshold of clusters',
      () => index.clusters(Number.NaN),
      'a threshold is above 0 and at most 1; got NaN.',
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message);
    expect(index.toBytes()).toEqual(before);
  });

  test.each<[MinHashIndexOptions, string]>([
    [{}, 'MinHashIndex takes a threshold, or both hashes and tables.'],
    [{ threshold: 0.5, hashes: 3 }, 'MinHashIndex takes a threshold, or both hashes and tables.'],
    [{ tables: 3 }, 'MinHashIndex takes a threshold, or both hashes and tables.'],
    [{ threshold: 0 }, 'MinHashIndex: a threshold is above 0 and at most 1; got 0.'],
    [{ treshold: 0.5 } as never, 'There is no option treshold of MinHashIndex; there are threshold, permu'],
    [
      { hashes: 2, tables: 3, weights: { falsePositives: 1, falseNegatives: 1 } },
      'give hashes and tables, or weights that they are chosen by, not both.',
    ],
    [{ threshold: 0.5, permutations: 0 }, 'permutations is an integer from 1 to 4096'],
    [{ hashes: 4, tables: 4, permutations: 15 }, 'permutations is an integer from 16 to 4096'],
    [{ hashes: 64, tables: 65 }, 'tables is an integer from 1 to 64'],
    [{ threshold: 0.5, seed: -1 }, 'seed is an integer from 0 to 4294967295'],
    [{ threshold: 0.5, keep: 'all' as 'sets' }, "keep is 'sets' or 'signatures'; got the string 'all'."],
    [
      { threshold: 0.5, weights: { falsePositives: -1, falseNegatives: 1 } },
      'weights are finite and 0 or more; falsePositives is -1.',
    ],
  ])('options %j', (options, message) => {
    expect(() => new MinHashIndex(options)).toThrow(message);
  });

  test('pairs that are listed while the index is closed, and merging one that is closed', () => {
    const closed = new MinHashIndex({ threshold: 0.5 });
    using open = new MinHashIndex({ threshold: 0.5 });
    closed.addAll([[1], [1]]);
    const pairs = closed.pairs();
    closed.close();
    expect(() => pairs.next()).toThrow(new Error('This index is closed.'));
    expect(() => open.merge(closed)).toThrow(new Error('This index is closed.'));
    expect(open.size).toBe(0);
  });

  test('an iterable that closes the index', () => {
    const closing = new MinHashIndex({ threshold: 0.5 });
    function* sets(): Generator<number[]> {
      yield [1];
      closing.close();
    }
    expect(() => closing.addAll(sets())).toThrow('This index is closed.');
  });

  test('an index that is given a team leaves it to its owner', () => {
    const team = Team.single(new Arena());
    const used = team.arena.usedBytes;
    const own = new MinHashIndex({ threshold: 0.5, team });
    own.add([1]);
    own.close();
    expect(team.arena.usedBytes).toBe(used);
    team.arena.uint32(10);
  });
});

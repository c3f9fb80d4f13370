import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { refused, wordless } from '../../../testing/hostile-arguments.ts';
import { ExactIndex, MipsIndex, type MipsIndexOptions } from '../src/index.ts';

const team = Team.single(new Arena());
const one = new Float32Array(4).fill(1);
type Index = ExactIndex | MipsIndex;

function filled<I extends Index>(index: I): I {
  index.add(Float32Array.from({ length: 40 }, (_, k) => Math.sin(k)));
  return index;
}

const mips = (options: Partial<MipsIndexOptions>) => (): MipsIndex =>
  filled(new MipsIndex({ dimensions: 4, team, ...options }));
const exact = (): ExactIndex => filled(new ExactIndex({ dimensions: 4, team }));

type Call<I> = [string, (index: I, value: never) => unknown];

const CALLS: readonly Call<Index>[] = [
  ['add', (index, value) => index.add(value)],
  ['add, ids', (index, value) => index.add(one, value)],
  ['update, ids', (index, value) => index.update(value, one)],
  ['update', (index, value) => index.update([1], value)],
  ['remove', (index, value) => index.remove(value)],
  ['has', (index, value) => index.has(value)],
  ['get', (index, value) => index.get(value)],
  ['search', (index, value) => index.search(value, 1)],
  ['search, k', (index, value) => index.search(one, value)],
  ['search, options', (index, value) => index.search(one, 1, value)],
  ['searchInto, ids', (index, value) => index.searchInto(one, 1, value, new Float32Array(1))],
  ['searchInto, scores', (index, value) => index.searchInto(one, 1, new Uint32Array(1), value)],
  ['searchBatch', (index, value) => index.searchBatch(value, 1)],
  ...['filter', 'threshold'].map((name): Call<Index> => [
    name,
    (index, value) => index.search(one, 1, { [name]: value }),
  ]),
];

const EFFORTS: readonly Call<MipsIndex>[] = [
  ['candidates', (index, value) => index.candidates(value)],
  ['candidates, k', (index, value) => index.candidates(one, value)],
  ['candidates, options', (index, value) => index.candidates(one, 1, value)],
  ['defaults', (index, value) => (index.defaults = value)],
  ['tune', (index, value) => index.tune(value)],
  ...['slack', 'reach', 'share', 'candidates', 'probes'].map((name): Call<MipsIndex> => [
    name,
    (index, value) => index.search(one, 1, { [name]: value }),
  ]),
  ...['recall', 'k', 'queries', 'bits', 'families', 'sample', 'seed'].map((name): Call<MipsIndex> => [
    `tune, ${name}`,
    (index, value) => index.tune({ recall: 0.9, k: 1, [name]: value }),
  ]),
];

describe('ExactIndex refuses in words, and is as it was', () => {
  test.each(CALLS)('%s', (_, call) => expect(refused(exact, call)).toEqual([]));

  test.each(['dimensions', 'int8', 'team'])('new, %s', (name) => {
    const use = (value: never): void =>
      new ExactIndex({ dimensions: 4, team, [name]: value } as never).close();
    expect(wordless(use)).toEqual([]);
  });
});

describe.each([
  ['signatures', mips({})],
  ['tables', mips({ method: 'tables' })],
])('MipsIndex by %s refuses in words, and is as it was', (method, make) => {
  test.each([...CALLS, ...EFFORTS] as Call<MipsIndex>[])('%s', (_, call) =>
    expect(refused(make, call)).toEqual([]),
  );

  const names = ['dimensions', 'method', 'bits', 'vectors', 'transform', 'family', 'seed', 'team'];
  test.each(names)('new, %s', (name) => {
    const use = (value: never): void =>
      new MipsIndex({ dimensions: 4, team, method, [name]: value } as never).close();
    expect(wordless(use)).toEqual([]);
  });

  test('load', () => {
    const bytes = make().toBytes();
    expect(wordless((value) => MipsIndex.load(value, { team }).close())).toEqual([]);
    expect(wordless((value) => MipsIndex.load(bytes, value).close())).toEqual([]);
    expect(wordless((value) => MipsIndex.load(bytes, { team: value }).close())).toEqual([]);
  });
});

describe.each<[string, () => Index]>([
  ['ExactIndex', exact],
  ['MipsIndex by signatures', mips({})],
  ['MipsIndex by tables', mips({ method: 'tables' })],
])("%s: others' code that it calls", (_, make) => {
  const message = 'A filter cannot change, search or close the index that asks it.';

  test.each<[string, (index: Index) => unknown]>([
    ['adds', (index) => index.add(one)],
    ['updates', (index) => index.update([1], one)],
    ['removes all', (index) => index.remove(index.ids())],
    ['searches', (index) => index.search(one, 1)],
    ['closes it', (index) => index.close()],
  ])('a filter that %s is refused', async (_name, use) => {
    using index = make();
    const before = Buffer.concat(index.toBytes());
    const filter = (): boolean => {
      use(index);
      return true;
    };
    expect(() => index.search(one, 3, { filter })).toThrow(message);
    await expect(index.searchAsync(one, 3, { filter })).rejects.toThrow(message);
    expect(Buffer.concat(index.toBytes()).equals(before)).toBe(true);
    expect(index.search(one, 3, { filter: (id) => index.has(id) }).ids.length).toBe(3);
  });

  test.each<[string, (index: Index, ids: number[]) => unknown]>([
    ['add', (index, ids) => index.add(one, ids)],
    ['update', (index, ids) => index.update(ids, one)],
    ['remove', (index, ids) => index.remove(ids)],
  ])('ids of %s that close it are too late', (_name, use) => {
    const index = make();
    const ids = [3];
    Object.defineProperty(ids, 0, { get: () => (index.close(), 3) });
    expect(() => use(index, ids)).toThrow('This index is closed.');
  });
});

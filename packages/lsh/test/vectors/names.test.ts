import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { LshIndex, Names } from '../../src/index.ts';

/** Few names, so that they meet; keys of every object, digits and halves of characters among them. */
const name = fc.constantFrom(
  '',
  'a',
  'b',
  'c',
  'A',
  '0',
  '7',
  '__proto__',
  'constructor',
  'é',
  'e\u0301',
  '\ud800',
);
const edit = fc.record({
  how: fc.constantFrom('take', 'drop', 'filter'),
  list: fc.array(name, { maxLength: 4 }),
  reloads: fc.boolean(),
});

/** What a table says of itself. */
function contentsOf(names: Names): object {
  return { entries: [...names], size: names.size, json: names.toJSON() };
}

/** What a call gives, or the class of what it throws. */
function outcomeOf(call: () => Iterable<unknown>): unknown {
  try {
    return [...call()];
  } catch (error) {
    return (error as Error).constructor;
  }
}

/** The table that an object describes, or the sentence that refuses it. */
function tableOf(value: unknown): Names | string {
  try {
    return Names.from(value as never);
  } catch (error) {
    if (error instanceof TypeError && error.message.startsWith('Cannot')) throw error;
    return (error as Error).message;
  }
}

/** The plain form: a Map, and the id that comes next. */
class Model {
  readonly map = new Map<string, number>();
  next = 0;

  take(list: string[]): number[] {
    if (new Set(list).size < list.length || list.some((each) => this.map.has(each))) throw new RangeError();
    for (const each of list) this.map.set(each, this.next++);
    return list.map((each) => this.map.get(each) as number);
  }

  drop(list: string[]): Set<number> {
    if (new Set(list).size < list.length) throw new RangeError();
    const ids = this.filter(list);
    for (const each of list) this.map.delete(each);
    return ids;
  }

  filter(list: string[]): Set<number> {
    if (!list.every((each) => this.map.has(each))) throw new RangeError();
    return new Set(list.map((each) => this.map.get(each) as number));
  }
}

describe('Names', () => {
  test('hold what a Map does, give ascending ids that nobody had, and change wholly or not at all', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 40 }), (edits) => {
        let names = new Names();
        const model = new Model();
        for (const { how, list, reloads } of edits) {
          if (reloads) names = Names.from(JSON.parse(JSON.stringify(names)));
          expect(outcomeOf(() => names[how](list))).toEqual(outcomeOf(() => model[how](list)));

          const { map } = model;
          const [all, ids] = [[...map.keys()], [...map.values()]];
          expect([...names]).toEqual([...map]);
          expect(names.size).toBe(map.size);
          expect(list.map((each) => names.id(each))).toEqual(list.map((each) => map.get(each)));
          expect(list.map((each) => names.has(each))).toEqual(list.map((each) => map.has(each)));
          expect([...names.ids(map.keys())]).toEqual(ids);
          for (let id = 0; id <= model.next; id++) {
            expect(outcomeOf(() => names.of([id]))).toEqual(
              ids.includes(id) ? [all[ids.indexOf(id)]] : RangeError,
            );
          }
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test('say which names are wrong, and are as before', () => {
    const names = new Names();
    names.take(['a', 'b', 'c']);
    names.drop(['b']);
    const before = contentsOf(names);
    const many = Array.from({ length: 7 }, (_, i) => `x${i}`);
    for (const [call, message] of [
      [() => names.take(['d', 'c', 'a']), 'These names are there already: "c", "a".'],
      [() => names.take(['d', 'e', 'd']), 'The name "d" comes twice.'],
      [() => names.drop(['a', 'b']), 'These names are missing: "b".'],
      [() => names.drop(['a', 'a']), 'The name "a" comes twice.'],
      [() => names.ids(many), 'These names are missing: "x0", "x1", "x2", "x3", "x4" and 2 more.'],
      [() => names.ids(['y'.repeat(99)]), `These names are missing: "${'y'.repeat(60)}...".`],
      [() => names.filter(['a', 'b']), 'These names are missing: "b".'],
      [() => names.of([0, 1]), 'The id 1 has no name.'],
      [() => names.of([-1]), 'Ids are integers from 0 to 4294967295; id 0 is -1.'],
      [() => names.take('de'), "Names come as an array of strings; got the string 'de'."],
      [() => names.take(['d', 5 as never]), 'Names are strings; name 1 is 5.'],
      // oxlint-disable-next-line no-sparse-arrays
      [() => names.take(['d', , 'e'] as never), 'Names are strings; name 1 is undefined.'],
      [() => names.ids(undefined as never), 'Names come as an array of strings; got undefined.'],
    ] as [() => unknown, string][]) {
      expect(call).toThrow(message);
      expect(contentsOf(names)).toEqual(before);
    }
    expect([...names.take(['b'])]).toEqual([3]);
  });

  test('are as before when there is no room for the names, or for their ids', () => {
    const names = Names.from({ names: ['a'], ids: [5], next: 2 ** 32 - 3 });
    const before = contentsOf(names);
    expect(() => names.take(['b', 'c', 'd', 'e'])).toThrow(
      '4 names need as many ids; 3 of 4294967296 are left.',
    );
    expect(contentsOf(names)).toEqual(before);

    const list = ['b', 'c', 'd'];
    const { set } = Map.prototype;
    for (const full of [...list, 2 ** 32 - 3, 2 ** 32 - 2, 2 ** 32 - 1]) {
      const spy = vi.spyOn(Map.prototype, 'set').mockImplementation(function (
        this: Map<unknown, unknown>,
        key,
        value,
      ) {
        if (key === full) throw new RangeError('Map maximum size exceeded');
        return set.call(this, key, value);
      });
      try {
        expect(() => names.take(list)).toThrow('There is no room for 3 names beside the 1 there are.');
      } finally {
        spy.mockRestore();
      }
      expect(contentsOf(names)).toEqual(before);
      expect(() => names.of([2 ** 32 - 3])).toThrow('has no name');
    }
    expect([...names.take(list)]).toEqual([2 ** 32 - 3, 2 ** 32 - 2, 2 ** 32 - 1]);
    expect(Names.from(names.toJSON()).id('d')).toBe(2 ** 32 - 1);
    expect(() => names.take(['e'])).toThrow('1 names need as many ids; 0 of 4294967296 are left.');
    expect([...names.take([])]).toEqual([]);
  });

  test('are read from nothing else than what they wrote', () => {
    const good = { names: ['a', 'b'], ids: [0, 4], next: 5 };
    expect(JSON.stringify(Names.from(good))).toBe(JSON.stringify(good));
    for (const [json, message] of [
      [JSON.stringify(good), 'A table of names is read from an object; got the string'],
      [null, 'A table of names is read from an object; got null.'],
      [[], 'arrays `names` and `ids`; got undefined and undefined.'],
      [{ ...good, names: 'ab' }, "arrays `names` and `ids`; got the string 'ab' and the object Array."],
      [{ ...good, ids: { 0: 0, 1: 4, length: 2 } }, 'arrays `names` and `ids`'],
      [{ ...good, ids: [0] }, '2 names have as many ids; got 1.'],
      [{ ...good, names: ['a'] }, '1 names have as many ids; got 2.'],
      [{ ...good, names: ['a', 'a'] }, 'The name "a" comes twice.'],
      [{ ...good, names: ['a', 7] }, 'Names are strings; name 1 is 7.'],
      [{ ...good, names: ['a', null] }, 'Names are strings; name 1 is null.'],
      [{ ...good, ids: [4, 0] }, 'Id 1 is an integer from 5 to 4; got 0.'],
      [{ ...good, ids: [1, 1] }, 'Id 1 is an integer from 2 to 4; got 1.'],
      [{ ...good, ids: [-1, 4] }, 'Id 0 is an integer from 0 to 4; got -1.'],
      [{ ...good, ids: [0, 5] }, 'Id 1 is an integer from 1 to 4; got 5.'],
      [{ ...good, ids: [0, 1.5] }, 'got 1.5.'],
      [{ ...good, ids: [0, '4'] }, "got the string '4'."],
      [{ ...good, ids: [0, null] }, 'got null.'],
      [{ ...good, ids: Array.from({ length: 2 }).with(0, 0) }, 'got undefined.'],
      [{ ...good, ids: [0, NaN] }, 'got NaN.'],
      [{ ...good, next: undefined }, '`next` is an integer from 0 to 4294967296; got undefined.'],
      [{ ...good, next: '5' }, "got the string '5'."],
      [{ ...good, next: -1 }, 'got -1.'],
      [{ ...good, next: 5.5 }, 'got 5.5.'],
      [{ ...good, next: Infinity }, 'got Infinity.'],
      [{ ...good, next: 2 ** 32 + 1 }, 'got 4294967297.'],
    ] as [never, string][]) {
      expect(() => Names.from(json)).toThrow(message);
    }
  });

  test('any other JSON is refused with a sentence, or read as a table that holds together', () => {
    const list = fc.array(
      fc.oneof(fc.string({ maxLength: 1 }), fc.integer({ min: -1, max: 9 }), fc.jsonValue()),
    );
    const json = fc.oneof(
      fc.jsonValue(),
      fc.record({ names: list, ids: list, next: fc.oneof(fc.nat({ max: 12 }), fc.jsonValue()) }),
      fc
        .tuple(
          fc.array(fc.string({ maxLength: 2 }), { maxLength: 4 }),
          fc.array(fc.nat({ max: 9 }), { maxLength: 4 }),
        )
        .map(([names, ids]) => ({ names, ids: ids.toSorted((a, b) => a - b), next: 10 })),
    );
    let read = 0;
    fc.assert(
      fc.property(json, (value) => {
        const names = tableOf(value);
        if (typeof names === 'string') return /^[A-Z0-9`].*\.$/s.test(names);
        read++;
        const [all, ids] = [Array.from(names, ([each]) => each), Array.from(names, ([, id]) => id)];
        const [id = -1] = names.take(['longer than any']);
        return ids.every((other, i) => names.of([other])[0] === all[i] && other < id);
      }),
      { numRuns: 1000, seed: 1 },
    );
    expect(read).toBeGreaterThan(20);
  });

  test('go beside an index: added, found, filtered, replaced, removed, saved', () => {
    using index = new LshIndex({ dimensions: 2, metric: 'euclidean', near: 1 });
    const names = new Names();
    const here = Float32Array.of(0, 0);
    index.add(Float32Array.of(0, 0, 0.1, 0, 0, 0.2), names.take(['a', 'b', 'c']));
    expect(names.of(index.query(here).ids)).toEqual(['a', 'b', 'c']);
    expect(names.of(index.query(here, { filter: names.filter(['c', 'b']) }).ids)).toEqual(['b', 'c']);
    index.update(names.ids(['a']), Float32Array.of(0.15, 0));
    expect(names.of(index.query(here).ids)).toEqual(['b', 'a', 'c']);
    index.remove(names.drop(['b']));
    index.add(here, names.take(['b']));

    using saved = LshIndex.load(index.toBytes());
    const read = Names.from(JSON.parse(JSON.stringify(names)));
    expect(read.of(saved.query(here).ids)).toEqual(['b', 'a', 'c']);
    expect([...read].map(([, id]) => id)).toEqual([...saved.ids()]);
  });
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdTable, knownPlaces, newIds } from '../../src/vectors/index.ts';

// Small ids lie in an array, others in a map; from 10,000 on the first one to come changes from one to the other.
const ids = fc.oneof(fc.nat(50), fc.nat(6000), fc.integer({ min: 10_000, max: 2 ** 32 - 1 }));
const edits = fc.array(fc.record({ id: ids, place: fc.nat(1000), remove: fc.boolean() }), { maxLength: 80 });

test('a table of ids is a map that knows the next one', () => {
  fc.assert(
    fc.property(edits, fc.nat(100), (list, start) => {
      const table = new IdTable();
      const map = new Map<number, number>();
      table.startAt(start);
      let next = start;
      for (const { id, place, remove } of list) {
        if (remove) {
          table.delete(id);
          map.delete(id);
        } else {
          table.set(id, place);
          map.set(id, place);
          next = Math.max(next, id + 1);
        }
        expect([table.size, table.next]).toEqual([map.size, next]);
      }
      for (const { id } of list) expect(table.get(id)).toBe(map.get(id));
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('ids that nobody gives follow the greatest that there ever was, also in another table', () => {
  const table = new IdTable();
  table.set(7, 0);
  table.delete(7);
  expect([...newIds(table, 2, undefined)]).toEqual([8, 9]);
  table.startAt(5);
  expect(table.next).toBe(8);
  table.startAt(2 ** 32 - 1);
  expect([...newIds(table, 1, undefined)]).toEqual([2 ** 32 - 1]);
  expect(() => newIds(table, 2, undefined)).toThrow('There are no 2 ids above 4294967294');
  expect(() => knownPlaces(table, [7])).toThrow('There is no vector 7');
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IdTable, newIds } from '../../src/vectors/index.ts';

/** Ids that are small, in steps of a power of two, or anything. */
const ids = fc.oneof(
  fc.nat({ max: 3000 }),
  fc.nat({ max: 3000 }).map((n) => n * 2 ** 20),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
);

describe('IdTable', () => {
  test('holds what a Map does, while ids come and go', () => {
    const edits = fc.array(fc.tuple(fc.boolean(), ids), { maxLength: 400 });
    fc.assert(
      fc.property(edits, (list) => {
        const table = new IdTable();
        const map = new Map<number, number>();
        for (const [i, [comes, id]] of list.entries()) {
          if (comes) {
            table.reserve([id]);
            table.set(id, i);
            map.set(id, i);
          } else if (map.delete(id)) table.delete(id);
        }
        expect(table.size).toBe(map.size);
        expect([...table.ids()]).toEqual([...map.keys()].toSorted((a, b) => a - b));
        for (const [, id] of list) expect(table.get(id)).toBe(map.get(id));
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  test('has room for what was reserved: nothing is made while ids are set', () => {
    for (const many of [
      Uint32Array.from({ length: 5000 }, (_, i) => i),
      Uint32Array.of(9, 2 ** 31, 2 ** 32 - 1),
    ]) {
      const table = new IdTable();
      table.reserve(many);
      const { bytes } = table;
      for (const [i, id] of many.entries()) table.set(id, i);
      expect(table.bytes).toBe(bytes);
      expect([...many].map((id) => table.get(id))).toEqual([...many.keys()]);
    }
  });

  test('gives ids above all that there ever were', () => {
    const table = new IdTable();
    table.reserve([7]);
    table.set(7, 0);
    table.delete(7);
    expect([...table.nextIds(2)]).toEqual([8, 9]);
    table.skipTo(20);
    table.skipTo(3);
    expect(table.next).toBe(20);
    table.skipTo(2 ** 32);
    expect(() => table.nextIds(1)).toThrow('There are no 1 ids above 4294967295');
  });

  test('takes more ids than a Set has room for', () => {
    const count = 2 ** 24 + 10;
    const many = new Uint32Array(count);
    for (let i = 0; i < count; i++) many[i] = i;
    many[count - 1] = 5;
    expect(() => newIds(new IdTable(), count, many)).toThrow('Vector 5 comes twice.');
  });
});

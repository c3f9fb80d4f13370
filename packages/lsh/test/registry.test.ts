import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import {
  bindHasher,
  collisionProbability,
  crossPolytope,
  doph,
  dwta,
  familyOf,
  type FamilySpec,
  type HashFamily,
  HashTables,
  itq,
  learned,
  minHash,
  pStable,
  registerFamily,
  simHash,
  weightedMinHash,
  wta,
} from '../src/index.ts';
import { FAMILIES } from './families.ts';
import { codesOf, normals } from './vectors.ts';

const team = Team.single(new Arena());
const disposed: string[] = [];

/** A family of a user's own: the code is the index of the largest coordinate, turned by one more in each table. */
const largest: HashFamily = {
  kind: 'largest',
  similarity: 'rank',
  check(spec) {
    if (spec['turn'] === 0) throw new RangeError('largest: turn is not 0.');
  },
  collisionProbability: (_, similarity) => similarity / 2,
  bind: (spec, { dimensions }) => {
    const code = (values: ArrayLike<number>, table: number): number => {
      let best = 0;
      for (let k = 1; k < values.length; k++) if ((values[k] ?? 0) > (values[best] ?? 0)) best = k;
      return (best + table * Number(spec['turn'])) % dimensions;
    };
    return {
      tables: spec.tables,
      buckets: dimensions,
      hash({ values, stride, width }, count, target) {
        for (let t = 0; t < spec.tables; t++) {
          for (let i = 0; i < count; i++) {
            const row = values.subarray(i * stride, i * stride + width);
            target.codes[t * target.stride + (target.first ?? 0) + i] = code(row, t);
          }
        }
      },
      hashSparse({ offsets, ids, values }, count, target) {
        for (let i = 0; i < count; i++) {
          const row = new Float32Array(dimensions);
          for (let j = offsets[i] ?? 0; j < (offsets[i + 1] ?? 0); j++) row[ids[j] ?? 0] = values[j] ?? 0;
          for (let t = 0; t < spec.tables; t++) {
            target.codes[t * target.stride + (target.first ?? 0) + i] = code(row, t);
          }
        }
      },
      operations: (nonZeros) => ({ multiplyAdds: nonZeros }),
      [Symbol.dispose]: () => void disposed.push('largest'),
    };
  },
};
const spec = { kind: 'largest', tables: 3, turn: 2 } as const;

test('an unknown kind is refused, and the known ones are named', () => {
  // Tests that ran before in this process may have registered families of their own, which come after.
  const message =
    /^There is no hash family 'largest'; known are simHash, crossPolytope, pStable, wta, dwta, minHash, doph, weightedMinHash, itq, learned(, \w+)*\.$/;
  expect(() => familyOf(spec)).toThrow(message);
  expect(() => bindHasher(spec, { dimensions: 3, tailWidth: 0, seed: 1, team })).toThrow(message);
  expect(() => collisionProbability(spec, 0)).toThrow(message);
});

const MAKERS = {
  simHash,
  crossPolytope,
  pStable,
  wta,
  dwta,
  minHash,
  doph,
  weightedMinHash,
  itq,
  learned,
};

test.each(FAMILIES)('%s has no parameter of another name, in a call or in a spec', (_, own) => {
  const { kind, ...parameters } = own;
  const make = MAKERS[kind as keyof typeof MAKERS] as (given: object) => FamilySpec;
  expect(make(parameters)).toEqual(own);
  const message = new RegExp(`^There is no option tabels of ${kind}; there are .*tables`);
  expect(() => make({ ...parameters, tabels: 3 })).toThrow(message);
  expect(() => familyOf({ ...own, tabels: 3 })).toThrow(message);
});

describe("a user's own family", () => {
  test('is known once it is registered, by its kind', () => {
    registerFamily(largest);
    expect(familyOf(spec)).toBe(largest);
    expect(collisionProbability(spec, 0.5)).toBe(0.25);
    expect(() => familyOf({ kind: 'other', tables: 1 })).toThrow(
      /^There is no hash family 'other'; known are simHash, .*, largest\.$/,
    );
  });

  test('checks its own specs', () => {
    expect(() => familyOf({ ...spec, turn: 0 })).toThrow('largest: turn is not 0.');
  });

  test('can be registered again, but no other of its kind can', () => {
    registerFamily(largest);
    expect(() => registerFamily({ ...largest })).toThrow("There is a hash family 'largest' already.");
    expect(() => registerFamily({ ...largest, kind: 'simHash' })).toThrow(
      "There is a hash family 'simHash' already.",
    );
    expect(familyOf(simHash({ bits: 1, tables: 1 })).similarity).toBe('cosine');
  });

  test('hashes, dense and sparse, and fills the tables', () => {
    const { arena } = team;
    const rows = normals(40, 9, 1);
    const winners = rows.map((row) => row.indexOf(Math.max(...row)));
    const codes = codesOf(team, spec, rows);
    expect(codes).toEqual(winners.map((k) => [k, (k + 2) % 9, (k + 4) % 9]));
    expect(codesOf(team, spec, rows, { form: 'sparse' })).toEqual(codes);
    expect(disposed).toEqual(['largest', 'largest']);

    const tables = new HashTables({ items: 40, tables: 3, buckets: 9, team });
    const flat = arena.uint32(3 * 40);
    for (const [i, row] of codes.entries()) for (const [t, code] of row.entries()) flat[t * 40 + i] = code;
    tables.build(flat);
    const result = {
      ids: arena.int32(40 * 40),
      lengths: arena.int32(40),
      candidates: arena.int32(40),
      collisions: arena.int32(40 * 40),
    };
    tables.query(flat, 40, { limit: 40 }, result);
    for (const [s, winner] of winners.entries()) {
      const found = Array.from(result.ids.subarray(s * 40, s * 40 + (result.lengths[s] ?? 0)));
      expect(found).toEqual(rows.map((_, i) => i).filter((i) => winners[i] === winner));
      expect(result.collisions[s * 40]).toBe(3);
    }
  });

  test('that gives codes that are no buckets does no harm', () => {
    const { arena } = team;
    const hasher = bindHasher(spec, { dimensions: 9, tailWidth: 0, seed: 1, team });
    const values = arena.float32(9);
    values[8] = 1;
    const codes = arena.uint32(3);
    hasher.hash({ values, stride: 9, width: 9 }, 1, { codes, stride: 1 });
    const tables = new HashTables({ items: 1, tables: 3, buckets: 8, team });
    expect(() => tables.build(codes)).toThrow('Codes are from 0 to 7; vector 0 has 8 in table 0.');
  });
});

test('what is no spec is refused as such', () => {
  for (const wrong of [undefined, null, 'simHash', simHash, {}]) {
    expect(() => familyOf(wrong as never)).toThrow(/^A hash family is given as the spec of one, such as/);
  }
});

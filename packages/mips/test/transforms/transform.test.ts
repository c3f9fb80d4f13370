import * as fc from 'fast-check';
import { Arena, Team } from '@hashgrad/kernels';
import { bindHasher, collisionProbability, familyOf, HashTables, simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  asymmetricMinHash,
  identity,
  indexTransformOf,
  l2Alsh,
  normRanging,
  qnf,
  registerTransform,
  saAlsh,
  signAlsh,
  simpleAlsh,
  simpleLsh,
  transformOf,
  type TransformSpec,
  xbox,
} from '../../src/index.ts';
import { dot, flat, length, normals, plantedRows, scaled } from '../vectors.ts';

const team = Team.single(new Arena());
const { arena } = team;

/** P's coordinates of the rows, from the squared lengths that the kernel computes; `slack` makes the bound greater. */
function dataTails(rows: readonly number[][], slack = 1): { tails: number[]; bound: number } {
  const width = rows[0]?.length ?? 0;
  const stride = Math.ceil(width / 4) * 4;
  const values = arena.float32(rows.length * stride);
  for (const [i, row] of rows.entries()) values.set(row, i * stride);
  const norms = arena.float32(rows.length);
  team.run('squaredNorms', [arena.address(norms), arena.address(values), stride, width], rows.length);
  const bound = Math.max(...norms) * slack;
  const tails = new Float32Array(rows.length);
  transformOf(simpleLsh()).data(norms, rows.length, bound, { tails, stride: 1, offset: 0 });
  arena.free(values);
  arena.free(norms);
  return { tails: Array.from(tails), bound };
}

test.each([
  [asymmetricMinHash, { most: 9 }, 'most'],
  [l2Alsh, {}, 'powers, bound'],
  [normRanging, {}, 'blocks, scan'],
  [qnf, {}, 'c0, c, most, scan'],
  [saAlsh, {}, 'ratio, most, scan'],
  [signAlsh, {}, 'powers, bound'],
  [simpleAlsh, {}, 'queryBound'],
] as const)('%o has no parameter of another name, in a call or in a spec', (maker, good, known) => {
  const make = maker as (given: object) => TransformSpec;
  const spec = make(good);
  const message = `There is no option power of ${spec.kind}; there are ${known}.`;
  expect(() => make({ ...good, power: 2 })).toThrow(message);
  expect(() => indexTransformOf({ ...spec, power: 2 })).toThrow(message);
});

test.each([identity(), simpleLsh(), xbox()])('$kind has no parameters', (spec) => {
  expect(() => indexTransformOf({ ...spec, power: 2 })).toThrow(
    `There is no option power of ${spec.kind}; it has none.`,
  );
});

describe('Simple-LSH', () => {
  const coordinate = fc
    .float({ noNaN: true, min: -100, max: 100 })
    .filter((x) => x === 0 || Math.abs(x) > 1e-3);
  const row = (dimensions: number): fc.Arbitrary<number[]> =>
    fc
      .array(coordinate, { minLength: dimensions, maxLength: dimensions })
      .filter((x) => x.some((value) => value !== 0));
  const examples = fc.constantFrom(1, 2, 3, 4, 33, 128).chain((dimensions) =>
    fc.record({
      rows: fc.array(row(dimensions), { minLength: 1, maxLength: 20 }),
      query: row(dimensions),
      slack: fc.constantFrom(1, 1.5, 10),
    }),
  );

  test('the cosine of P(x) and Q(q) is q . x / (M |q|)', () => {
    fc.assert(
      fc.property(examples, ({ rows, query, slack }) => {
        const { tails, bound } = dataTails(rows, slack);
        const queryTail = new Float32Array(1).fill(9);
        transformOf(simpleLsh()).query(1, { tails: queryTail, stride: 1, offset: 0 });
        const transformedQuery = [...query, queryTail[0] as number];
        for (const [i, x] of rows.entries()) {
          const transformed = [...x, tails[i] as number];
          const cosine =
            dot(transformed, transformedQuery) / (length(transformed) * length(transformedQuery));
          const wanted = dot(query, x) / (Math.sqrt(bound) * length(query));
          expect(Math.abs(cosine - wanted)).toBeLessThan(2e-6);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('by hand: 3-4-5 triangles', () => {
    const { tails } = dataTails([[3], [-4], [0], [5]]);
    expect(tails).toEqual([4, 3, 5, 0]);
  });

  test('a squared length that rounding put above the bound gives 0, not NaN', () => {
    const tails = new Float32Array(1);
    transformOf(simpleLsh()).data(Float32Array.of(4.000001), 1, 4, { tails, stride: 1, offset: 0 });
    expect(tails[0]).toBe(0);
  });

  test('tails go where they are asked to, and nowhere else', () => {
    const target = { tails: new Float32Array(6).fill(7), stride: 3, offset: 1 };
    transformOf(simpleLsh()).data(Float32Array.of(9, 16), 2, 25, target);
    expect(Array.from(target.tails)).toEqual([7, 4, 7, 7, 3, 7]);
    transformOf(simpleLsh()).query(2, target);
    expect(Array.from(target.tails)).toEqual([7, 0, 7, 7, 0, 7]);
  });

  test('under SimHash, x and q collide with the law of q . x / (M |q|)', () => {
    const [direction = [], other = []] = normals(2, 10, 1);
    const query = scaled(direction, 7);
    // Lengths 0.1 to 1 of the longest, at several angles; the last row is the longest.
    const rows = [0.1, 0.3, 0.5, 0.7, 0.9, 1].flatMap((size) =>
      [0, 0.5, 2].map((mix) => {
        const x = direction.map((value, k) => value + mix * (other[k] ?? 0));
        return scaled(x, size / length(x));
      }),
    );
    const { tails, bound } = dataTails(rows);
    const values = arena.float32((rows.length + 1) * 10);
    values.set(flat([...rows, query]));
    const tail = arena.float32(rows.length + 1);
    tail.set([...tails, 0]);
    const spec = simHash({ bits: 2, tables: 4096 });
    const count = rows.length + 1;
    const codes = arena.uint32(count * spec.tables);
    const hits = rows.map(() => 0);
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
    for (const seed of seeds) {
      using hasher = bindHasher(spec, { dimensions: 10, tailWidth: 1, seed, team });
      hasher.hash({ values, stride: 10, width: 10, tail, tailWidth: 1 }, count, { codes, stride: count });
      for (let t = 0; t < spec.tables; t++) {
        for (let i = 0; i < rows.length; i++) {
          if (codes[t * count + i] === codes[t * count + rows.length]) hits[i] = (hits[i] ?? 0) + 1;
        }
      }
    }
    const draws = seeds.length * spec.tables;
    for (const [i, x] of rows.entries()) {
      const cosine = Math.min(1, dot(query, x) / (Math.sqrt(bound) * length(query)));
      const p = collisionProbability(spec, cosine);
      // Near the greatest length, rounding it in the 8th digit moves the tail in the 4th.
      const tolerance = 4 * Math.sqrt((p * (1 - p)) / draws) + 1e-4;
      expect(Math.abs((hits[i] ?? 0) / draws - p)).toBeLessThan(tolerance);
    }
  });
});

describe('of 1,000 vectors of many lengths, the one with the greatest inner product', () => {
  const DIMENSIONS = 32;
  const queries = normals(30, DIMENSIONS, 3);
  const rows = plantedRows(queries);

  /** The id that collides with each query in the most tables. */
  function winners(spec: TransformSpec): number[] {
    const family = simHash({ bits: 5, tables: 400 });
    const transform = transformOf(spec, familyOf(family));
    const { tailWidth } = transform;
    const hash = (vectors: readonly number[][], fillTail: (tails: Float32Array) => void): Uint32Array => {
      using hasher = bindHasher(family, { dimensions: DIMENSIONS, tailWidth, seed: 4, team });
      const values = arena.float32(vectors.length * DIMENSIONS);
      values.set(flat(vectors));
      const tail = arena.float32(vectors.length * tailWidth);
      fillTail(tail);
      const codes = arena.uint32(vectors.length * family.tables);
      const dense = { values, stride: DIMENSIONS, width: DIMENSIONS, tail, tailWidth };
      hasher.hash(dense, vectors.length, { codes, stride: vectors.length });
      return codes;
    };
    const norms = Float32Array.from(rows, (x) => dot(x, x));
    const target = { stride: tailWidth, offset: 0 };
    const codes = hash(rows, (tails) =>
      transform.data(norms, rows.length, Math.max(...norms), { ...target, tails }),
    );
    const queryCodes = hash(queries, (tails) => transform.query(queries.length, { ...target, tails }));
    using tables = new HashTables({ items: rows.length, tables: family.tables, buckets: 32, team });
    tables.build(codes);
    const result = { ids: arena.int32(30), lengths: arena.int32(30), candidates: arena.int32(30) };
    tables.query(queryCodes, 30, { limit: 1 }, result);
    return Array.from(result.ids);
  }

  const truth = queries.map((query) => {
    const products = rows.map((x) => dot(x, query));
    return products.indexOf(Math.max(...products));
  });

  test('is found behind Simple-LSH', () => {
    expect(truth).toEqual(queries.map((_, s) => 2 * s));
    expect(winners(simpleLsh())).toEqual(truth);
  });

  test('is not found without a transform: a short one in the right direction is', () => {
    expect(winners(identity())).toEqual(queries.map((_, s) => 2 * s + 1));
  });
});

test('the identity appends nothing', () => {
  const transform = transformOf(identity(), familyOf(simHash({ bits: 1, tables: 1 })));
  const target = { tails: new Float32Array(2).fill(7), stride: 1, offset: 0 };
  transform.data(Float32Array.of(1, 2), 2, 4, target);
  transform.query(2, target);
  expect(transform.tailWidth).toBe(0);
  expect(Array.from(target.tails)).toEqual([7, 7]);
});

describe('specs', () => {
  test('are plain JSON', () => {
    for (const spec of [identity(), simpleLsh()]) {
      expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
      expect(transformOf(spec).kind).toBe(spec.kind);
    }
  });

  test('of an unknown kind are refused, and the known ones named', () => {
    expect(() => transformOf({ kind: 'simpleLSH' })).toThrow(
      /^There is no transform 'simpleLSH'; known are identity, simpleLsh, simpleAlsh, signAlsh, l2Alsh, xbox/,
    );
  });

  test('a family that a transform does not suit is refused, saying why', () => {
    const ranks = { ...familyOf(simHash({ bits: 1, tables: 1 })), kind: 'wta', similarity: 'rank' } as const;
    expect(() => transformOf(simpleLsh(), ranks)).toThrow(
      new RangeError(
        'The transform simpleLsh turns inner products into cosine similarity, but collisions of wta follow the rank one.',
      ),
    );
    expect(transformOf(identity(), ranks).kind).toBe('identity');
    expect(transformOf(simpleLsh(), familyOf(simHash({ bits: 1, tables: 1 }))).kind).toBe('simpleLsh');
  });

  test('that do more than append coordinates are refused to layers, saying what', () => {
    expect(() => transformOf(l2Alsh())).toThrow(
      'The transform l2Alsh scales vectors, which an index does, but not a layer.',
    );
    expect(() => transformOf(normRanging())).toThrow('normRanging cuts vectors into blocks by length');
    expect(() => transformOf(simpleAlsh())).toThrow('simpleAlsh depends on the lengths of queries');
    expect([signAlsh(), xbox()].map((spec) => transformOf(spec).tailWidth)).toEqual([2, 1]);
  });

  test("of a kind of one's own are known once registered", () => {
    const own = { kind: 'own', bind: () => ({ ...transformOf(identity()), kind: 'own' }) };
    registerTransform(own);
    registerTransform(own);
    expect(transformOf({ kind: 'own' }).kind).toBe('own');
    expect(() => registerTransform({ ...own })).toThrow("There is a transform 'own' already.");
  });
});
